"""The table of documents: their canonical texts and metadata, and file stamps to detect changes."""

import json
from dataclasses import replace
from datetime import datetime, timezone

from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.document import Document
from embeddings.documents.versions import versions_for
from embeddings.scope import Scope
from embeddings.storage.database import Database, Row
from embeddings.storage.rows import DocumentEntry, StoredFile
from embeddings.storage.scope_sql import scope_condition
from embeddings.storage.structure_json import blocks_json, read_blocks

_FILES = "SELECT id, path, file, file_sha256, file_stamp, versions FROM documents"
_MATCHES = "WHERE instr(casefold(title || ' ' || path), ?)"


class DocumentTable:
    """The part of a `Store` that stores documents."""

    _database: Database

    def files(self) -> dict[str, StoredFile]:
        """Return the stored state of every file, by path."""
        return {row[1]: StoredFile(*row) for row in self._database.rows(_FILES)}

    def stored_file(self, path: str) -> StoredFile | None:
        """Return the stored state of a document's file, or None if the path is unknown."""
        row = self._database.row(f"{_FILES} WHERE path = ?", (path,))
        return None if row is None else StoredFile(*row)

    def document(self, path: str) -> Document | None:
        """Return a document with its canonical text, or None if the path is unknown."""
        row = self._database.row(
            """SELECT path, file, title, date, date_origin, author, source, language, text, blocks, page_starts, boilerplate, file_sha256, notes
            FROM documents WHERE path = ?""",
            (path,),
        )
        return None if row is None else _document(row)

    def documents(self, words: str = "", limit: int = -1) -> list[DocumentEntry]:
        """List the documents whose title or path contains `words`, by path: the first `limit`, or all if it is -1."""
        rows = self._database.rows(
            f"""SELECT path, title, date, source, length(text), (SELECT count(*) FROM chunks WHERE document_id = documents.id),
                (SELECT count(*) FROM json_each(boilerplate) WHERE json_array_length(value) = 3), indexed_at, file_sha256, notes
            FROM documents {_MATCHES} ORDER BY path LIMIT ?""",
            (words.casefold(), limit),
        )
        return [replace(DocumentEntry(*row[:-1]), notes=tuple(json.loads(row[-1]))) for row in rows]

    def count_in_scope(self, scope: Scope) -> int:
        """Return the number of documents in a scope."""
        limit, values = scope_condition(scope)
        return int(self._database.value(f"SELECT count(*) FROM documents WHERE {limit}", values))

    def count_documents(self, words: str = "") -> int:
        """Return the number of documents whose title or path contains `words`."""
        return int(self._database.value(f"SELECT count(*) FROM documents {_MATCHES}", (words.casefold(),)))

    def count_characters(self) -> int:
        """Return the total length of all canonical texts, in characters."""
        return int(self._database.value("SELECT coalesce(sum(length(text)), 0) FROM documents"))

    def notes(self) -> dict[str, tuple[str, ...]]:
        """Return what a person should know of how documents were read, by path; most have nothing to tell."""
        rows = self._database.rows("SELECT path, notes FROM documents WHERE notes != '[]' ORDER BY path")
        return {path: tuple(json.loads(notes)) for path, notes in rows}

    def languages(self) -> list[str]:
        """Return the languages of all documents, ISO 639-1 codes in order."""
        # One search in the index for each language: DISTINCT would go through it document by document.
        rows = self._database.rows(
            """WITH RECURSIVE found (language) AS (
                SELECT min(language) FROM documents
                UNION ALL
                SELECT (SELECT min(language) FROM documents WHERE language > found.language) FROM found
                WHERE found.language IS NOT NULL
            )
            SELECT language FROM found WHERE language IS NOT NULL"""
        )
        return [language for (language,) in rows]

    def paths(self) -> list[str]:
        """Return the paths of all documents, in order."""
        return [path for (path,) in self._database.rows("SELECT path FROM documents ORDER BY path")]

    def paths_holding(self, words: str) -> list[str]:
        """Return the paths of the documents whose canonical text contains exactly `words`, in order."""
        rows = self._database.rows("SELECT path FROM documents WHERE instr(text, ?) ORDER BY path", (words,))
        return [path for (path,) in rows]

    def set_stamp(self, document_id: int, stamp: str, versions: str) -> None:
        """Note that a file was touched or read by newer code, and that what is stored of it is still right."""
        self._database.execute(
            "UPDATE documents SET file_stamp = ?, versions = ? WHERE id = ?", (stamp, versions, document_id)
        )

    def _put_document_row(self, document: Document, stamp: str) -> int:
        """Insert or update a document's row, and return its id."""
        values = {
            "path": document.path,
            "file": document.file,
            "file_sha256": document.file_sha256,
            "file_stamp": stamp,
            "versions": versions_for(document.file),
            "title": document.title,
            "date": document.date,
            "date_origin": document.date_origin,
            "author": document.author,
            "source": document.source,
            "language": document.language,
            "text": document.text,
            "blocks": blocks_json(document.blocks),
            "page_starts": json.dumps(document.page_starts),
            "boilerplate": _boilerplate_json(document),
            "notes": json.dumps(document.notes),
            "indexed_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        }
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        changes = ", ".join(f"{column} = excluded.{column}" for column in values)
        return int(
            self._database.value(
                f"INSERT INTO documents ({columns}) VALUES ({marks}) ON CONFLICT (path) DO UPDATE SET {changes} RETURNING id",
                tuple(values.values()),
            )
        )

    def _put_boilerplate(self, document: Document) -> int:
        """Replace the boilerplate and blocks of a stored document, and return its id."""
        return int(
            self._database.value(
                "UPDATE documents SET boilerplate = ?, blocks = ? WHERE path = ? RETURNING id",
                (_boilerplate_json(document), blocks_json(document.blocks), document.path),
            )
        )

    def _document_id(self, path: str) -> int | None:
        found = self._database.value("SELECT id FROM documents WHERE path = ?", (path,))
        return None if found is None else int(found)


def _boilerplate_json(document: Document) -> str:
    """Return boilerplate as JSON: [start, end, reason] each, and a fourth value, true, if it is read."""
    pieces = document.boilerplate
    return json.dumps([[piece.start, piece.end, piece.reason, *([True] if piece.is_read else [])] for piece in pieces])


def _document(row: Row) -> Document:
    path, file, title, date, date_origin, author, source, language, text, blocks, page_starts, pieces, digest, notes = (
        row
    )
    return Document(
        path=path,
        file=file,
        title=title,
        date=date,
        date_origin=date_origin,
        author=author,
        source=source,
        language=language,
        text=text,
        blocks=read_blocks(blocks),
        page_starts=tuple(json.loads(page_starts)),
        boilerplate=tuple(Boilerplate(*piece) for piece in json.loads(pieces)),
        file_sha256=digest,
        notes=tuple(json.loads(notes)),
    )
