"""Helpers for the tests of structure: check what blocks promise, and show blocks and units."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from embeddings.documents.blocks import Block
from embeddings.documents.dialogue import with_speakers
from embeddings.documents.markdown_blocks import markdown_blocks
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.sections import Section, sections_of
from embeddings.documents.units import Unit

Find = Callable[[str], tuple[Block, ...]]


def assert_sound(text: str, blocks: Sequence[Block]) -> None:
    """Check that blocks are in order and inside the text, and skips and cells in order and inside their block."""
    assert all(one.end <= other.start for one, other in pairwise(blocks))
    assert all(block.end <= len(text) for block in blocks)
    for block in blocks:
        for spans in ([(start, end) for start, end, _ in block.skips], block.cells):
            edges = [block.start, *(edge for span in spans for edge in span), block.end]
            assert edges == sorted(edges)


def assert_exact(text: str, units: Sequence[Unit]) -> None:
    """Check that each part has the words of the text at its span."""
    parts = [part for unit in units for part in unit.parts]
    assert all(part.words == text[slice(*part.span)] for part in parts if part.span)


def kinds(text: str, find: Find = plain_text_blocks) -> list[tuple[str, str]]:
    """Return kind and words of each block, speakers included."""
    blocks = with_speakers(text, find(text))
    assert_sound(text, blocks)
    return [(block.kind.value, text[block.start : block.end]) for block in blocks]


def sections(text: str, find: Find = plain_text_blocks) -> list[Section]:
    return sections_of(text, with_speakers(text, find(text)), 1000)


def units(text: str, find: Find = plain_text_blocks) -> list[str]:
    """Return all units as they are read, each in one line."""
    found = [unit for section in sections(text, find) for group in section.groups for unit in group.units]
    assert_exact(text, found)
    return [" ".join(unit.text.split()) for unit in found]


def below(text: str, find: Find = plain_text_blocks) -> list[tuple[list[str], list[str]]]:
    """Return each section's context and units."""
    return [
        (
            [context.words for context in section.context],
            [" ".join(unit.text.split()) for group in section.groups for unit in group.units],
        )
        for section in sections(text, find)
    ]


def markdown_units(text: str) -> list[str]:
    return units(text, markdown_blocks)
