"""The rows that a store returns."""

from dataclasses import dataclass

import numpy as np

from embeddings.documents.chunks import readable
from embeddings.documents.document import Address
from embeddings.documents.units import Context, Unit, shown_words
from embeddings.encoders.encoder import Vectors

FileState = tuple[str, ...]
"""A file's stamp, and the versions of the code that read it: while both are the same, the file need not be read again."""


@dataclass(frozen=True)
class StoredFile:
    """The stored state of a file, to detect changes."""

    document_id: int
    folder: str
    """Name of its folder; also in an index that has no other."""
    path: str
    file: str
    """Path of the file that it was read from."""
    file_sha256: str
    file_stamp: str
    versions: str
    """Of the code that read and cut it: see `embeddings.documents.versions`."""


@dataclass(frozen=True)
class Failure:
    """A file that could not be read, and why."""

    path: str
    reason: str
    next_step: str
    seen_at: str
    folder: str | None = None
    """As in `Document`."""

    @property
    def address(self) -> Address:
        return Address(self.path, self.folder)


@dataclass(frozen=True)
class DocumentEntry:
    """An entry of the corpus listing."""

    path: str
    title: str
    date: str | None
    source: str | None
    characters: int
    chunks: int
    boilerplate_pieces: int
    """Number of pieces of boilerplate that the chunks leave out; those put back do not count."""
    indexed_at: str
    """ISO 8601, UTC."""
    file_sha256: str
    notes: tuple[str, ...] = ()
    """What a person should know of how it was read."""
    labels: tuple[str, ...] = ()
    """Stated in the article or given by a person."""
    folder: str | None = None
    """As in `Document`."""

    @property
    def address(self) -> Address:
        return Address(self.path, self.folder)


@dataclass(frozen=True)
class StoredChunk:
    """A chunk with its text and position."""

    chunk_id: int
    document: str
    """The document's path."""
    title: str
    date: str | None
    start: int
    end: int
    """`[start, end)` in characters of the document's canonical text."""
    text: str
    """As it stands in the document."""
    units: tuple[Unit, ...]
    """What can be quoted of it, in order."""
    context: tuple[Context, ...] = ()
    """What it is about, from the outermost; outside [start, end)."""
    folder: str | None = None
    """As in `Document`."""

    @property
    def address(self) -> Address:
        """Of its document."""
        return Address(self.document, self.folder)

    @property
    def readable(self) -> str:
        """The chunk as it is read: without markup, below its headings."""
        return readable(self.context, self.units)

    def unit_at(self, start: int) -> Unit | None:
        """Return the chunk's unit that begins at this character of the document's text."""
        return next((unit for unit in self.units if unit.start == start), None)

    def words(self, start: int, end: int) -> str:
        """Return the words at [start, end) of the document's text, which must be in the chunk or read with it.

        Raises:
            ValueError: they are not.
        """
        if self.start <= start and end <= self.end:
            return self.text[start - self.start : end - self.start]
        for each in self.context:
            if each.start <= start and end <= each.end:
                return each.quote[start - each.start : end - each.start]
        for unit in self.units:
            for part in unit.parts:
                if part.span and part.span[0] <= start and end <= part.span[1]:
                    return part.words[start - part.span[0] : end - part.span[0]]
        raise ValueError(f"[{start}, {end}) is not in the chunk [{self.start}, {self.end}) of {self.document}")

    def shown(self, start: int, end: int) -> str:
        """Return the words at [start, end) of the document's text as they are read: in one line, without markup.

        A whole unit comes with what it is read with, such as the names of its columns.
        """
        for unit in (*self.units, *(each.unit for each in self.context)):
            if (unit.start, unit.end) == (start, end):
                return unit.shown
        return self.shown_alone(start, end)

    def shown_alone(self, start: int, end: int) -> str:
        """Return the words as `shown` does, without what they are read with."""
        for unit in (*self.units, *(each.unit for each in self.context)):
            if words := shown_words(unit, start, end):
                return words
        return " ".join(self.words(start, end).split())


@dataclass(frozen=True)
class Hit:
    """A search result; the search defines the score."""

    chunk_id: int
    score: float


@dataclass(frozen=True)
class VectorChanges:
    """The difference between two generations of the index."""

    added_ids: np.ndarray  # (added,) int64
    added: Vectors  # (added, dimension)
    removed_ids: np.ndarray  # (removed,) int64
