"""The files of an index: builds, each with a SQLite database and a FAISS file."""

from embeddings.storage.builds import Build, BuildRecord, current_build, has_index, roll_back, writer_lock
from embeddings.storage.rows import DocumentEntry, Failure, Hit, StoredChunk, StoredFile
from embeddings.storage.store import Store
from embeddings.storage.vectors import VectorIndex

__all__ = [
    # The builds of an index
    "Build",
    "BuildRecord",
    "current_build",
    "has_index",
    "roll_back",
    "writer_lock",
    # The contents of a build
    "Store",
    "VectorIndex",
    # Rows that a store returns
    "DocumentEntry",
    "Failure",
    "Hit",
    "StoredChunk",
    "StoredFile",
]
