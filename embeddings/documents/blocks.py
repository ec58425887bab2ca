"""`Block`: a piece of a document's structure, such as a heading, a paragraph or a table row."""

from dataclasses import dataclass
from enum import Enum

Span = tuple[int, int]
"""`(start, end)` in characters, end excluded."""

Skip = tuple[int, int, str]
"""`(start, end, replacement)`: a stretch that is not words, such as a link's address, and what is read in its place."""


class Kind(str, Enum):
    """The kinds of blocks."""

    TITLE = "title"
    """The document's title, as stated in its text."""
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list item"
    TABLE_HEADER = "table header"
    """The row that names the columns of the rows after it."""
    TABLE_ROW = "table row"
    FIELD = "field"
    """A line that says one thing: `key: value`."""
    SPEAKER = "speaker"
    """The name before what is said, in minutes or an interview; it applies to the paragraphs that follow."""
    QUESTION = "question"
    """A question that the text itself answers in the blocks that follow, as in an interview."""
    QUOTATION = "quotation"
    CODE = "code"
    CAPTION = "caption"
    BOILERPLATE = "boilerplate"
    """Not part of the article: a running head, a page number, a menu."""


@dataclass(frozen=True)
class Block:
    """A stretch `[start, end)` of a document's canonical text that is one piece of its structure."""

    kind: Kind
    start: int
    end: int
    level: int = 0
    """Of a heading: from 1, the outermost. Of a list item: its depth, from 1. Of a quotation: how often it is quoted, if that is
    known. Otherwise 0."""
    cells: tuple[Span, ...] = ()
    """The cells of a table row or header, from left to right; an empty cell is an empty span. Key and value of a field."""
    skips: tuple[Skip, ...] = ()
    """Stretches inside the block that are not words; in order, not overlapping."""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a block is not empty: {self}")
