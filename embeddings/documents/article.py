"""Combine the structure of a text with its metadata and boilerplate: which blocks are title, content, or left out."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from embeddings.documents.blocks import Block, Kind, Span
from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.metadata import Metadata
from embeddings.documents.sentences import trim


def article_blocks(
    text: str, blocks: Sequence[Block], stated: Sequence[Block], boilerplate: Sequence[Boilerplate]
) -> tuple[Block, ...]:
    """Return the blocks in order: what is stated, what is left out, and the rest of the structure.

    Args:
        text: the canonical text.
        blocks: its structure.
        stated: from `stated_blocks`.
        boilerplate: from `left_out`.
    """
    outside = [Block(Kind.BOILERPLATE, piece.start, piece.end) for piece in boilerplate]
    taken = _merged((block.start, block.end) for block in (*stated, *outside))
    content = [part for block in blocks for part in _without(text, block, taken)]
    return tuple(sorted([*stated, *outside, *content], key=lambda block: block.start))


def left_out(text: str, stated: Sequence[Block], boilerplate: Sequence[Boilerplate]) -> tuple[Boilerplate, ...]:
    """Return the boilerplate without the words that state title, date and author: those can be quoted."""
    taken = _merged((block.start, block.end) for block in stated)
    return tuple(
        Boilerplate(part.start, part.end, piece.reason)
        for piece in boilerplate
        for part in _without(text, Block(Kind.BOILERPLATE, piece.start, piece.end), taken)
    )


def stated_blocks(blocks: Sequence[Block], metadata: Metadata, boilerplate: Sequence[Boilerplate]) -> list[Block]:
    """Return blocks for title, date and author where the text states them outside its prose, none inside another.

    Date and author are fields, read with the word that says what they are.
    """

    def is_apart(span: Span) -> bool:
        return any(piece.start <= span[0] and span[1] <= piece.end for piece in boilerplate)

    found: list[Block] = []
    if metadata.title_span and is_apart(metadata.title_span):
        start, end = metadata.title_span
        heading = next((block for block in blocks if start <= block.start and block.end <= end), None)
        found.append(replace(heading, kind=Kind.TITLE, level=0) if heading else Block(Kind.TITLE, start, end))
    for span, name in ((metadata.date_span, "Published: "), (metadata.author_span, "Author: ")):
        if span and is_apart(span) and not any(block.start < span[1] and span[0] < block.end for block in found):
            found.append(Block(Kind.FIELD, *span, skips=((span[0], span[0], name),)))
    return found


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that overlap as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(text: str, block: Block, taken: Sequence[Span]) -> Iterator[Block]:
    """Yield what is left of a block without the stretches in `taken`, which are in order and apart."""
    position = block.start
    first = bisect_right(taken, position, key=lambda span: span[1])
    for start, end in islice(taken, first, None):
        if start >= block.end:
            break
        yield from _part(text, block, position, start)
        position = end
    yield from _part(text, block, position, block.end)


def _part(text: str, block: Block, start: int, end: int) -> Iterator[Block]:
    if (start, end) == (block.start, block.end):
        yield block
        return
    first, last = trim(text, start, max(start, end))
    if first < last and any(map(str.isalnum, text[first:last])):
        cells = tuple(cell for cell in block.cells if first <= cell[0] and cell[1] <= last)
        skips = tuple(skip for skip in block.skips if first <= skip[0] and skip[1] <= last)
        yield replace(block, start=first, end=last, cells=cells, skips=skips)
