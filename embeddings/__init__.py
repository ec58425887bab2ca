"""The offline half: index a folder of documents and keep the index true to it."""

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
    # Configuration
    "ChunkingConfig",
    "IndexConfig",
    # Progress and result of a sync
    "Progress",
    "SyncReport",
    # An open index
    "Index",
    "Snapshot",
    "StoredChunk",
    # Errors
    "ArticlesError",
    "FolderMissing",
    "IndexBusy",
    "IndexDamaged",
    "IndexMismatch",
    "IndexMissing",
    "ModelUnavailable",
    "UnreadableFile",
]
