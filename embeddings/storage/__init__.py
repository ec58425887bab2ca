"""What an index keeps on disk: the SQLite database, the vectors' file, and the builds they belong to."""

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
    # What a build holds
    "Store",
    "VectorIndex",
    # What a store gives back
    "DocumentEntry",
    "Failure",
    "Hit",
    "StoredChunk",
    "StoredFile",
]
