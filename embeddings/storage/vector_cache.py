"""The FAISS file: a cache of the vectors in SQLite, written by the writer, read at start, replaceable at any time.

In a large corpus the words have such a file too, see `embeddings.storage.word_cache`.
"""

import json
import logging
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from embeddings.storage import ann
from embeddings.storage.atomic import replace_file, replacing
from embeddings.storage.store import Store
from embeddings.storage.unchanged import file_state, is_unchanged
from embeddings.storage.vectors import VectorIndex
from embeddings.storage.word_cache import discard_words, open_words, words_of_store, words_problems, write_words

logger = logging.getLogger(__name__)

# The file is rewritten once more than this share of the chunks, or this many, have changed: readers keep changed vectors
# beside the index and compare each of them (10,000 in 1 ms).
STALE_SHARE = 0.05
STALE_MOST = 10_000
# Number of vectors read from SQLite at once.
_BLOCK = 20_000


# Least cosine of a stored vector with its 8-bit copy in the approximate index; unrelated vectors have about 0.
_MIN_QUANTIZED_COSINE = 0.9


@dataclass(frozen=True)
class FaissCache:
    """The FAISS file of a build. See `embeddings.storage.search_cache`."""

    file: Path
    name: str = "FAISS file"

    def description(self) -> str | None:
        """Return how it searches."""
        stamp = read_stamp(self.file)
        return stamp.search if stamp else None

    def version(self, store: Store) -> object | None:
        """Return its stamp, if it fits the store."""
        stamp = read_stamp(self.file)
        return stamp if stamp and fits(stamp, store) else None

    def open(self, store: Store, dimension: int) -> VectorIndex:
        """See `open_vectors`."""
        return open_vectors(self.file, store, dimension)

    def is_stale(self, store: Store) -> bool:
        """See the function of this name."""
        return is_stale(self.file, store)

    def refresh(self, store: Store, dimension: int) -> None:
        """See the function of this name."""
        refresh(self.file, store, dimension)

    def problems(self, store: Store, dimension: int) -> list[str]:
        """Compare its vectors with the store's."""
        stamp = read_stamp(self.file)
        cached = read_cache(self.file, stamp) if stamp else None
        if stamp is None or cached is None:
            return ["missing or damaged"]
        if stamp.generation > store.generation():
            return ["newer than the database"]
        vectors = catch_up(cached, store, dimension) if fits(stamp, store) else None
        if vectors is None:
            return ["from another index, or too old to update"]
        ids, held = vectors.contents()
        stored_ids, stored = store.all_vectors(dimension)
        if not np.array_equal(ids, stored_ids):
            return ["has other chunks than the database"]
        if vectors.is_exact and not np.array_equal(held, stored):
            return ["has other vectors than the database"]
        if len(ids) and np.einsum("ij,ij->i", held, stored).min() < _MIN_QUANTIZED_COSINE:
            return ["has 8-bit vectors that do not match the database"]
        return words_problems(words_file(self.file), vectors.words, stored_ids, stamp.generation, stamp.identity)

    def next_step(self, index: Path) -> str:
        """Return what mends it."""
        return f"Delete {self.file}, which loses nothing, and sync."

    def discard(self) -> None:
        """Delete the file, and that of the words."""
        discard_words(words_file(self.file))
        for file in (_stamp_file(self.file), self.file):
            file.unlink(missing_ok=True)


@dataclass(frozen=True)
class Stamp:
    """Describes the contents of the file, and validates it."""

    generation: int
    size: int
    """Of the file, in bytes."""
    crc32: int
    count: int
    """Number of vectors in the file."""
    last_id: int
    """The highest chunk id ever used when it was made."""
    made_for: int
    """Number of vectors when the index was last built from scratch."""
    search: str
    """How it searches, for the user."""
    identity: str = ""
    """`Store.identity` of the vectors' store; empty in stamps of older programs."""
    written: str = ""
    """What the system says of the file since it was written, see `file_state`; empty in stamps of older programs."""


def open_vectors(file: Path, store: Store, dimension: int) -> VectorIndex:
    """Return the vectors of the store's current state: from the file, updated, or rebuilt from the store.

    The file is used if it is as it was written and its stamp fits the store. Nothing is encoded.
    """
    stamp = read_stamp(file)
    if stamp is None or fits(stamp, store):
        cached = read_cache(file, stamp, mapped=True) if stamp else None
        vectors = None if cached is None else catch_up(cached, store, dimension)
        if vectors is not None and len(vectors) == store.count_chunks():
            return vectors
        if cached is None:
            with suppress(OSError):  # damaged: the next sync rewrites it; a read-only index stays as it is
                _stamp_file(file).unlink(missing_ok=True)
    logger.debug("rebuilding the vectors from the store: the FAISS file is missing, damaged or outdated")
    return rebuilt(store, dimension)


def fits(stamp: Stamp, store: Store) -> bool:
    """Return whether the FAISS file belongs to this store and can be updated to its current state."""
    is_own = stamp.identity in ("", store.identity())
    return is_own and store.removals_forgotten() <= stamp.generation <= store.generation()


def catch_up(vectors: VectorIndex, store: Store, dimension: int) -> VectorIndex | None:
    """Update `vectors` to the store's current generation, in time proportional to the difference.

    Return None if they are so old that the store has forgotten some removals since: then the file is newer.
    """
    generation = store.generation()
    if vectors.generation == generation:
        return vectors
    changes = store.vector_changes(vectors.generation, dimension)
    if changes is None:
        return None
    words = vectors.words and vectors.words.updated(store.words_of(changes.added_ids.tolist()))
    return replace(vectors.updated(changes, generation), words=words)


