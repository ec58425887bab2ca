"""Find headings that are only bold: a short line, all bold, over text that is not."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from embeddings.documents.blocks import Block, Kind

_LONGEST = 100
_SENTENCE_ENDS = (".", "!", "?", ":", ";", ",")
_TEXT = (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.TABLE_HEADER, Kind.TABLE_ROW)


def with_bold_headings(text: str, blocks: Sequence[Block], bold: Collection[int]) -> tuple[Block, ...]:
    """Return the blocks, paragraphs that look like headings made headings, one level below the last real one.

    Args:
        text: the document.
        blocks: its blocks.
        bold: the positions in `blocks` of those that are all bold.
    """
    level = 0
    found: list[Block] = []
    for number, block in enumerate(blocks):
        words = text[block.start : block.end]
        below = blocks[number + 1] if number + 1 < len(blocks) else None
        if block.kind is Kind.HEADING:
            level = block.level
        elif (
            block.kind is Kind.PARAGRAPH
            and number in bold
            and len(words) <= _LONGEST
            and "\n" not in words
            and not words.endswith(_SENTENCE_ENDS)
            and below is not None
            and below.kind in _TEXT
            and number + 1 not in bold
        ):
            block = replace(block, kind=Kind.HEADING, level=level + 1)
        found.append(block)
    return tuple(found)
