"""The vectors' file: a cache of what SQLite holds, made by the writer, read at start, and replaceable at any time."""

import json
import logging
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from embeddings.storage import ann
from embeddings.storage.atomic import replace_file, replacing
from embeddings.storage.store import Store
from embeddings.storage.vectors import VectorIndex

logger = logging.getLogger(__name__)

# The file is written anew when more than this share of the chunks, or this many, have changed since: a reader keeps
# that many vectors beside the index and compares them one by one (10,000 in 1 ms).
_STALE_SHARE = 0.05
STALE_MOST = 10_000
# Vectors read from SQLite at once.
_BLOCK = 20_000
_IO_BYTES = 1 << 20


@dataclass(frozen=True)
class Stamp:
    """What the file must be to be believed, and what it holds."""

    generation: int
    size: int
    """Bytes."""
    crc32: int
    count: int
    """How many vectors it holds."""
    last_id: int
    """The highest chunk id given out when it was made."""
    made_for: int
    """How many vectors its groups were made for."""
    search: str
    """How it searches, for a person."""


def open_vectors(file: Path, store: Store, dimension: int) -> VectorIndex:
    """Return the vectors of the store's present state: the file, brought up to date, or a rebuild.

    The file is believed when its checksum holds and its generation is no newer than the store's; nothing is encoded.
    """
    cached = read_cache(file)
    if cached is not None and cached.generation <= store.generation():
        vectors = catch_up(cached, store, dimension)
        if len(vectors) == store.count_chunks():
            return vectors
    if cached is None:
        with suppress(OSError):  # damaged: the next sync writes it anew; a read-only index stays as it is
            _stamp_file(file).unlink(missing_ok=True)
    logger.debug("vectors rebuilt from the store, cache file %s", "missing or damaged" if cached is None else "stale")
    return _made(store, dimension)


def catch_up(vectors: VectorIndex, store: Store, dimension: int) -> VectorIndex:
    """Return `vectors` brought to the store's present generation, with work in proportion to the difference."""
    generation = store.generation()
    if vectors.generation == generation:
        return vectors
    return vectors.updated(store.vector_changes(vectors.generation, dimension), generation)


def is_stale(file: Path, store: Store) -> bool:
    """Tell, without reading the vectors, whether the file should be written anew.

    It may lag behind by a few changes, which readers apply.
    """
    stamp = read_stamp(file)
    if stamp is None or stamp.generation > store.generation() or file.stat().st_size != stamp.size:
        return True
    changes = store.count_changes(stamp.generation)
    return changes > STALE_MOST or changes > _STALE_SHARE * stamp.count


def refresh(file: Path, store: Store, dimension: int) -> None:
    """Write the file for the store's present state, from the one that is there where that can be; for the one writer.

    Raises:
        OSError: it cannot be written; the store has lost nothing.
    """
    stamp, cached = read_stamp(file), read_cache(file)
    count = store.count_chunks()
    fresh = None
    if (
        stamp
        and cached
        and cached.generation <= store.generation()
        and not ann.outgrown(cached.index, stamp.made_for, count)
    ):
        fresh = _folded(cached, store, dimension)
    if fresh is None or len(fresh) != count:
        stamp, fresh = None, _made(store, dimension)
    write_cache(fresh, file, stamp.made_for if stamp else count)


def read_cache(file: Path) -> VectorIndex | None:
    """Return the file's vectors; None when it is missing, cut off, altered or not FAISS's."""
    stamp = read_stamp(file)
    if stamp is None:
        return None
    try:
        with file.open("rb") as stream:
            crc32 = 0
            while block := stream.read(_IO_BYTES):
                crc32 = zlib.crc32(block, crc32)
            if crc32 != stamp.crc32:
                return None
            stream.seek(0)
            index = ann.read(stream.read)
        return VectorIndex.of(index, stamp.last_id, stamp.generation)
    except (OSError, RuntimeError):
        return None


def read_stamp(file: Path) -> Stamp | None:
    """Return what vouches for the file; None when one of the two is missing or not in its form."""
    try:
        return Stamp(**json.loads(_stamp_file(file).read_text())) if file.is_file() else None
    except (OSError, ValueError, TypeError):
        return None


def _folded(cached: VectorIndex, store: Store, dimension: int) -> VectorIndex:
    """Return the file's vectors with all changes in the index itself, which no one else has."""
    changes = store.vector_changes(cached.generation, dimension)
    cached.index.remove_ids(changes.removed_ids)
    cached.index.add_with_ids(changes.added, changes.added_ids)
    return VectorIndex.of(cached.index, store.last_chunk_id(), store.generation())


def _made(store: Store, dimension: int) -> VectorIndex:
    """Return the vectors made anew from the store."""
    count = store.count_chunks()
    wanted = ann.sample_size(count)
    step = max(1, count // wanted) if wanted else 0
    sample = [vectors[::step].copy() for _, vectors in store.vector_blocks(dimension, _BLOCK)] if wanted else []
    nothing = np.zeros((0, dimension), dtype=np.float32)
    index = ann.make(count, np.concatenate([nothing, *sample]), store.vector_blocks(dimension, _BLOCK))
    return VectorIndex.of(index, store.last_chunk_id(), store.generation())


def write_cache(vectors: VectorIndex, file: Path, made_for: int) -> None:
    """Write the file, then the stamp that vouches for it; a crash in between leaves a file that is not believed."""
    size = crc32 = 0
    with replacing(file) as stream:

        def write(block: bytes) -> None:
            nonlocal size, crc32
            size, crc32 = size + len(block), zlib.crc32(block, crc32)
            stream.write(block)

        ann.write(vectors.index, write)
    search = ann.described(vectors.index)
    stamp = Stamp(vectors.generation, size, crc32, len(vectors), vectors.last_id, made_for, search)
    replace_file(_stamp_file(file), json.dumps(asdict(stamp)).encode())


def _stamp_file(file: Path) -> Path:
    return file.with_suffix(".json")
