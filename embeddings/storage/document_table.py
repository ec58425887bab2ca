"""The table of documents: their canonical texts and metadata, and file stamps to detect changes."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timezone

from embeddings.documents.document import Address, Document
from embeddings.documents.versions import versions_for
from embeddings.scope import Scope
from embeddings.storage.database import ALL_ROWS, Database, Row
from embeddings.storage.folder_table import AT_ADDRESS, FOLDER_ID, NAMED_DOCUMENTS
from embeddings.storage.rows import DocumentEntry, FileState, StoredFile
from embeddings.storage.scope_sql import scope_condition
from embeddings.storage.structure_json import blocks_json, boilerplate_json, read_blocks, read_boilerplate

_FILES = """SELECT documents.id, folders.name, documents.path, file, file_sha256, file_stamp, versions
    FROM documents JOIN folders ON folders.id = folder_id"""
_ADDRESSES = f"SELECT path, folder FROM {NAMED_DOCUMENTS}"
_LABELS = """(SELECT json_group_array(label) FROM (
    SELECT value AS label FROM json_each(stated_labels)
    UNION ALL SELECT label FROM labels WHERE labels.folder_id = documents.folder_id AND labels.path = documents.path) AS own)"""
_MATCHES = "WHERE instr(casefold(title || ' ' || path), ?) > 0"


class DocumentTable:
    """The part of a `Store` that stores documents."""

    _database: Database

    def files(self) -> list[StoredFile]:
        """Return the stored state of every document's file."""
        return [StoredFile(*row) for row in self._database.rows(_FILES)]

    def files_at(self, folder: str, files: Collection[str]) -> list[StoredFile]:
        """Return the stored state of the documents of these files of a folder."""
        which = f"documents.folder_id = {FOLDER_ID} AND file IN (SELECT value FROM json_each(?))"
        rows = self._database.rows(f"{_FILES} WHERE {which}", (folder, json.dumps(sorted(files))))
        return [StoredFile(*row) for row in rows]

    def file_states(self, folder: str) -> dict[str, FileState]:
        """Return the state of each file of a folder; an empty one if its documents were not all read from the same bytes."""
        rows = self._database.rows(
            f"SELECT file, file_stamp, versions FROM documents WHERE folder_id = {FOLDER_ID}", (folder,)
        )
        states: dict[str, FileState] = {file: (stamp, versions) for file, stamp, versions in rows}
        if len(states) < len(rows):  # some files hold several documents
            states |= {file: ("", "") for file, *state in rows if states[file] != (*state,)}
        return states

    def stored_file(self, path: str, folder: str | None = None) -> StoredFile | None:
        """Return the stored state of a document's file, or None if the path is unknown; see `Address`."""
        row = self._database.row(
            f"{_FILES} WHERE documents.id = (SELECT id FROM documents WHERE {AT_ADDRESS})", (path, folder)
        )
        return None if row is None else StoredFile(*row)

    def document(self, path: str, folder: str | None = None) -> Document | None:
        """Return a document with its canonical text, or None if the path is unknown; see `Address`."""
        row = self._database.row(
            f"""SELECT path, file, title, date, date_origin, author, source, language, text, blocks, page_starts, boilerplate,
                file_sha256, notes, stated_labels, folder
            FROM {NAMED_DOCUMENTS} WHERE {AT_ADDRESS}""",
            (path, folder),
        )
        return None if row is None else _document(row)

    def labels_of(self, path: str, folder: str | None = None) -> tuple[str, ...]:
        """Return the labels of a document, stated or given; none if the path is unknown. See `Address`."""
        labels = self._database.value(f"SELECT {_LABELS} FROM {NAMED_DOCUMENTS} WHERE {AT_ADDRESS}", (path, folder))
        return tuple(json.loads(labels or "[]"))

    def addresses_called(self, words: str) -> list[Address]:
        """Return the documents that a person calls `words`: by their path, or by folder and path as an `Address` is written."""
        rows = self._database.rows(
            f"""SELECT documents.path, folder FROM {NAMED_DOCUMENTS} JOIN folders ON folders.id = folder_id
            WHERE documents.path = ?1 OR name || ':' || documents.path = ?1 ORDER BY folder_id""",
            (words,),
        )
        return [Address(*row) for row in rows]

    def documents(self, words: str = "", limit: int = ALL_ROWS, offset: int = 0) -> list[DocumentEntry]:
        """List the documents whose title or path contains `words`, by path: `limit` of them from `offset`."""
        rows = self._database.rows(
            f"""SELECT path, title, date, source, length(text), (SELECT count(*) FROM chunks WHERE document_id = documents.id),
                (SELECT count(*) FROM json_each(boilerplate) WHERE json_array_length(value) = 3), indexed_at, file_sha256,
                notes, {_LABELS}, folder
            FROM {NAMED_DOCUMENTS} {_MATCHES} ORDER BY path, folder_id LIMIT ? OFFSET ?""",
            (words.casefold(), limit, offset),
        )
        return [
            replace(
                DocumentEntry(*values), notes=tuple(json.loads(notes)), labels=tuple(json.loads(labels)), folder=folder
            )
            for *values, notes, labels, folder in rows
        ]

    def count_in_scope(self, scope: Scope) -> int:
        """Return the number of documents in a scope."""
        limit, values = scope_condition(scope)
        return int(self._database.value(f"SELECT count(*) FROM documents WHERE {limit}", values))

    def count_in_folder(self, folder: str) -> int:
        """Return the number of documents in a folder."""
        return int(self._database.value(f"SELECT count(*) FROM documents WHERE folder_id = {FOLDER_ID}", (folder,)))

    def count_documents(self, words: str = "") -> int:
        """Return the number of documents whose title or path contains `words`."""
        return int(self._database.value(f"SELECT count(*) FROM documents {_MATCHES}", (words.casefold(),)))

    def count_characters(self) -> int:
        """Return the total length of all canonical texts, in characters."""
        return int(self._database.value("SELECT coalesce(sum(length(text)), 0) FROM documents"))

    def notes(self) -> dict[Address, tuple[str, ...]]:
        """Return what a person should know of how documents were read; most have nothing to tell."""
        rows = self._database.rows(
            f"SELECT path, folder, notes FROM {NAMED_DOCUMENTS} WHERE notes != '[]' ORDER BY path, folder_id"
        )
        return {Address(*address): tuple(json.loads(notes)) for *address, notes in rows}

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

    def addresses(self) -> list[Address]:
        """Return the addresses of all documents, by path."""
        return [Address(*row) for row in self._database.rows(f"{_ADDRESSES} ORDER BY path, folder_id")]

    def addresses_holding(self, words: str) -> list[Address]:
        """Return the documents whose canonical text contains exactly `words`, by path."""
        rows = self._database.rows(f"{_ADDRESSES} WHERE instr(text, ?) > 0 ORDER BY path, folder_id", (words,))
        return [Address(*row) for row in rows]

    def set_stamp(self, document_id: int, stamp: str, versions: str) -> None:
        """Note that a file was touched or read by newer code, and that what is stored of it is still right."""
        self._database.execute(
            "UPDATE documents SET file_stamp = ?, versions = ? WHERE id = ?", (stamp, versions, document_id)
        )

    def _put_document_row(self, folder: str, document: Document, stamp: str) -> int:
        """Insert or update a document's row, and return its id."""
        values = {
            "folder_id": self._database.value(f"SELECT {FOLDER_ID}", (folder,)),
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
            "boilerplate": boilerplate_json(document.boilerplate),
            "notes": json.dumps(document.notes),
            "stated_labels": json.dumps(document.labels),
            "indexed_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        }
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        changes = ", ".join(f"{column} = excluded.{column}" for column in values)
        return int(
            self._database.value(
                f"INSERT INTO documents ({columns}) VALUES ({marks}) ON CONFLICT (path, folder_id) DO UPDATE SET {changes} RETURNING id",
                tuple(values.values()),
            )
        )

    def _put_boilerplate(self, document_id: int, document: Document) -> None:
        """Replace the boilerplate and blocks of a stored document."""
        self._database.execute(
            "UPDATE documents SET boilerplate = ?, blocks = ? WHERE id = ?",
            (boilerplate_json(document.boilerplate), blocks_json(document.blocks), document_id),
        )


def _document(row: Row) -> Document:
    path, file, title, date, date_origin, author, source, language, text, *rest = row
    blocks, page_starts, pieces, digest, notes, labels, folder = rest
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
        boilerplate=read_boilerplate(pieces),
        file_sha256=digest,
        notes=tuple(json.loads(notes)),
        labels=tuple(json.loads(labels)),
        folder=folder,
    )
