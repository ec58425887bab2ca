"""The rows that a store returns."""

from dataclasses import dataclass

import numpy as np

from embeddings.encoders.encoder import Vectors


@dataclass(frozen=True)
class StoredFile:
    """The stored state of a file, to detect changes."""

    document_id: int
    path: str
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
    """Number of pieces of boilerplate that the chunks leave out."""
    indexed_at: str
    """ISO 8601, UTC."""
    file_sha256: str


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
