"""A Milvus server as the search needs it: collections of chunks with a dense and a sparse vector each. Errors are told as ours."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from embeddings.encoders.encoder import Vectors
from embeddings.errors import SearchUnavailable
from embeddings.storage.ann import Ids
from embeddings.storage.bm25 import SparseVector
from embeddings.storage.rows import Hit
from embeddings.storage.search_place import MilvusPlace

_T = TypeVar("_T")

_SEARCH_S = 10.0
"""What a search may take; longer than a question should, so that a busy server is not taken for a dead one."""
_WRITE_S = 120.0
_ROWS = 1000
"""Written or read at once, about 4 MB."""
_MOST_HITS = 16_384
"""The server's own limit for a search."""
# Milvus's codes for a collection that does not exist, and for one that must be loaded.
_MISSING, _NOT_LOADED = 100, 101


@dataclass(frozen=True)
class MilvusServer:
    """The server of a place."""

    place: MilvusPlace

    def make(self, collection: str, dimension: int, exact: bool) -> None:
        """Make an empty collection; `exact` compares every vector, else the server chooses an approximate index."""

        def work(client: Any) -> None:
            from pymilvus import DataType

            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field("id", DataType.INT64, is_primary=True)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
            schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
            indexes = client.prepare_index_params()
            # Vectors have length one, so that their inner product is the cosine.
            indexes.add_index("vector", index_type="FLAT" if exact else "AUTOINDEX", metric_type="IP")
            indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
            client.create_collection(
                collection, schema=schema, index_params=indexes, consistency_level="Strong", timeout=_WRITE_S
            )

        self._call(work)

    def has(self, collection: str) -> bool:
        """Return whether a collection exists."""
        return bool(self._call(lambda client: client.has_collection(collection, timeout=_SEARCH_S)))

    def drop(self, collection: str) -> None:
        """Drop a collection, if it exists."""
        self._call(lambda client: client.drop_collection(collection, timeout=_WRITE_S))

    def put(self, collection: str, ids: Ids, vectors: Vectors, words: Sequence[SparseVector]) -> None:
        """Add chunks, or replace them: ids, (N,), their vectors, (N, dimension), and their words' weights."""
        for first in range(0, len(ids), _ROWS):
            part = slice(first, first + _ROWS)
            rows = [
                {"id": int(chunk_id), "vector": vector, "words": weights}
                for chunk_id, vector, weights in zip(ids[part], vectors[part], words[part], strict=True)
            ]
            self._call(lambda client, rows=rows: client.upsert(collection, rows, timeout=_WRITE_S))  # type: ignore[misc]

    def delete(self, collection: str, ids: Sequence[int]) -> None:
        """Delete chunks; those that are not there are skipped."""
        for first in range(0, len(ids), _ROWS):
            part = list(ids[first : first + _ROWS])
            self._call(lambda client, part=part: client.delete(collection, ids=part, timeout=_WRITE_S))  # type: ignore[misc]

    def flush(self, collection: str) -> None:
        """Let the server index what was written: until then it searches it row by row."""
        self._call(lambda client: client.flush(collection, timeout=_WRITE_S))

    def search(self, collection: str, field: str, query: Any, k: int, limit: str) -> list[Hit]:
        """Return the `k` best chunks within a limit, best first.

        Args:
            collection: its name.
            field: "vector" or "words".
            query: a vector, (dimension,), or a sparse one.
            k: at least 1.
            limit: an expression of Milvus's.
        """
        (found,) = self._read(
            collection,
            lambda client: client.search(
                collection,
                data=[query],
                anns_field=field,
                limit=min(k, _MOST_HITS),
                filter=limit,
                output_fields=["id"],
                search_params={"metric_type": "IP"},
                consistency_level="Strong",
                timeout=_SEARCH_S,
            ),
        )
        return [Hit(int(hit["id"]), float(hit["distance"])) for hit in found]

    def vectors(self, collection: str, limit: str) -> Iterator[tuple[Ids, Vectors]]:
        """Yield the chunks within a limit, in no order: ids, (B,), and vectors, (B, dimension)."""
        iterator = self._read(
            collection,
            lambda client: client.query_iterator(
                collection, batch_size=_ROWS, filter=limit, output_fields=["id", "vector"], timeout=_WRITE_S
            ),
        )
        while rows := self._call(lambda client: iterator.next()):
            yield np.array([row["id"] for row in rows], np.int64), np.array([row["vector"] for row in rows], np.float32)
        iterator.close()

    def _read(self, collection: str, work: Callable[[Any], _T]) -> _T:
        """Run work that reads a collection, after loading it if the server has started again since."""

        def loaded(client: Any) -> _T:
            from pymilvus.exceptions import MilvusException

            try:
                return work(client)
            except MilvusException as error:
                if error.code != _NOT_LOADED:
                    raise
                client.load_collection(collection, timeout=_WRITE_S)
                return work(client)

        return self._call(loaded)

    def _call(self, work: Callable[[Any], _T]) -> _T:
        """Run work with the client.

        Raises:
            SearchUnavailable: the server does not answer in time, or refuses.
        """
        try:
            from grpc import RpcError
            from pymilvus.exceptions import MilvusException
        except ImportError as error:
            raise SearchUnavailable(
                f"The search on {self.place} needs the package pymilvus.",
                "Install it: pip install -r requirements-milvus.txt",
            ) from error
        try:
            return work(_client(self.place.address))
        except (MilvusException, RpcError) as error:  # the latter when the time is over
            if isinstance(error, MilvusException) and error.code == _MISSING:
                raise SearchUnavailable(
                    f"{self.place} has lost the index's chunks.", "Bring it up to date: python -m embeddings sync"
                ) from error
            raise SearchUnavailable(
                f"The search server {self.place} does not answer or refuses ({_first_line(error)}).",
                "Start it, or search in the index's folder: python -m embeddings move --to local",
            ) from error


@lru_cache
def _client(address: str) -> Any:
    """Return the one client of a server, for all threads; it connects again by itself."""
    from pymilvus import MilvusClient

    logging.getLogger("pymilvus").setLevel(
        logging.CRITICAL
    )  # it logs each error with its trace, which we tell ourselves
    return MilvusClient(uri=address, timeout=_SEARCH_S)


def _first_line(error: Any) -> str:
    words = error.message if hasattr(error, "message") else error.details()
    return str(words).strip().partition("\n")[0].rstrip(".")
