"""The offline half: from a folder of articles to an index that can be trusted."""

from embeddings.config import ChunkingConfig, IndexConfig
from embeddings.errors import (
    ArticlesError,
    FolderMissing,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    ModelUnavailable,
    UnreadableFile,
)
from embeddings.index import Index, Snapshot
from embeddings.progress import Progress, SyncReport
from embeddings.storage.rows import StoredChunk

# `sync` and `reembed` are in `embeddings.sync`, `examine` in `embeddings.doctor`: a package and its module cannot share a name.
__all__ = [
    # How an index is made
    "ChunkingConfig",
    "IndexConfig",
    # What a sync tells
    "Progress",
    "SyncReport",
    # An open index
    "Index",
    "Snapshot",
    "StoredChunk",
    # What can go wrong
    "ArticlesError",
    "FolderMissing",
    "IndexBusy",
    "IndexDamaged",
    "IndexMismatch",
    "IndexMissing",
    "ModelUnavailable",
    "UnreadableFile",
]
