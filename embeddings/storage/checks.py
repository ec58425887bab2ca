"""Checks of the index's database against itself: chunks, words and vectors must agree. For `embeddings.doctor`."""

from collections.abc import Iterator

import numpy as np

from embeddings.documents.chunks import content_key
from embeddings.errors import IndexBusy, IndexDamaged
from embeddings.storage.database import Database

# A stored vector is float16: its length differs from one by less than this.
_LENGTH_TOLERANCE = 5e-3


class Checks:
    """The part of a `Store` that finds what is wrong in it; each check yields one line for each problem."""

    _database: Database

    def file_problems(self) -> Iterator[str]:
        """Check the database file as such, and that every row has the rows that it refers to."""
        rows = self._database.rows("PRAGMA integrity_check(10)")
        yield from (problem for (problem,) in rows if problem != "ok")
        for table, row, lacking, _ in self._database.rows("PRAGMA foreign_key_check"):
            yield f"{table} row {row} lacks its {lacking}"

    def chunk_problems(self) -> Iterator[str]:
        """Compare each chunk's words with what was encoded."""
        for block in self._database.blocks("SELECT id, path, title, text FROM documents", size=100):
            for document_id, path, title, text in block:
                chunks = self._database.rows(
                    'SELECT id, start, "end", key FROM chunks WHERE document_id = ?', (document_id,)
                )
                for chunk_id, start, end, key in chunks:
                    if not (0 <= start < end <= len(text)) or content_key(title, text[start:end]) != key:
                        yield f"chunk {chunk_id} of {path} [{start}, {end}) is not what was encoded"
                if not chunks:
                    yield f"{path} has no chunk"

    def word_problems(self) -> Iterator[str]:
        """Compare the words in the full-text index with those of the chunks."""
        rows = self._database.rows(
            """SELECT chunks.id, chunk_words.rowid FROM chunks
            LEFT JOIN documents ON documents.id = document_id
            LEFT JOIN chunk_words ON chunk_words.rowid = chunks.id
            WHERE chunk_words.rowid IS NULL OR chunk_words.title != documents.title
                OR chunk_words.text != substr(documents.text, start + 1, "end" - start)"""
        )
        yield from (f"chunk {chunk_id} {'is missing' if row is None else 'differs'}" for chunk_id, row in rows)
        extra = self._database.rows("SELECT rowid FROM chunk_words WHERE rowid NOT IN (SELECT id FROM chunks)")
        yield from (f"words of chunk {chunk_id}, which is gone" for (chunk_id,) in extra)

    def vector_problems(self, dimension: int) -> Iterator[str]:
        """Check that every chunk has a vector of length one and of the right dimension."""
        query = "SELECT chunks.id, vector FROM chunks LEFT JOIN vectors USING (key)"
        for block in self._database.blocks(query):
            for chunk_id, blob in block:
                if len(blob or b"") != 2 * dimension:
                    yield f"chunk {chunk_id} has a vector of {len(blob or b'')} bytes, not {2 * dimension}"
                    continue
                vector = np.frombuffer(blob, dtype="<f2").astype(np.float32)
                if not abs(float(np.linalg.norm(vector)) - 1) < _LENGTH_TOLERANCE:
                    yield f"chunk {chunk_id} has a vector that is not of length one"

    def full_text_problems(self) -> Iterator[str]:
        """Let FTS5 check its own index, which older versions of SQLite leave out of their check; outside any transaction.

        SQLite counts it as writing: a read-only index can't be checked, and one that another process writes to is not.
        """
        try:
            with self._database.reading():
                self._database.execute("INSERT INTO chunk_words (chunk_words) VALUES ('integrity-check')")
        except IndexBusy:
            return
        except IndexDamaged as error:
            yield error.what
