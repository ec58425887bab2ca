"""Find who wrote what is quoted in a mail or an article: the line above it that ends with a colon ("On 3 May 2025, Ann Lee wrote:").

Nothing here depends on a language: such a line holds an address or a date's digits.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.sentences import sentence_spans
from embeddings.documents.units import parts_of

_INTRODUCTION = re.compile(r"(?=.*[\d@]).*:\s*", re.DOTALL)
_INTRODUCTION_CHARS = 300
_INTRODUCTION_LINES = 3


def introduces(words: str) -> bool:
    """Return whether a paragraph says who wrote what is quoted below it."""
    short = len(words) <= _INTRODUCTION_CHARS and words.count("\n") < _INTRODUCTION_LINES
    return short and bool(_INTRODUCTION.fullmatch(words))


def with_quoted_authors(text: str, blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks with the lines that introduce a quotation as its speakers: they stand directly above it, less deeply quoted."""
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        is_above = (
            following is not None
            and following.kind is Kind.QUOTATION
            and block.kind in (Kind.PARAGRAPH, Kind.QUOTATION)
            and following.level > block.level
        )
        words = "".join(part.words for part in parts_of(text, block.start, block.end, block.skips)) if is_above else ""
        if introduces(words) and len(sentence_spans(words, 0, len(words), len(words))) == 1:
            yield replace(block, kind=Kind.SPEAKER, level=0)
        else:
            yield block
