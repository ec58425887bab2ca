"""Combine the structure of a text with its metadata and boilerplate: which blocks are title, content, or left out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.documents.blocks import Block, Kind, Span
from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.sentences import trim


def article_blocks(
    text: str, blocks: Sequence[Block], title: Span | None, boilerplate: Sequence[Boilerplate]
) -> tuple[Block, ...]:
    """Return the blocks in order, without what is left out, which becomes blocks of boilerplate.

    Args:
        text: the canonical text.
        blocks: its structure.
        title: where the text states its title; it becomes a block, even if it is left out elsewhere.
        boilerplate: what is left out; sorted, not overlapping.
    """
    taken = [(piece.start, piece.end) for piece in boilerplate]
    if title and title not in taken:
        taken = sorted([*taken, title])
    found = [part for block in blocks for part in _without(text, block, taken)]
    found += [Block(Kind.BOILERPLATE, *span) for span in taken if span != title and text[slice(*span)].strip()]
    if title:
        stated = next((block for block in blocks if title[0] <= block.start and block.end <= title[1]), None)
        found.append(replace(stated, kind=Kind.TITLE, level=0) if stated else Block(Kind.TITLE, *title))
    return tuple(sorted(found, key=lambda block: block.start))


def _without(text: str, block: Block, taken: Sequence[Span]) -> Iterator[Block]:
    """Yield what is left of a block without the stretches in `taken`."""
    position = block.start
    for start, end in taken:
        if end <= position or start >= block.end:
            continue
        yield from _part(text, block, position, start)
        position = max(position, end)
    yield from _part(text, block, position, block.end)


def _part(text: str, block: Block, start: int, end: int) -> Iterator[Block]:
    if (start, end) == (block.start, block.end):
        yield block
        return
    first, last = trim(text, start, max(start, end))
    if first < last:
        cells = tuple(cell for cell in block.cells if first <= cell[0] and cell[1] <= last)
        skips = tuple(skip for skip in block.skips if first <= skip[0] and skip[1] <= last)
        yield replace(block, start=first, end=last, cells=cells, skips=skips)
