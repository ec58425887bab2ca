"""Consistency checks of the index's database: chunks, words and vectors must agree. For `embeddings.doctor`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from embeddings.documents import stemming
from embeddings.documents.blocks import Span
from embeddings.documents.chunks import content_key, readable
from embeddings.documents.document import Address
from embeddings.storage.database import FULL_TEXT, Database
from embeddings.storage.folder_table import NAMED_DOCUMENTS
from embeddings.storage.left_out_table import left_out_text
from embeddings.storage.lexical import indexed_words
from embeddings.storage.structure_json import read_blocks, read_boilerplate, read_context, read_units

# Stored vectors are float16: their length differs from 1 by less than this.
_LENGTH_TOLERANCE = 5e-3

_CHUNKS = 'SELECT id, start, "end", context, units, key FROM chunks'


# What reading a stored value raises that is not what was written.
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, RecursionError)


def _encoded(text: str, start: int, end: int, context: str, units: str) -> str | None:
    """Return what was encoded of a chunk; None if that cannot be read.

    An older program, which stored no units, encoded it as it stands in the text.
    """
    try:
        found = read_units(units, text)
        return readable(read_context(context, text), found) if found else text[start:end]
    except _UNREADABLE:
        return None


def _is_whole(text: str, start: int, end: int, units: str) -> bool:
    """Return whether a chunk's units reach from its start to its end."""
    try:
        held = read_units(units, text)
    except _UNREADABLE:
        return False
    return not held or (held[0].start, held[-1].end) == (start, end)


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
        """Check the integrity of the database itself."""
        yield from (Problem(problem, None) for problem in self._database.problems())

    def chunk_problems(self) -> Iterator[Problem]:
        """Check that the text of each chunk is the text that was encoded."""
        query = f"SELECT documents.id, path, folder, title, text FROM {NAMED_DOCUMENTS}"
        for block in self._database.blocks(query, size=100):
            for document_id, path, folder, title, text in block:
                address = Address(path, folder)
                chunks = self._database.rows(f"{_CHUNKS} WHERE document_id = ?", (document_id,))
                for chunk_id, start, end, context, units, key in chunks:
                    inside = 0 <= start < end <= len(text) and _is_whole(text, start, end, units)
                    encoded = _encoded(text, start, end, context, units) if inside else None
                    if encoded is None or content_key(title, encoded) != key:
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
                    elif current in versions.split(", "):
                        encoded = _encoded(text, *place)
                        expected = (title, encoded or "")
                        if encoded is None or words[chunk_id] != tuple(indexed_words(e, language) for e in expected):
                            yield Problem(f"chunk {chunk_id} differs", address)
        extra = self._database.rows("SELECT rowid FROM chunk_words WHERE rowid NOT IN (SELECT id FROM chunks)")
        yield from (Problem(f"chunk {chunk_id} no longer exists", None) for (chunk_id,) in extra)

    def structure_problems(self) -> Iterator[Problem]:
        """Check that what is stored of each document besides its text can be read, and lies inside the text."""
        query = f"""SELECT path, folder, text, blocks, page_starts, boilerplate, notes, stated_labels FROM {NAMED_DOCUMENTS}"""
        for block in self._database.blocks(query, size=100):
            for path, folder, text, *stored in block:
                address = Address(path, folder)
                try:
                    spans = _spans(*stored)
                except _UNREADABLE:
                    yield Problem(f"{address} has a structure that cannot be read", address)
                    continue
                if not all(0 <= start <= end <= len(text) for start, end in spans):
                    yield Problem(f"{address} has a structure that leads out of its text", address)

    def left_out_problems(self) -> Iterator[Problem]:
        """Check that the words of what each document leaves out are indexed, and nothing else.

        Documents that an older program stemmed are not compared: the next sync does it again.
        """
        current = f"stems {stemming.VERSION}"
        query = f"""SELECT path, folder, documents.text, boilerplate, language, versions, left_out_words.text
            FROM {NAMED_DOCUMENTS} LEFT JOIN left_out_words ON left_out_words.rowid = documents.id"""
        for block in self._database.blocks(query, size=100):
            for path, folder, text, boilerplate, language, versions, indexed in block:
                if current in versions.split(", "):
                    try:
                        expected = left_out_text(text, read_boilerplate(boilerplate), language)
                    except _UNREADABLE:
                        continue  # see `structure_problems`
                    if (indexed or "") != expected:
                        address = Address(path, folder)
                        yield Problem(f"what {address} leaves out is not what is indexed", address)
        extra = self._database.rows("SELECT rowid FROM left_out_words WHERE rowid NOT IN (SELECT id FROM documents)")
        yield from (Problem(f"document {document_id} no longer exists", None) for (document_id,) in extra)

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
            """INSERT INTO removed_chunks (id, key, generation)
            SELECT id, key, ? FROM chunks WHERE document_id NOT IN (SELECT id FROM documents) ON CONFLICT DO NOTHING""",
            (generation,),
        )
        rows = self._database.execute("DELETE FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)")
        rows += self._database.execute("DELETE FROM chunk_words WHERE rowid NOT IN (SELECT id FROM chunks)")
        return rows + self._database.execute("DELETE FROM left_out_words WHERE rowid NOT IN (SELECT id FROM documents)")

    def rebuild_full_text(self) -> None:
        """Make the full-text indexes again from the words that they were made of. Inside a transaction."""
        for table in FULL_TEXT:
            self._database.full_text.rebuild(table)

    def full_text_problems(self) -> Iterator[Problem]:
        """Compare the full-text indexes with their rows; see `FullText.problems`."""
        for table in FULL_TEXT:
            yield from (Problem(problem, None) for problem in self._database.full_text.problems(table))


def _spans(blocks: str, page_starts: str, boilerplate: str, notes: str, labels: str) -> list[Span]:
    """Return the spans that are stored of a document; raise one of `_UNREADABLE` if a value is not what was written."""
    tuple(map(str.strip, (*json.loads(notes), *json.loads(labels))))
    found = [(block.start, block.end) for block in read_blocks(blocks)]
    found += [(piece.start, piece.end) for piece in read_boilerplate(boilerplate)]
    return found + [(start, start) for start in json.loads(page_starts)]
