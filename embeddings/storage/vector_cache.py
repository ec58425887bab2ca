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
    identity: str = ""
    """Of the store whose vectors it holds; empty in stamps of older programs."""


def open_vectors(file: Path, store: Store, dimension: int) -> VectorIndex:
    """Return the vectors of the store's present state: the file, brought up to date, or a rebuild.

    The file is believed when its checksum holds and its stamp fits the store; nothing is encoded.
    """
    stamp = read_stamp(file)
    if stamp is None or fits(stamp, store):
        cached = read_cache(file, stamp) if stamp else None
        vectors = None if cached is None else catch_up(cached, store, dimension)
        if vectors is not None and len(vectors) == store.count_chunks():
            return vectors
        if cached is None:
            with suppress(OSError):  # damaged: the next sync writes it again; a read-only index stays as it is
                _stamp_file(file).unlink(missing_ok=True)
    logger.debug("vectors rebuilt from the store, cache file missing, damaged or of another state")
    return _made(store, dimension)


def fits(stamp: Stamp, store: Store) -> bool:
    """Tell whether the vectors' file is of this store, and can be brought to its present state."""
    is_own = stamp.identity in ("", store.identity())
    return is_own and store.removals_forgotten() <= stamp.generation <= store.generation()


def catch_up(vectors: VectorIndex, store: Store, dimension: int) -> VectorIndex | None:
    """Return `vectors` brought to the store's present generation, with work in proportion to the difference.

    None when they are so old that the store has forgotten what was removed since: then the file is newer.
    """
    generation = store.generation()
    if vectors.generation == generation:
        return vectors
    changes = store.vector_changes(vectors.generation, dimension)
    return None if changes is None else vectors.updated(changes, generation)


def is_stale(file: Path, store: Store) -> bool:
    """Tell, without reading the vectors, whether the file should be written anew.

    It may lag behind by a few changes, which readers apply.
    """
    stamp = read_stamp(file)
    if stamp is None or not fits(stamp, store) or file.stat().st_size != stamp.size:
        return True
    changes = store.count_changes(stamp.generation)
    return changes > STALE_MOST or changes > _STALE_SHARE * stamp.count


def refresh(file: Path, store: Store, dimension: int) -> None:
    """Write the file for the store's present state, if possible from the one that is there; for the one writer.

    From then on the store need not remember what was removed before.

    Raises:
        OSError: it cannot be written; the store has lost nothing.
    """
    stamp = read_stamp(file)
    cached = read_cache(file, stamp) if stamp and fits(stamp, store) else None
    count = store.count_chunks()
    fresh = None
    if stamp and cached is not None and not ann.outgrown(cached.index, stamp.made_for, count):
        fresh = _folded(cached, store, dimension)
    if fresh is None or len(fresh) != count:
        stamp, fresh = None, _made(store, dimension)
    write_cache(fresh, file, stamp.made_for if stamp else count, store.identity())
    store.forget_removals(fresh.generation)


def read_cache(file: Path, stamp: Stamp) -> VectorIndex | None:
    """Return the file's vectors; None when it is missing, or not what the stamp vouches for."""
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


def _folded(cached: VectorIndex, store: Store, dimension: int) -> VectorIndex | None:
    """Return the file's vectors with all changes in the index itself, which no one else has; None if they are too old."""
    changes = store.vector_changes(cached.generation, dimension)
    if changes is None:
        return None
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


def write_cache(vectors: VectorIndex, file: Path, made_for: int, identity: str) -> None:
    """Write the file, then the stamp that vouches for it; a crash in between leaves a file that is not believed.

    Args:
        made_for: see `Stamp`.
        identity: of the store that the vectors are from.
    """
    size = crc32 = 0
    with replacing(file) as stream:

        def write(block: bytes) -> None:
            nonlocal size, crc32
            size, crc32 = size + len(block), zlib.crc32(block, crc32)
            stream.write(block)

        ann.write(vectors.index, write)
    search = ann.described(vectors.index)
    stamp = Stamp(vectors.generation, size, crc32, len(vectors), vectors.last_id, made_for, search, identity)
    replace_file(_stamp_file(file), json.dumps(asdict(stamp)).encode())


def _stamp_file(file: Path) -> Path:
    return file.with_suffix(".json")
