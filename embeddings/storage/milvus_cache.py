"""The chunks of a build on a Milvus server: written by the writer, searched by readers, replaceable at any time.

A stamp beside the database says which generation the collection holds. See docs/decisions/0010-search-on-milvus.md.
"""

import json
import secrets
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from embeddings.documents import stemming
from embeddings.encoders.encoder import Vectors
from embeddings.scope import Scope
from embeddings.storage import ann, bm25
from embeddings.storage.ann import Ids
from embeddings.storage.bm25 import chunk_vector, query_vector, terms
from embeddings.storage.index_files import IndexFiles, index_files
from embeddings.storage.lexical import match_expression, query_words
from embeddings.storage.milvus_server import MilvusServer
from embeddings.storage.rows import Hit
from embeddings.storage.search_place import (
    MilvusPlace,
    note_collection,
    read_search_record,
    write_search_record,
)
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import STALE_MOST, STALE_SHARE, catch_up, rebuilt
from embeddings.storage.vectors import VectorIndex

_STAMPS = "builds/*/milvus.json"
_WEIGHTS = f"stems {stemming.VERSION}, weights {bm25.VERSION}"
_BLOCK = 1000
# Chunks whose mean length is taken for that of all.
_SAMPLED = 10_000
# The collection is made again when it has grown so much: the index and the mean length were chosen for fewer chunks.
_GROWTH = 2


@dataclass(frozen=True)
class MilvusStamp:
    """Describes the contents of a collection."""

    place: str
    collection: str
    identity: str
    """`Store.identity` of the chunks' store."""
    generation: int
    last_id: int
    """The collection's chunks have ids up to this one; rows with higher ids are of an update that has not ended."""
    rows: int
    """With those of `removed`."""
    removed: tuple[int, ...]
    """Ids of chunks that are not of this generation any more; the next update deletes them."""
    made_for: int
    """Number of chunks when the collection was made."""
    exact: bool
    """Whether a search compares every vector."""
    average_length: float
    """Of a chunk in terms; its words' weights depend on it."""
    weights: str
    """Versions of the code that made the words' weights."""


@dataclass(frozen=True)
class _Collection:
    """What `VectorIndex` needs of an index."""

    server: MilvusServer
    name: str
    ntotal: int
    d: int
    exact: bool


@dataclass(frozen=True, eq=False)
class MilvusVectors(VectorIndex):
    """The chunks of one generation: a collection of an earlier one, and the changes since."""

    @property
    def is_exact(self) -> bool:
        """Whether a search compares every vector, without loss."""
        return self._held.exact

    def lexical_search(
        self, store: Store, query: str, k: int, languages: Collection[str], scope: Scope, allowed: Ids | None
    ) -> list[Hit]:
        """Search the collection, and in the database what was added since; every word of the query counts."""
        words = query_words(query, languages)
        counts = store.word_counts(words, len(self))
        weights, limit = query_vector(counts, len(self)), self._limit(allowed)
        hits = self._held.server.search(self._held.name, "words", weights, k, limit) if weights and limit else []
        if counts and len(self.recent_ids):
            hits += store.match_words(match_expression(list(counts)), k, len(self), scope, after=self.last_id)
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def contents(self) -> tuple[Ids, Vectors]:
        """See `VectorIndex.contents`."""
        blocks = list(self._held.server.vectors(self._held.name, f"id <= {self.last_id}"))
        ids = np.concatenate([np.zeros(0, np.int64), *(ids for ids, _ in blocks)])
        vectors = np.concatenate([np.zeros((0, self._held.d), np.float32), *(vectors for _, vectors in blocks)])
        order = np.argsort(ids)
        kept = order[~np.isin(ids[order], self.removed)]
        return np.concatenate([ids[kept], self.recent_ids]), np.concatenate([vectors[kept], self.recent])

    @property
    def _held(self) -> _Collection:
        held: _Collection = self.index
        return held

    def _nearest(self, query: Vectors, k: int, allowed: Ids | None) -> tuple[Ids, Vectors]:
        limit = self._limit(allowed)
        hits = self._held.server.search(self._held.name, "vector", query, k, limit) if limit else []
        ids, scores = [hit.chunk_id for hit in hits], [hit.score for hit in hits]
        return np.array(ids, dtype=np.int64), np.array(scores, dtype=np.float32)

    def _limit(self, allowed: Ids | None) -> str:
        """Return the expression of the rows that may be found; "" if none may."""
        if not self._held.ntotal:
            return ""
        if allowed is not None:
            inside = np.setdiff1d(allowed[allowed <= self.last_id], self.removed)
            return f"id in {inside.tolist()}" if len(inside) else ""
        others = f" and id not in {self.removed.tolist()}" if len(self.removed) else ""
        return f"id <= {self.last_id}{others}"


