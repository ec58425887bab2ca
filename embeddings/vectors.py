"""The vectors in memory, searched with FAISS, and their file: a cache of what SQLite holds.

FAISS is imported where it is used: its libraries need not be read from disk before the page is up.
"""

import json
import logging
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.atomic import replace_file
from embeddings.encoder import Vectors
from embeddings.store import Store, VectorChanges

logger = logging.getLogger(__name__)

# The cache file is written anew when more than this share of the chunks has changed since.
_STALE_SHARE = 0.05


@dataclass(frozen=True)
class Hit:
    """A chunk and its score; what the score means is said where it is made."""

    chunk_id: int
    score: float


class VectorIndex:
    """The vectors of one generation, by chunk id. Never changed once made: a reader keeps the one it has."""

    def __init__(self, index: Any, generation: int) -> None:
        # An IndexIDMap2, a type that FAISS's own annotations lose in cloning and reading.
        self._index = index
        self.generation = generation

    @classmethod
    def empty(cls, dimension: int) -> "VectorIndex":
        import faiss

        return cls(faiss.IndexIDMap2(faiss.IndexFlatIP(dimension)), -1)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def updated(self, changes: VectorChanges, generation: int) -> "VectorIndex":
        """Return a new index with the changes applied."""
        import faiss

        index: Any = faiss.clone_index(self._index)
        if len(changes.removed_ids):
            index.remove_ids(changes.removed_ids)
        if len(changes.added_ids):
            index.add_with_ids(changes.added, changes.added_ids)
        return VectorIndex(index, generation)

    def search(self, query: Vectors, k: int) -> list[Hit]:
        """Return the `k` nearest chunks, or all when there are fewer; the score is the cosine, -1..1, best first."""
        scores, ids = self._index.search(query[np.newaxis, :], k)  # both (1, k)
        # FAISS pads a short result with id -1
        return [Hit(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def ids(self) -> np.ndarray:
        """Return the chunk ids, (len(self),) int64, in no order that means anything."""
        import faiss

        return faiss.vector_to_array(self._index.id_map)

    def vectors_of(self, ids: np.ndarray) -> Vectors:
        """Return the vectors of chunks that are in the index, (len(ids), dimension)."""
        vectors: Vectors = self._index.reconstruct_batch(ids)
        return vectors

    def write(self, file: Path) -> None:
        """Write the cache file, then the stamp that vouches for it; a crash in between leaves a cache that is not believed."""
        import faiss

        data = faiss.serialize_index(self._index)
        replace_file(file, data.tobytes())
        stamp = _Stamp(self.generation, len(data), zlib.crc32(data.data))
        replace_file(_stamp_file(file), json.dumps(asdict(stamp)).encode())


@dataclass(frozen=True)
class _Stamp:
    """What the cache file must be to be believed."""

    generation: int
    size: int
    """Bytes."""
    crc32: int


def open_vectors(file: Path, store: Store, dimension: int) -> VectorIndex:
    """Return the vectors of the store's present state: the cache file, brought up to date, or a rebuild.

    The file is believed when its checksum holds and its generation is no newer than the store's; nothing is encoded.
    """
    cached = read_cache(file)
    generation = store.generation()
    if cached is not None and cached.generation <= generation:
        vectors = catch_up(cached, store, dimension)
        if len(vectors) == store.count_chunks():
            return vectors
    if cached is None:
        with suppress(OSError):  # damaged: the next sync writes it anew; a read-only index stays as it is
            _stamp_file(file).unlink(missing_ok=True)
    logger.debug("vectors rebuilt from the store, cache file %s", "missing or damaged" if cached is None else "stale")
    return VectorIndex.empty(dimension).updated(store.vector_changes(-1, dimension), generation)


def catch_up(vectors: VectorIndex, store: Store, dimension: int) -> VectorIndex:
    """Return `vectors` brought to the store's present generation, with work in proportion to the difference."""
    generation = store.generation()
    if vectors.generation == generation:
        return vectors
    return vectors.updated(store.vector_changes(vectors.generation, dimension), generation)


def cache_is_stale(file: Path, store: Store) -> bool:
    """Tell, without reading the vectors, whether the cache file should be written anew.

    It is a convenience at start, so it may lag behind by a few changes, which are applied when it is read.
    """
    stamp = _read_stamp(file)
    if stamp is None or stamp.generation > store.generation() or file.stat().st_size != stamp.size:
        return True
    return store.count_changes(stamp.generation) > _STALE_SHARE * store.count_chunks()


def read_cache(file: Path) -> VectorIndex | None:
    """Return the cache file's vectors; None when it is missing, cut off, altered or not FAISS's."""
    import faiss

    stamp = _read_stamp(file)
    if stamp is None:
        return None
    try:
        data = np.fromfile(file, dtype=np.uint8)
        if zlib.crc32(data.data) != stamp.crc32:
            return None
        return VectorIndex(faiss.deserialize_index(data), stamp.generation)
    except (OSError, RuntimeError):
        return None


def _read_stamp(file: Path) -> _Stamp | None:
    try:
        return _Stamp(**json.loads(_stamp_file(file).read_text())) if file.is_file() else None
    except (OSError, ValueError, TypeError):
        return None


def _stamp_file(file: Path) -> Path:
    return file.with_suffix(".json")
