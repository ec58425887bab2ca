"""The table of vectors, one for each encoded content, and the changes since a generation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from embeddings.documents.document import Address
from embeddings.encoders.encoder import Vectors
from embeddings.storage.database import Database, Row, placeholders
from embeddings.storage.folder_table import NAMED_DOCUMENTS
from embeddings.storage.rows import VectorChanges

_VECTOR_TYPE = np.dtype("<f2")  # half the size of float32; changes a cosine by less than 0.0001
_ALL_VECTORS = "SELECT chunks.id, vector FROM chunks JOIN vectors USING (key) ORDER BY chunks.id"


class VectorTable:
    """The part of a `Store` that stores vectors; search indexes are built from them."""

    _database: Database

    def known_keys(self, keys: Iterable[bytes]) -> set[bytes]:
        """Return the keys that have a stored vector."""
        find = "SELECT 1 FROM vectors WHERE key = ?"
        return {key for key in keys if self._database.row(find, (key,))}

    def vectors_of(self, ids: Sequence[int], dimension: int) -> Vectors:
        """Return the vectors of chunks, (len(ids), dimension), in the order of `ids`.

        Raises:
            KeyError: an id does not exist.
        """
        rows = self._database.rows(
            f"SELECT chunks.id, vector FROM chunks JOIN vectors USING (key) WHERE chunks.id IN ({placeholders(ids)})",
            ids,
        )
        position = {row[0]: i for i, row in enumerate(rows)}
        return _to_arrays(rows, dimension)[1][[position[chunk_id] for chunk_id in ids]]

    def document_vectors(self, addresses: Sequence[Address], dimension: int) -> Vectors:
        """Return the mean of each document's vectors, of length one, (len(addresses), dimension); zeros without chunks."""
        paths = [address.path for address in addresses]
        rows = self._database.rows(
            f"""SELECT path, folder, vector FROM {NAMED_DOCUMENTS} JOIN chunks ON document_id = documents.id JOIN vectors USING (key)
            WHERE path IN ({placeholders(paths)})""",
            paths,
        )
        sums = {address: np.zeros(dimension, dtype=np.float32) for address in addresses}
        for *place, vector in rows:
            if (address := Address(*place)) in sums:
                sums[address] += np.frombuffer(vector, dtype=_VECTOR_TYPE).astype(np.float32)
        found = np.stack([sums[address] for address in addresses])
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        found /= np.where(lengths > 0, lengths, 1)
        return found

    def all_vectors(self, dimension: int) -> tuple[np.ndarray, Vectors]:
        """Return all chunk ids, ascending, with their vectors: (N,) int64, (N, dimension)."""
        return _to_arrays(self._database.rows(_ALL_VECTORS), dimension)

    def vector_blocks(self, dimension: int, size: int) -> Iterator[tuple[np.ndarray, Vectors]]:
        """Yield all chunk ids, ascending, with their vectors, at most `size` at a time: (B,) int64, (B, dimension)."""
        for rows in self._database.blocks(_ALL_VECTORS, size=size):
            yield _to_arrays(rows, dimension)

    # -- changes

    def vector_changes(self, since: int, dimension: int) -> VectorChanges | None:
        """Return what was added and removed after generation `since`, or None if some of these removals are forgotten."""
        if since < self.removals_forgotten():
            return None
        added = self._database.rows(
            "SELECT chunks.id, vector FROM chunks JOIN vectors USING (key) WHERE generation > ? ORDER BY chunks.id",
            (since,),
        )
        removed = self._database.rows("SELECT id FROM removed_chunks WHERE generation > ?", (since,))
        return VectorChanges(*_to_arrays(added, dimension), np.array([row[0] for row in removed], dtype=np.int64))

    def count_changes(self, since: int) -> int:
        """Return the number of chunks added or removed after generation `since`, without forgotten removals."""
        return int(
            self._database.value(
                """SELECT (SELECT count(*) FROM chunks WHERE generation > ?1)
                + (SELECT count(*) FROM removed_chunks WHERE generation > ?1)""",
                (since,),
            )
        )

    def removals_forgotten(self) -> int:
        """Return the generation up to which removals may be forgotten: older vectors cannot be updated."""
        return int(self._database.value("SELECT removals_forgotten FROM build"))

    def forget_removals(self, until: int) -> None:
        """Forget removals up to generation `until`, once the FAISS file has that generation.

        Readers that are further behind notice, and read the file. Removals that `drop_unused_vectors` still needs are kept
        until the next call.
        """
        with self._database.transaction():
            self._database.execute("DELETE FROM removed_chunks WHERE generation <= ? AND key IS NULL", (until,))
            self._database.execute("UPDATE build SET removals_forgotten = ?1 WHERE removals_forgotten < ?1", (until,))

    # -- unused vectors

    def has_unused_vectors(self) -> bool:
        """Return whether chunks were removed since the last `drop_unused_vectors`."""
        return self._database.row("SELECT 1 FROM removed_chunks WHERE key IS NOT NULL LIMIT 1") is not None

    def drop_unused_vectors(self) -> None:
        """Delete the vectors that only removed chunks used; inside a transaction.

        Not done when a chunk is removed, because a sync may move it from one document to another.
        """
        self._database.execute(
            """DELETE FROM vectors WHERE key IN (SELECT key FROM removed_chunks WHERE key IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.key = vectors.key)"""
        )
        self._database.execute("UPDATE removed_chunks SET key = NULL WHERE key IS NOT NULL")

    def _put_vectors(self, encoded: Mapping[bytes, Vectors]) -> None:
        self._database.execute_many(
            "INSERT INTO vectors (key, vector) VALUES (?, ?) ON CONFLICT DO NOTHING",
            ((key, vector.astype(_VECTOR_TYPE).tobytes()) for key, vector in encoded.items()),
        )


def _to_arrays(rows: Sequence[Row], dimension: int) -> tuple[np.ndarray, Vectors]:
    """Convert rows (id, vector) to arrays: ids, (len(rows),) int64, and vectors, (len(rows), dimension)."""
    packed = np.frombuffer(b"".join(row[1] for row in rows), dtype=_VECTOR_TYPE)
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    return ids, packed.astype(np.float32).reshape(len(rows), dimension)
