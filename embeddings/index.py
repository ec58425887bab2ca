"""Open an index for reading: each snapshot stays the same while the corpus changes."""

import threading
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from copy import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.catalogue import CatalogueEntry, Origin, Wanted
from embeddings.documents.document import Address, Document
from embeddings.encoders.encoder import Encoder, EncoderIdentity, Vectors
from embeddings.folders import Folder
from embeddings.scope import EVERYTHING, Scope
from embeddings.storage.builds import Build, BuildRecord, check_record, current_build, read_record
from embeddings.storage.database import ALL_ROWS
from embeddings.storage.database_place import DatabasePlace, PostgresSchema
from embeddings.storage.rows import DocumentEntry, Failure, Hit, StoredChunk
from embeddings.storage.search_cache import search_cache
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import catch_up
from embeddings.storage.vectors import VectorIndex

# An approximate search ranks by 8-bit vectors. 99 % of the true ten nearest are among its first 50, which are rescored.
_RESCORED = 50
# Recent states of the corpus, kept for readers that started before the last change.
_KEPT_STATES = 4
# The page and its API answer this many questions at once.
_IDLE_CONNECTIONS = 4


class Snapshot:
    """One state of the corpus, for use by one thread; see `Index.snapshot`."""

    def __init__(
        self, store: Store, vectors: VectorIndex, encoder: Encoder, build_name: str, scope: Scope = EVERYTHING
    ) -> None:
        self.store = store
        self.build_name = build_name
        """The build it was taken from; changes when the corpus is re-embedded."""
        self.scope = scope
        """What its searches are limited to; documents outside of it can still be looked up by path."""
        self._vectors = vectors
        self._encoder = encoder
        self._queries: dict[str, Vectors] = {}
        limited = bool(scope) or store.is_partial
        self._allowed = np.array(store.chunk_ids(scope), dtype=np.int64) if limited else None

    def limited(self, scope: Scope) -> "Snapshot":
        """Return this state of the corpus with its searches limited to `scope`."""
        return Snapshot(self.store, self._vectors, self._encoder, self.build_name, scope)

    @property
    def generation(self) -> int:
        """The number of changes committed to the build so far."""
        return self._vectors.generation

    def encode_query(self, query: str) -> Vectors:
        """Return the query's vector, (dimension,), for `dense_search` and `cosines`."""
        if query not in self._queries:  # a question is classified before it is searched for
            self._queries[query] = self._encoder.encode_query(query)
        return self._queries[query]

    @property
    def cosine_floor(self) -> float:
        """See `Encoder.cosine_floor`."""
        return self._encoder.cosine_floor

    def dense_search(self, query: Vectors, k: int) -> list[Hit]:
        """Return the `k` chunks nearest in meaning, best first; the score is the cosine, -1..1.

        In a large corpus the search is approximate; its hits are rescored with their stored vectors.
        """
        if self._vectors.is_exact:
            return self._vectors.search(query, k, self._allowed)
        ids = [hit.chunk_id for hit in self._vectors.search(query, max(k, _RESCORED), self._allowed)]
        hits = [Hit(*pair) for pair in zip(ids, self.cosines(query, ids), strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def cosines(self, query: Vectors, ids: Sequence[int]) -> list[float]:
        """Return the cosine, -1..1, of the query with each of these chunks, in the order of `ids`."""
        vectors = self.store.vectors_of(ids, len(query))  # (len(ids), dimension)
        return [float(cosine) for cosine in vectors @ query]

    def document_vectors(self, addresses: Sequence[Address]) -> Vectors:
        """Return the mean vector of each document, of length one, (len(addresses), dimension); at least one."""
        return self.store.document_vectors(addresses, self._encoder.identity.dimension)

    def lexical_search(self, query: str, k: int) -> list[Hit]:
        """Return the `k` best chunks by BM25, best first; scores are above 0. See `WordTable.lexical_search`."""
        return self._vectors.lexical_search(self.store, query, k, self.languages(), self.scope, self._allowed)

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        """Return chunks by id, in the order of `ids`; ids that no longer exist are skipped."""
        return self.store.chunks(ids)

    def chunks_of(self, path: str, folder: str | None = None) -> list[StoredChunk]:
        """Return the chunks of a document, in order; [] if the path is unknown. See `Address`."""
        return self.store.chunks_of(path, folder)

    def size(self) -> int:
        """Return the number of chunks that are searched."""
        return len(self._vectors) if self._allowed is None else len(self._allowed)

    def count_searched(self) -> int:
        """Return the number of documents that are searched."""
        return self.store.count_in_scope(self.scope)

    def document(self, path: str, folder: str | None = None) -> Document | None:
        """Return a document with its canonical text, or None if the path is unknown. See `Address`."""
        return self.store.document(path, folder)

    def documents(self, words: str = "", limit: int = ALL_ROWS, offset: int = 0) -> list[DocumentEntry]:
        """List the documents whose title or path contains `words`, by path: `limit` of them from `offset`."""
        return self.store.documents(words, limit, offset)

    def count_documents(self, words: str = "") -> int:
        """Return the number of documents whose title or path contains `words`."""
        return self.store.count_documents(words)

    def catalogue(self, wanted: Wanted, order: str = "path", limit: int = ALL_ROWS) -> list[CatalogueEntry]:
        """List articles without their texts; see `CatalogueTable.catalogue`."""
        return self.store.catalogue(wanted, order, limit)

    def count_catalogue(self, wanted: Wanted) -> int:
        """Return the number of these articles."""
        return self.store.count_catalogue(wanted)

    def count_dated(self, wanted: Wanted) -> int:
        """Return the number of these articles that have a date."""
        return self.store.count_dated(wanted)

    def origins(self) -> list[Origin]:
        """Return the sources and authors of the articles, those of most articles first."""
        return self.store.origins()

    def words_like(self, word: str, most: int) -> list[str]:
        """Return up to `most` words of the articles that are spelled like this one; see `CatalogueTable.words_like`."""
        return self.store.words_like(word, most)

    def languages(self) -> list[str]:
        """Return the languages of the documents, ISO 639-1 codes in order."""
        return self.store.languages()

    def addresses(self) -> list[Address]:
        """Return the addresses of all documents, by path."""
        return self.store.addresses()

    def addresses_holding(self, words: str) -> list[Address]:
        """Return the documents whose canonical text contains exactly `words`, by path."""
        return self.store.addresses_holding(words)

    def addresses_leaving_out(self, words: Sequence[str], most: int) -> list[Address]:
        """Return up to `most` documents in whose left-out parts these words stand; see `LeftOutTable`."""
        return self.store.addresses_leaving_out(words, most, self.store.languages())

    def document_called(self, words: str) -> Document | None:
        """Return the document that a person calls by its path, or by folder and path; of several, the first folder's."""
        found = self.store.addresses_called(words)
        return self.store.document(*found[0]) if found else None

    def folders(self) -> list[Folder]:
        """Return the folders, in the order in which they were added."""
        return self.store.folders()

    def failures(self) -> list[Failure]:
        """Return the files that could not be indexed, with reasons."""
        return self.store.failures()


class Index:
    """Serves snapshots of an index, and notices when any process syncs it, re-embeds it or rolls it back."""

    def __init__(self, index: Path, encoder: Encoder) -> None:
        """Open the index in the folder `index`.

        Raises:
            IndexMissing, IndexDamaged: there is no index, or its file is damaged.
            IndexMismatch: it was made by another model than `encoder`.
        """
        self.path = index
        self.encoder = encoder
        self._connections = _Connections()
        self._connections_without: dict[frozenset[str], _Connections] = {}
        self._vectors = _VectorStates(index, encoder)
        with self.snapshot():
            pass

    def without(self, labels: Collection[str]) -> "Index":
        """Return this index as it is without the documents that have one of these labels, in any case.

        They are not found, opened, listed or counted. The vectors are shared, and the same labels get the same index.
        """
        key = frozenset(map(str.casefold, labels))
        partial = copy(self)
        partial._connections = self._connections_without.setdefault(key, _Connections(key))
        return partial

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Yield one state of the corpus: a read transaction of the database and the vectors of the same generation."""
        build = current_build(self.path)
        with self._connections.borrowed(build.database) as (opened, store), store.reading():
            vectors = self._vectors.of(_Source(build, opened, store.identity()), store)
            store.hide()  # not before: the vectors are of all documents
            yield Snapshot(store, vectors, self.encoder, build.folder.name)


class _VectorStates:
    """The vectors of the last generations. Thread-safe."""

    def __init__(self, index: Path, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder
        self._lock = threading.Lock()
        self._source: _Source | None = None
        self._version: object | None = None
        self._states: deque[VectorIndex] = deque(maxlen=_KEPT_STATES)

    def of(self, source: "_Source", store: Store) -> VectorIndex:
        """Return the vectors of the store's generation, and cache them. Call it inside the store's read transaction."""
        with self._lock:
            return self._of(source, store)

    def _of(self, source: "_Source", store: Store) -> VectorIndex:
        dimension = self._encoder.identity.dimension
        if source != self._source:  # its generations cannot be compared with the cached states
            record = read_record(store, self._index)
            check_record(record, BuildRecord(self._encoder.identity, record.chunking), self._index)
            self._states.clear()
        # A refreshed cache contains the changes that `known` keeps beside its index, so it replaces them.
        cache = search_cache(source.build)
        version, generation = cache.version(store), store.generation()
        renewed = version is not None and version != self._version
        # Another thread may already have cached a newer generation than this reader sees.
        known = next((state for state in reversed(self._states) if state.generation <= generation), None)
        vectors = None if known is None or renewed else catch_up(known, store, dimension)
        if vectors is None:
            vectors = cache.open(store, dimension)
            self._version = version
        self._source = source
        if not self._states or vectors.generation > self._states[-1].generation or renewed:
            self._states.append(vectors)
        return vectors


class _Connections:
    """A pool of open connections to one database; those to a SQLite file keep their page caches. Thread-safe."""

    def __init__(self, hidden: Collection[str] = ()) -> None:
        self._hidden = hidden
        self._lock = threading.Lock()
        self._idle: list[Store] = []
        self._opened: _Opened | None = None

    @contextmanager
    def borrowed(self, place: DatabasePlace) -> Iterator[tuple["_Opened", Store]]:
        """Lend a connection to the database that is now at `place`. A connection that raised an error is closed."""
        opened = _Opened.at(place)
        with self._lock:
            if opened != self._opened:  # another build, or one rebuilt in the same place
                self._close()
                self._opened = opened
        store = self._living() or Store(place, hidden=self._hidden)
        try:
            yield opened, store
        except BaseException:
            store.close()
            raise
        with self._lock:
            # A frozen connection would not notice that another user of the machine writes to the file.
            if opened == self._opened and len(self._idle) < _IDLE_CONNECTIONS and not store.is_frozen:
                self._idle.append(store)
                return
        store.close()

    def _living(self) -> Store | None:
        """Return an idle connection whose server still answers."""
        while True:
            with self._lock:
                store = self._idle.pop() if self._idle else None
            if store is None or store.is_alive():
                return store
            store.close()

    def _close(self) -> None:
        for store in self._idle:
            store.close()
        self._idle.clear()


@dataclass(frozen=True)
class _Opened:
    """Identifies the database at a place, to notice when a path leads to another file."""

    place: DatabasePlace
    device: int = 0
    number: int = 0

    @classmethod
    def at(cls, place: DatabasePlace) -> "_Opened":
        if isinstance(place, PostgresSchema):
            return cls(place)
        status = place.stat()
        return cls(place, status.st_dev, status.st_ino)


@dataclass(frozen=True)
class _Source:
    """Where a state of the corpus came from. Generations can be compared only within one source."""

    build: Build
    opened: _Opened
    identity: str
    """See `Store.identity`. A new file may reuse the inode number of a deleted one, but not its identity."""


def recorded_encoder(index: Path) -> EncoderIdentity:
    """Return the identity of the encoder that made an index.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch: the index cannot be read.
    """
    return open_record(index).encoder


def open_record(index: Path) -> BuildRecord:
    """Return the record of how the served build was made."""
    with closing(Store(current_build(index).database)) as store:
        return read_record(store, index)


def recorded_folders(index: Path) -> list[Folder]:
    """Return the folders that an index is made from, in the order in which they were added.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch: the index cannot be read.
    """
    with closing(Store(current_build(index).database)) as store:
        return store.folders()
