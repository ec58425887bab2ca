"""What a store gives back of its tables."""

from dataclasses import dataclass

import numpy as np

from embeddings.encoders.encoder import Vectors


@dataclass(frozen=True)
class StoredFile:
    """What the index remembers of a file, to tell whether it has changed."""

    document_id: int
    path: str
    file_sha256: str
    file_stamp: str


@dataclass(frozen=True)
class Failure:
    """A file that could not be read, and why."""

    path: str
    reason: str
    next_step: str
    seen_at: str


@dataclass(frozen=True)
class DocumentEntry:
    """A line of the corpus listing."""

    path: str
    title: str
    date: str | None
    source: str | None
    characters: int
    chunks: int
    boilerplate_pieces: int
    """How many pieces of boilerplate were left out of the chunks."""
    indexed_at: str
    """ISO 8601, UTC."""
    file_sha256: str


@dataclass(frozen=True)
class StoredChunk:
    """A chunk as it is found: where it lies, and its words."""

    chunk_id: int
    document: str
    """The document's path."""
    title: str
    date: str | None
    start: int
    end: int
    """Characters of the document's canonical text, [start, end)."""
    text: str


@dataclass(frozen=True)
class Hit:
    """A chunk and its score; what the score means is said where it is made."""

    chunk_id: int
    score: float


@dataclass(frozen=True)
class VectorChanges:
    """The difference between two generations of the index."""

    added_ids: np.ndarray  # (added,) int64
    added: Vectors  # (added, dimension)
    removed_ids: np.ndarray  # (removed,) int64