@dataclass(frozen=True)
class MilvusCache:
    """A build's chunks on a server. See `embeddings.storage.search_cache`."""

    place: MilvusPlace
    folder: Path
    """Of the build."""
    name: str = "Milvus"

    def description(self) -> str | None:
        """Return how it searches."""
        stamp = self._stamp()
        return f"{self.place}, {'exact' if stamp.exact else 'approximate'}" if stamp else None

    def version(self, store: Store) -> object | None:
        """Return its stamp, if it fits the store."""
        stamp = self._stamp()
        return stamp if stamp and self._fits(stamp, store) else None

    def open(self, store: Store, dimension: int) -> VectorIndex:
        """Return the collection with the changes since; without one, as before the first sync or after a rollback, the
        store's own vectors, which are searched in this process until the next sync."""
        stamp = self._stamp()
        if (
            stamp
            and self._fits(stamp, store)
            and (found := catch_up(self._vectors(stamp, dimension), store, dimension))
        ):
            return found
        return rebuilt(store, dimension)

    def is_stale(self, store: Store) -> bool:
        """Return whether it should be refreshed; asks the server whether it still has the collection."""
        stamp = self._stamp()
        if stamp is None or not self._fits(stamp, store) or not self._server.has(stamp.collection):
            return True
        changes = store.count_changes(stamp.generation)
        return changes > STALE_MOST or changes > STALE_SHARE * stamp.rows

    def refresh(self, store: Store, dimension: int) -> None:
        """Bring the collection to the store's generation, or make another one in its place.

        Raises:
            SearchUnavailable: the server does not answer. The store is whole, and a later refresh goes on.
        """
        stamp, count = self._stamp(), store.count_chunks()
        usable = stamp is not None and self._fits(stamp, store) and not _outgrown(stamp, count)
        if not (stamp and usable and self._server.has(stamp.collection) and self._update(stamp, store, dimension)):
            self._make(store, dimension, count)
        store.forget_removals(store.generation())
        self._drop_unused()

    def problems(self, store: Store, dimension: int) -> list[str]:
        """Compare its vectors with the store's."""
        stamp = self._stamp()
        if stamp is None or not self._fits(stamp, store):
            return ["missing, or too old to update"]
        if not self._server.has(stamp.collection):
            return [f"{self.place} has lost the chunks"]
        vectors = catch_up(self._vectors(stamp, dimension), store, dimension)
        if vectors is None:
            return ["too old to update"]
        ids, held = vectors.contents()
        stored_ids, stored = store.all_vectors(dimension)
        if not np.array_equal(ids, stored_ids):
            return ["has other chunks than the database"]
        return [] if np.array_equal(held, stored) else ["has other vectors than the database"]

    def next_step(self, index: Path) -> str:
        """Return what mends it."""
        return f"Make it again: python -m embeddings doctor --repair --index {index}"

    def discard(self) -> None:
        """Drop all collections that were made for the index here."""
        files = index_files(self._index)
        for name in files.names(_STAMPS):
            if (stamp := _read_stamp(files, name)) and stamp.place == str(self.place):
                files.delete(name)
        drop_collections(self._index, self.place)

    # -- internals

    @property
    def _server(self) -> MilvusServer:
        return MilvusServer(self.place)

    @property
    def _index(self) -> Path:
        return self.folder.parent.parent

    @property
    def _name(self) -> str:
        """Of the stamp."""
        return f"builds/{self.folder.name}/milvus.json"

    def _stamp(self) -> MilvusStamp | None:
        return _read_stamp(index_files(self._index), self._name)

    def _fits(self, stamp: MilvusStamp, store: Store) -> bool:
        """Return whether a collection is of this store and place, and can be brought to its current state."""
        made = (stamp.place, stamp.identity, stamp.weights)
        current = (str(self.place), store.identity(), _WEIGHTS)
        return made == current and store.removals_forgotten() <= stamp.generation <= store.generation()

    def _vectors(self, stamp: MilvusStamp, dimension: int) -> MilvusVectors:
        held = _Collection(self._server, stamp.collection, stamp.rows, dimension, stamp.exact)
        vectors = MilvusVectors.of(held, stamp.last_id, stamp.generation)
        return replace(vectors, removed=np.array(stamp.removed, dtype=np.int64))

    def _update(self, stamp: MilvusStamp, store: Store, dimension: int) -> bool:
        """Write what has changed since a stamp; return False if the store has forgotten some of it."""
        generation, last_id = store.generation(), store.last_chunk_id()
        changes = store.vector_changes(stamp.generation, dimension)
        if changes is None:
            return False
        # Those above the last id are of an update that did not end, or were never written.
        unseen = changes.removed_ids[changes.removed_ids > stamp.last_id]
        self._server.delete(stamp.collection, [*stamp.removed, *unseen.tolist()])
        self._put(stamp.collection, store, changes.added_ids, changes.added, stamp.average_length)
        self._server.flush(stamp.collection)
        removed = changes.removed_ids[changes.removed_ids <= stamp.last_id]
        rows = stamp.rows - len(stamp.removed) + len(changes.added_ids)
        self._write_stamp(
            replace(stamp, generation=generation, last_id=last_id, rows=rows, removed=tuple(map(int, removed)))
        )
        return True

    def _make(self, store: Store, dimension: int, count: int) -> None:
        """Make a collection beside the one in use, fill it from the store, then stamp it."""
        identity, generation, exact = store.identity(), store.generation(), count <= ann.EXACT_MOST
        collection = (
            f"{self.place.name}_{secrets.token_hex(6)}"  # never that of another index, or of a copy of this one
        )
        average_length = _average_length(store)
        note_collection(self._index, self.place, collection)
        self._server.make(collection, dimension, exact)
        rows = 0
        for ids, vectors in store.vector_blocks(dimension, _BLOCK):
            self._put(collection, store, ids, vectors, average_length)
            rows += len(ids)
        self._server.flush(collection)
        self._write_stamp(
            MilvusStamp(
                str(self.place), collection, identity, generation, store.last_chunk_id(), rows, (), rows, exact,
                average_length, _WEIGHTS,
            )
        )  # fmt: skip

    def _put(self, collection: str, store: Store, ids: Ids, vectors: Vectors, average_length: float) -> None:
        for first in range(0, len(ids), _BLOCK):
            part = slice(first, first + _BLOCK)
            words = {chunk_id: terms(found) for chunk_id, found in store.words_of(ids[part].tolist())}
            weights = [chunk_vector(words.get(chunk_id, []), average_length) for chunk_id in ids[part].tolist()]
            self._server.put(collection, ids[part], vectors[part], weights)

    def _write_stamp(self, stamp: MilvusStamp) -> None:
        index_files(self._index).write(self._name, json.dumps(asdict(stamp)))

    def _drop_unused(self) -> None:
        """Drop the collections that were made for this index here, and that none of its builds has any more."""
        files = index_files(self._index)
        stamps = (_read_stamp(files, name) for name in files.names(_STAMPS))
        used = {stamp.collection for stamp in stamps if stamp}
        drop_collections(self._index, self.place, used)


