"""The interface of a file format's reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.documents.blocks import Block


@dataclass(frozen=True)
class Extracted:
    """An article as a reader takes it out of a file."""

    text: str
    """The canonical text, to which all offsets refer; it does not change while the reader's version is the same."""
    blocks: tuple[Block, ...]
    """The structure of the text: in order, not overlapping. What is in no block is white space or markup."""
    title: str | None = None
    date: str | None = None
    """ISO 8601, `YYYY-MM-DD`."""
    author: str | None = None
    source: str | None = None
    """An agency, a publisher or a URL."""
    page_starts: tuple[int, ...] = ()
    """Where each page, slide or sheet begins in `text`; empty for formats without them."""
    member: str = ""
    """Path of the article inside its file, such as an archive; empty for a file that is one article."""
    notes: tuple[str, ...] = ()
    """What a person should know of how it was read, such as a guessed encoding; a few words each."""


@dataclass(frozen=True)
class Unreadable:
    """A member of an archive, or a record of a file, that cannot be read; the others can."""

    member: str
    what: str
    next_step: str


class FormatReader(Protocol):
    """Reads the files of one format."""

    @property
    def name(self) -> str:
        """Name of the format; unique."""
        ...

    @property
    def version(self) -> int:
        """Increased when the same file yields something else: `sync` then reads the files of this format again."""
        ...

    def read(self, data: bytes, name: str) -> Sequence[Extracted | Unreadable]:
        """Take the articles out of a file's bytes; `name` is its path, for messages.

        Only a file of several articles reports some of them as unreadable, beside at least one that was read.

        Raises:
            UnreadableFile: the file has no text, is damaged, encrypted, or not of this format.
        """
        ...
