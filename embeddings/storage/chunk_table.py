"""The table of chunks: their positions in the documents."""

from collections.abc import Sequence
from typing import Any

from embeddings.documents.chunks import Chunk, content_key
from embeddings.documents.document import Document
from embeddings.documents.sections import plain_units
from embeddings.scope import Scope
from embeddings.storage.database import Database, placeholders
from embeddings.storage.folder_table import AT_ADDRESS, NAMED_DOCUMENTS
from embeddings.storage.lexical import indexed_words
from embeddings.storage.rows import StoredChunk
from embeddings.storage.scope_sql import scope_condition
from embeddings.storage.structure_json import context_json, read_context, read_units, units_json
from embeddings.storage.word_table import WordTable

_OF_DOCUMENT = f"path, folder, title, date, text FROM {NAMED_DOCUMENTS}"


class ChunkTable(WordTable):
    """The part of a `Store` that stores chunks and indexes their words."""

    _database: Database

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        """Return chunks by id, in the order of `ids`; ids that no longer exist are skipped."""
        rows = self._database.rows(
            f"""SELECT document_id, id, start, "end", context, units FROM chunks WHERE id IN ({placeholders(ids)})""",
            ids,
        )
        documents = list({document_id for document_id, *_ in rows})
        texts = {
            document_id: values
            for document_id, *values in self._database.rows(
                f"SELECT documents.id, {_OF_DOCUMENT} WHERE documents.id IN ({placeholders(documents)})", documents
            )
        }
        found = {chunk_id: _chunk(texts[document_id], chunk_id, *rest) for document_id, chunk_id, *rest in rows}
        return [found[chunk_id] for chunk_id in ids if chunk_id in found]

    def chunks_of(self, path: str, folder: str | None = None) -> list[StoredChunk]:
        """Return the chunks of a document, in order; [] if the path is unknown. See `Address`."""
        document = self._database.row(f"SELECT documents.id, {_OF_DOCUMENT} WHERE {AT_ADDRESS}", (path, folder))
        if document is None:
            return []
        rows = self._database.rows(
            'SELECT id, start, "end", context, units FROM chunks WHERE document_id = ? ORDER BY start, id',
            (document[0],),
        )
        return [_chunk(document[1:], *row) for row in rows]

    def has_words_of(self, document_id: int, document: Document, chunks: Sequence[Chunk]) -> bool:
        """Return whether the full-text index has the words of these chunks, which are all of a stored document's."""
        rows = self._database.rows(
            """SELECT chunk_words.title, chunk_words.text FROM chunk_words JOIN chunks ON chunks.id = chunk_words.rowid
            WHERE document_id = ? ORDER BY start, chunks.id""",
            (document_id,),
        )
        title = indexed_words(document.title, document.language)
        return rows == [(title, indexed_words(chunk.readable, document.language)) for chunk in chunks]

    def count_chunks(self) -> int:
        """Return the number of chunks."""
        return int(self._database.value("SELECT count(*) FROM chunks"))

    def chunk_ids(self, scope: Scope) -> list[int]:
        """Return the ids of the chunks of a scope's documents, ascending."""
        limit, values = scope_condition(scope)
        rows = self._database.rows(
            f"SELECT id FROM chunks WHERE document_id IN (SELECT id FROM documents WHERE {limit}) ORDER BY id",
            values,
        )
        return [chunk_id for (chunk_id,) in rows]

    def all_chunk_ids(self) -> list[int]:
        """Return the ids of all chunks, ascending."""
        return [chunk_id for (chunk_id,) in self._database.rows("SELECT id FROM chunks ORDER BY id")]

    def last_chunk_id(self) -> int:
        """Return the highest id of a chunk, 0 if there is none. Chunks added later have higher ones: no id is given twice."""
        return int(self._database.value("SELECT max(id) FROM chunks") or 0)

    def _put_chunks(self, document_id: int, title: str, chunks: Sequence[Chunk], generation: int) -> None:
        """Replace the chunks of a document; chunks with unchanged content keep their ids."""
        kept = self._chunk_ids_by_key(document_id)
        for chunk in chunks:
            key = content_key(title, chunk.readable)
            place = (chunk.start, chunk.end, context_json(chunk.context), units_json(chunk.units))
            if ids := kept.get(key):
                chunk_id = ids.pop(0)
                self._database.execute(
                    'UPDATE chunks SET start = ?, "end" = ?, context = ?, units = ? WHERE id = ?', (*place, chunk_id)
                )
                self._renew_words(chunk_id, title, chunk.readable, chunk.document.language)
            else:
                chunk_id = self._database.value(
                    """INSERT INTO chunks (document_id, start, "end", context, units, key, generation)
                    VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id""",
                    (document_id, *place, key, generation),
                )
                self._add_words(chunk_id, title, chunk.readable, chunk.document.language)
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


def _chunk(document: Sequence[Any], chunk_id: int, start: int, end: int, context: str, units: str) -> StoredChunk:
    path, folder, title, date, text = document
    # Rows of older programs have no units.
    found = read_units(units, text) or plain_units(text, start, end)
    return StoredChunk(
        chunk_id, path, title, date, start, end, text[start:end], found, read_context(context, text), folder
    )