def drop_collections(index: Path, place: MilvusPlace, used: Collection[str] = ()) -> None:
    """Drop the collections that were made for an index on a server, but for those in use. Only for the writer.

    Raises:
        SearchUnavailable: the server does not answer; they are dropped another time.
    """
    record, server = read_search_record(index), MilvusServer(place)
    unused = [made for made in record.collections if made.place == place and made.name not in used]
    for made in unused:
        server.drop(made.name)
    if unused:
        write_search_record(index, replace(record, collections=tuple(c for c in record.collections if c not in unused)))


def _read_stamp(files: IndexFiles, name: str) -> MilvusStamp | None:
    try:
        values = json.loads(files.read(name) or "{}")
        return MilvusStamp(**{**values, "removed": tuple(values["removed"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _outgrown(stamp: MilvusStamp, count: int) -> bool:
    return stamp.exact != (count <= ann.EXACT_MOST) or count > _GROWTH * max(stamp.made_for, _BLOCK)


def _average_length(store: Store) -> float:
    """Return the mean number of terms of a chunk, over evenly spread ones."""
    lengths = [length for ids in _sampled(store) for length in (len(terms(words)) for _, words in store.words_of(ids))]
    return float(np.mean(lengths)) if lengths else 1.0


def _sampled(store: Store) -> Iterator[list[int]]:
    ids = store.chunk_ids(Scope())
    chosen = ids[:: max(1, len(ids) // _SAMPLED)]
    return (chosen[first : first + _BLOCK] for first in range(0, len(chosen), _BLOCK))
