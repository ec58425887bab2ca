"""Consistency checks of the index's database: chunks, words and vectors must agree. For `embeddings.doctor`."""

from collections.abc import Iterator

import numpy as np

from embeddings.documents import stemming
from embeddings.documents.chunks import content_key, readable
from embeddings.errors import IndexBusy, IndexDamaged
from embeddings.storage.database import Database
from embeddings.storage.lexical import indexed_words
from embeddings.storage.structure_json import read_context, read_units

# Stored vectors are float16: their length differs from 1 by less than this.
_LENGTH_TOLERANCE = 5e-3

_CHUNKS = 'SELECT id, start, "end", context, units, key FROM chunks'


def _encoded(text: str, start: int, end: int, context: str, units: str) -> str:
    """Return what was encoded of a chunk; an older program, which stored no units, encoded it as it stands in the text."""
    found = read_units(units, text)
    return readable(read_context(context, text), found) if found else text[start:end]


class Checks:
    """The part of a `Store` that checks its consistency. Each check yields one line per problem."""

    _database: Database

    def file_problems(self) -> Iterator[str]:
        """Check the integrity of the database file, and its foreign keys."""
        rows = self._database.rows("PRAGMA integrity_check(10)")
        yield from (problem for (problem,) in rows if problem != "ok")
        for table, row, parent, _ in self._database.rows("PRAGMA foreign_key_check"):
            yield f"{table} row {row} has no matching row in {parent}"

    def chunk_problems(self) -> Iterator[str]:
        """Check that the text of each chunk is the text that was encoded."""
        for block in self._database.blocks("SELECT id, path, title, text FROM documents", size=100):
            for document_id, path, title, text in block:
                chunks = self._database.rows(f"{_CHUNKS} WHERE document_id = ?", (document_id,))
                for chunk_id, start, end, context, units, key in chunks:
                    held = read_units(units, text)
                    inside = 0 <= start < end <= len(text)
                    inside = inside and (not held or (held[0].start, held[-1].end) == (start, end))
                    if not inside or content_key(title, _encoded(text, start, end, context, units)) != key:
                        yield f"chunk {chunk_id} of {path} [{start}, {end}) is not the text that was encoded"
                if not chunks:
                    yield f"{path} has no chunks"

    def word_problems(self) -> Iterator[str]:
        """Check that the full-text index has the words of every chunk, and nothing else.

        Documents that an older program stemmed are not compared: the next sync does it again.
        """
        current = f"stems {stemming.VERSION}"
        for block in self._database.blocks("SELECT id, title, text, language, versions FROM documents", size=100):
            for document_id, title, text, language, versions in block:
                words = {
                    chunk_id: tuple(found)
                    for chunk_id, *found in self._database.rows(
                        """SELECT rowid, title, text FROM chunk_words
                        WHERE rowid IN (SELECT id FROM chunks WHERE document_id = ?)""",
                        (document_id,),
                    )
                }
                for chunk_id, *place, _ in self._database.rows(f"{_CHUNKS} WHERE document_id = ?", (document_id,)):
                    if chunk_id not in words:
                        yield f"chunk {chunk_id} is missing"
                    elif current in versions.split(", ") and words[chunk_id] != (
                        indexed_words(title, language),
                        indexed_words(_encoded(text, *place), language),
                    ):
                        yield f"chunk {chunk_id} differs"
        extra = self._database.rows("SELECT rowid FROM chunk_words WHERE rowid NOT IN (SELECT id FROM chunks)")
        yield from (f"chunk {chunk_id} no longer exists" for (chunk_id,) in extra)

    def vector_problems(self, dimension: int) -> Iterator[str]:
        """Check that every chunk has a vector of the right dimension and length 1."""
        query = "SELECT chunks.id, vector FROM chunks LEFT JOIN vectors USING (key)"
        for block in self._database.blocks(query):
            for chunk_id, blob in block:
                if len(blob or b"") != 2 * dimension:
                    yield f"chunk {chunk_id} has a vector of {len(blob or b'')} bytes, not {2 * dimension}"
                    continue
                vector = np.frombuffer(blob, dtype="<f2").astype(np.float32)
                if not abs(float(np.linalg.norm(vector)) - 1) < _LENGTH_TOLERANCE:
                    yield f"chunk {chunk_id} has a vector whose length is not 1"

    def full_text_problems(self) -> Iterator[str]:
        """Run FTS5's own integrity check, which older versions of SQLite do not include in theirs. Call it outside transactions.

        It needs write access: a read-only index cannot be checked, and the check is skipped while another process writes.
        """
        try:
            with self._database.reading():
                self._database.execute("INSERT INTO chunk_words (chunk_words) VALUES ('integrity-check')")
        except IndexBusy:
            return
        except IndexDamaged as error:
            yield error.what