def is_stale(file: Path, store: Store) -> bool:
    """Return whether the file should be rewritten, without reading its vectors.

    It may be a few changes behind; readers apply them.
    """
    stamp = read_stamp(file)
    if stamp is None or not fits(stamp, store) or file.stat().st_size != stamp.size:
        return True
    if not ann.is_small(stamp.count) and open_words(words_file(file), stamp.generation, stamp.identity) is None:
        return True
    changes = store.count_changes(stamp.generation)
    return changes > STALE_MOST or changes > STALE_SHARE * stamp.count


def refresh(file: Path, store: Store, dimension: int) -> None:
    """Write the file for the store's current state, if possible by updating the old one. Only for the writer.

    Afterwards the store forgets earlier removals.

    Raises:
        OSError: the file cannot be written; the store is unchanged.
    """
    stamp = read_stamp(file)
    cached = read_cache(file, stamp) if stamp and fits(stamp, store) else None
    count = store.count_chunks()
    _refresh_words(file, cached, store, dimension)  # first, because readers watch the FAISS file's stamp
    fresh = None
    if stamp and cached is not None and not ann.outgrown(cached.index, stamp.made_for, count):
        fresh = _merged(cached, store, dimension)
    if fresh is None or len(fresh) != count:
        stamp, fresh = None, rebuilt(store, dimension)
    write_cache(fresh, file, stamp.made_for if stamp else count, store.identity())
    store.forget_removals(fresh.generation)


def _refresh_words(file: Path, cached: VectorIndex | None, store: Store, dimension: int) -> None:
    """Write the words file for the store's current state, if possible by updating that of the FAISS file."""
    if ann.is_small(store.count_chunks()):
        discard_words(words_file(file))
        return
    changes = store.vector_changes(cached.generation, dimension) if cached else None
    if cached and cached.words and changes:
        words = cached.words.updated(store.words_of(changes.added_ids.tolist())).merged(changes.removed_ids)
    else:
        words = words_of_store(store)
    write_words(words, words_file(file), store.generation(), store.identity())


def words_file(file: Path) -> Path:
    """Return the words file beside a FAISS file."""
    return file.with_name("words.postings")


def read_cache(file: Path, stamp: Stamp, *, mapped: bool = False) -> VectorIndex | None:
    """Return the file's vectors, or None if it is missing or does not match the stamp.

    Args:
        file: the FAISS file.
        stamp: its stamp.
        mapped: map an approximate index into memory, for search only: its vectors are read when they are compared.
    """
    try:
        if not is_unchanged(file, stamp.written, stamp.crc32, _stamp_file(file)):
            return None
        if mapped and str(file).isprintable():  # FAISS takes no name that is not Unicode
            index = ann.mapped(file)
        else:
            with file.open("rb") as stream:
                index = ann.read(stream.read)
        words = open_words(words_file(file), stamp.generation, stamp.identity)
        return replace(VectorIndex.of(index, stamp.last_id, stamp.generation), words=words)
    except (OSError, RuntimeError):
        return None


def read_stamp(file: Path) -> Stamp | None:
    """Return the file's stamp, or None if either is missing or the stamp is malformed."""
    try:
        return Stamp(**json.loads(_stamp_file(file).read_text())) if file.is_file() else None
    except (OSError, ValueError, TypeError):
        return None


def _merged(cached: VectorIndex, store: Store, dimension: int) -> VectorIndex | None:
    """Merge all changes into the file's index, in place; None if it is too old."""
    changes = store.vector_changes(cached.generation, dimension)
    if changes is None:
        return None
    cached.index.remove_ids(changes.removed_ids)
    cached.index.add_with_ids(changes.added, changes.added_ids)
    return VectorIndex.of(cached.index, store.last_chunk_id(), store.generation())


def rebuilt(store: Store, dimension: int) -> VectorIndex:
    """Return the vectors of the store's state, built from the store."""
    count = store.count_chunks()
    sample_size = ann.sample_size(count)
    step = max(1, count // sample_size) if sample_size else 0
    sample = [vectors[::step].copy() for _, vectors in store.vector_blocks(dimension, _BLOCK)] if sample_size else []
    no_vectors = np.zeros((0, dimension), dtype=np.float32)
    index = ann.make(count, np.concatenate([no_vectors, *sample]), store.vector_blocks(dimension, _BLOCK))
    return VectorIndex.of(index, store.last_chunk_id(), store.generation())


def write_cache(vectors: VectorIndex, file: Path, made_for: int, identity: str) -> None:
    """Write the file, then its stamp; after a crash in between, the file is not used.

    Args:
        made_for: see `Stamp`.
        identity: `Store.identity` of the vectors' store.
    """
    size = crc32 = 0
    with replacing(file) as stream:

        def write(block: bytes) -> None:
            nonlocal size, crc32
            size, crc32 = size + len(block), zlib.crc32(block, crc32)
            stream.write(block)

        ann.write(vectors.index, write)
    search = ann.describe(vectors.index)
    stamp = Stamp(
        vectors.generation, size, crc32, len(vectors), vectors.last_id, made_for, search, identity, file_state(file)
    )
    replace_file(_stamp_file(file), json.dumps(asdict(stamp)).encode())


def _stamp_file(file: Path) -> Path:
    return file.with_suffix(".json")
