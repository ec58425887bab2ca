"""`Document`: the text of one article, its structure, and what is known of it."""

from dataclasses import dataclass
from typing import NamedTuple

from embeddings.documents.blocks import Block
from embeddings.documents.boilerplate import Boilerplate


class Address(NamedTuple):
    """Which document of an index is meant."""

    path: str
    """As in `Document`."""
    folder: str | None = None
    """As in `Document`. To look a document up, None finds the path in any folder: the first that has it."""

    def __str__(self) -> str:
        return f"{self.folder}:{self.path}" if self.folder else self.path


@dataclass(frozen=True)
class Document:
    """The canonical text of an article, to which every offset refers, with its structure and metadata."""

    path: str
    """Relative to its folder, with `/` as separator. An article inside a file has the file's path before its own."""
    file: str
    """Path of the file that it was read from; the same as `path` unless the file holds several articles."""
    title: str
    date: str | None
    """ISO 8601, `YYYY-MM-DD`."""
    date_origin: str | None
    """"stated" in the text or its format's properties, or "file name"; None without a date."""
    author: str | None
    """As stated."""
    source: str | None
    """An agency, a publisher or a URL."""
    language: str | None
    """ISO 639-1, detected; None for a text that is too short or unclear."""
    text: str
    blocks: tuple[Block, ...]
    """The structure, in order, not overlapping; white space, markup and left-out lines are in none of the content blocks."""
    page_starts: tuple[int, ...]
    """Where each page begins in `text`, in characters; empty for formats without pages."""
    boilerplate: tuple[Boilerplate, ...]
    """Left out of the chunks but for what a person has put back; sorted, not overlapping."""
    file_sha256: str
    """Of the file's bytes, in hexadecimal."""
    notes: tuple[str, ...] = ()
    """What a person should know of how it was read; see `Extracted.notes`."""
    labels: tuple[str, ...] = ()
    """As stated in its front matter; people may have given it others."""
    folder: str | None = None
    """Name of its folder in an index that has several; None in one that has a single folder, and before it is stored."""

    @property
    def address(self) -> Address:
        return Address(self.path, self.folder)
