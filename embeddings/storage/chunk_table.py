"""The table of chunks: where each lies in its document."""

from collections.abc import Sequence

from embeddings.documents.chunks import Chunk, content_key
from embeddings.storage.database import Database, marks
from embeddings.storage.rows import StoredChunk
from embeddings.storage.word_table import WordTable


class ChunkTable(WordTable):
    """The part of a `Store` that keeps chunks, each with its words."""

    _database: Database

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        """Return chunks by id, in the order asked; those that are gone are left out."""
        rows = self._database.rows(
            f"""SELECT chunks.id, path, title, date, start, "end", substr(text, start + 1, "end" - start)
            FROM chunks JOIN documents ON documents.id = document_id WHERE chunks.id IN ({marks(ids)})""",
            ids,
        )
        found = {row[0]: StoredChunk(*row) for row in rows}
        return [found[chunk_id] for chunk_id in ids if chunk_id in found]

    def chunks_of(self, path: str) -> list[StoredChunk]:
        """Return the chunks of a document, in order; none when there is no document of that path."""
        document = self._database.row("SELECT id, title, date, text FROM documents WHERE path = ?", (path,))
        if document is None:
            return []
        document_id, title, date, text = document
        rows = self._database.rows(
            'SELECT id, start, "end" FROM chunks WHERE document_id = ? ORDER BY start', (document_id,)
        )
        return [StoredChunk(chunk_id, path, title, date, start, end, text[start:end]) for chunk_id, start, end in rows]

    def count_chunks(self) -> int:
        """Return the number of chunks."""
        return int(self._database.value("SELECT count(*) FROM chunks"))

    def last_chunk_id(self) -> int:
        """Return the highest chunk id ever given, 0 before the first."""
        return int(self._database.value("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'") or 0)

    def _put_chunks(self, document_id: int, title: str, chunks: Sequence[Chunk], generation: int) -> None:
        """Write the chunks of a document in place of those it had; those whose content stayed keep their id."""
        kept = self._chunk_ids_by_key(document_id)
        for chunk in chunks:
            key = content_key(title, chunk.text)
            if ids := kept.get(key):
                self._database.execute(
                    'UPDATE chunks SET start = ?, "end" = ? WHERE id = ?', (chunk.start, chunk.end, ids.pop(0))
                )
            else:
                chunk_id = self._database.value(
                    'INSERT INTO chunks (document_id, start, "end", key, generation) VALUES (?, ?, ?, ?, ?) RETURNING id',
                    (document_id, chunk.start, chunk.end, key, generation),
                )
                self._add_words(chunk_id, title, chunk.text)
        self._remove_chunks([chunk_id for ids in kept.values() for chunk_id in ids], generation)

    def _remove_chunks_of(self, document_id: int, generation: int) -> None:
        rows = self._database.rows("SELECT id FROM chunks WHERE document_id = ?", (document_id,))
        self._remove_chunks([chunk_id for (chunk_id,) in rows], generation)

    def _remove_chunks(self, ids: Sequence[int], generation: int) -> None:
        for chunk_id in ids:
            self._database.execute(
                "INSERT INTO removed_chunks (id, key, generation) SELECT id, key, ? FROM chunks WHERE id = ?",
                (generation, chunk_id),
            )
            self._database.execute("DELETE FROM chunks WHERE id = ?", (chunk_id,))
            self._remove_words(chunk_id)

    def _chunk_ids_by_key(self, document_id: int) -> dict[bytes, list[int]]:
        ids: dict[bytes, list[int]] = {}
        for chunk_id, key in self._database.rows(
            "SELECT id, key FROM chunks WHERE document_id = ? ORDER BY start", (document_id,)
        ):
            ids.setdefault(key, []).append(chunk_id)
        return ids
