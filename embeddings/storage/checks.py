"""Consistency checks of the index's database: chunks, words and vectors must agree. For `embeddings.doctor`."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from embeddings.documents import stemming
from embeddings.documents.chunks import content_key, readable
from embeddings.documents.document import Address
from embeddings.errors import IndexBusy, IndexDamaged
from embeddings.storage.database import Database
from embeddings.storage.folder_table import NAMED_DOCUMENTS
from embeddings.storage.lexical import indexed_words
from embeddings.storage.structure_json import read_context, read_units

# Stored vectors are float16: their length differs from 1 by less than this.
_LENGTH_TOLERANCE = 5e-3

_CHUNKS = 'SELECT id, start, "end", context, units, key FROM chunks'


def _encoded(text: str, start: int, end: int, context: str, units: str) -> str:
    """Return what was encoded of a chunk; an older program, which stored no units, encoded it as it stands in the text."""
    found = read_units(units, text)
    return readable(read_context(context, text), found) if found else text[start:end]


@dataclass(frozen=True)
class Problem:
    """Something that does not agree."""

    what: str
    document: Address | None
    """The document that is mended by reading its file again; None if no document is concerned."""


class Checks:
    """The part of a `Store` that checks its consistency, and mends what needs no file of the corpus."""

    _database: Database

    def file_problems(self) -> Iterator[Problem]:
        """Check the integrity of the database file, and its foreign keys."""
        rows = self._database.rows("PRAGMA integrity_check(10)")
        yield from (Problem(problem, None) for (problem,) in rows if problem != "ok")
        for table, row, parent, _ in self._database.rows("PRAGMA foreign_key_check"):
            yield Problem(f"{table} row {row} has no matching row in {parent}", None)

    def chunk_problems(self) -> Iterator[Problem]:
        """Check that the text of each chunk is the text that was encoded."""
        query = f"SELECT documents.id, path, folder, title, text FROM {NAMED_DOCUMENTS}"
        for block in self._database.blocks(query, size=100):
            for document_id, path, folder, title, text in block:
                address = Address(path, folder)
                chunks = self._database.rows(f"{_CHUNKS} WHERE document_id = ?", (document_id,))
                for chunk_id, start, end, context, units, key in chunks:
                    held = read_units(units, text)
                    inside = 0 <= start < end <= len(text)
                    inside = inside and (not held or (held[0].start, held[-1].end) == (start, end))
                    if not inside or content_key(title, _encoded(text, start, end, context, units)) != key:
                        yield Problem(
                            f"chunk {chunk_id} of {address} [{start}, {end}) is not the text that was encoded", address
                        )
                if not chunks:
                    yield Problem(f"{address} has no chunks", address)

    def word_problems(self) -> Iterator[Problem]:
        """Check that the full-text index has the words of every chunk, and nothing else.

        Documents that an older program stemmed are not compared: the next sync does it again.
        """
        current = f"stems {stemming.VERSION}"
        query = f"SELECT documents.id, path, folder, title, text, language, versions FROM {NAMED_DOCUMENTS}"
        for block in self._database.blocks(query, size=100):
            for document_id, path, folder, title, text, language, versions in block:
                address = Address(path, folder)
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
                        yield Problem(f"chunk {chunk_id} is missing", address)
                    elif current in versions.split(", ") and words[chunk_id] != (
                        indexed_words(title, language),
                        indexed_words(_encoded(text, *place), language),
                    ):
                        yield Problem(f"chunk {chunk_id} differs", address)
        extra = self._database.rows("SELECT rowid FROM chunk_words WHERE rowid NOT IN (SELECT id FROM chunks)")
        yield from (Problem(f"chunk {chunk_id} no longer exists", None) for (chunk_id,) in extra)

    def vector_problems(self, dimension: int) -> Iterator[Problem]:
        """Check that every chunk has a vector of the right dimension and length 1."""
        query = f"""SELECT chunks.id, path, folder, vector FROM chunks LEFT JOIN ({NAMED_DOCUMENTS}) ON documents.id = document_id
            LEFT JOIN vectors USING (key)"""
        for block in self._database.blocks(query):
            for chunk_id, path, folder, blob in block:
                address = Address(path, folder) if path else None
                if len(blob or b"") != 2 * dimension:
                    what = f"chunk {chunk_id} has a vector of {len(blob or b'')} bytes, not {2 * dimension}"
                    yield Problem(what, address)
                    continue
                vector = np.frombuffer(blob, dtype="<f2").astype(np.float32)
                if not abs(float(np.linalg.norm(vector)) - 1) < _LENGTH_TOLERANCE:
                    yield Problem(f"chunk {chunk_id} has a vector whose length is not 1", address)

    def drop_orphans(self, generation: int) -> int:
        """Delete chunks without a document, and words without a chunk; return how many. Inside a transaction."""
        self._database.execute(
            """INSERT OR IGNORE INTO removed_chunks (id, key, generation)
            SELECT id, key, ? FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)""",
            (generation,),
        )
        chunks = self._database.execute("DELETE FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)")
        return chunks + self._database.execute("DELETE FROM chunk_words WHERE rowid NOT IN (SELECT id FROM chunks)")

    def rebuild_full_text(self) -> None:
        """Make the full-text index again from the words that it was made of. Inside a transaction."""
        self._database.execute("INSERT INTO chunk_words (chunk_words) VALUES ('rebuild')")

    def full_text_problems(self) -> Iterator[Problem]:
        """Run FTS5's own integrity check, which older versions of SQLite do not include in theirs. Call it outside transactions.

        It needs write access: a read-only index cannot be checked, and the check is skipped while another process writes.
        """
        try:
            with self._database.reading():
                self._database.execute("INSERT INTO chunk_words (chunk_words) VALUES ('integrity-check')")
        except IndexBusy:
            return
        except IndexDamaged as error:
            yield Problem(error.what, None)
