"""Show stretches of a document to people: its words, without the markup and pictures between them."""

from embeddings.documents.blocks import Kind
from embeddings.documents.document import Document
from embeddings.documents.units import parts_of


def shown_text(document: Document, start: int, end: int) -> str:
    """Return `document.text[start:end]` without markup; line breaks stay. Text without blocks is returned as it is."""
    blocks = [block for block in document.blocks if block.start < end and start < block.end]
    if not blocks:
        return document.text[start:end]
    words: list[str] = []
    position = start
    for block in blocks:
        between = document.text[position : max(position, block.start)]
        words.append(between if not between.strip() else "\n\n" if words else "")
        if block.kind is not Kind.BOILERPLATE:
            first, last = max(start, block.start), min(end, block.end)
            marks = [skip for skip in block.skips if skip[0] < skip[1]]
            words += [part.words for part in parts_of(document.text, first, last, marks)]
        position = max(position, block.end)
    return "".join(words)
