"""The SQLite file that holds documents, chunks, vectors and words: the truth from which all else can be rebuilt."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.chunks import Chunk, content_key
from embeddings.documents.document import Document
from embeddings.documents.versions import versions_for
from embeddings.encoders.encoder import Vectors
from embeddings.errors import ArticlesError, IndexBusy, IndexDamaged, UnreadableFile, rebuild_step
from embeddings.storage.migrations import migrate, schema_version

_VECTOR_TYPE = np.dtype("<f2")  # half the disk of float32; changes a cosine by less than 0.0001
_BUSY_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class StoredFile:
    """What the index remembers of a file, to tell whether it has changed."""

    document_id: int
    path: str
    file_sha256: str
    file_stamp: str
    versions: str
    """Of the code that read and cut it: see `embeddings.documents.versions`."""


@dataclass(frozen=True)
class Failure:
    """A file that was not taken in, and why."""

    path: str
    reason: str
    next_step: str
    seen_at: str


@dataclass(frozen=True)
class DocumentEntry:
    """A line of the corpus listing."""

    path: str
    title: str
    date: str | None
    source: str | None
    characters: int
    chunks: int
    boilerplate_pieces: int
    """How many pieces of boilerplate were left out of the chunks."""
    indexed_at: str
    """ISO 8601, UTC."""
    file_sha256: str


@dataclass(frozen=True)
class VectorChanges:
    """The difference between two generations of the index."""

    added_ids: np.ndarray  # (added,) int64
    added: Vectors  # (added, dimension)
    removed_ids: np.ndarray  # (removed,) int64


class Store:
    """One connection to the SQLite file. Not shared between threads."""

    def __init__(self, file: Path, *, create: bool = False) -> None:
        """Open `file`; with `create`, make it and bring its schema up to date.

        Raises:
            IndexDamaged: the file is no SQLite database, or a damaged one.
            IndexMismatch: it was made by a newer program.
        """
        self.file = file
        mode = "rwc" if create else "rw"
        try:
            self.connection = sqlite3.connect(
                f"{file.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=_BUSY_TIMEOUT_S,
                isolation_level=None,  # transactions are begun by name, below
                check_same_thread=False,
            )
            self.connection.create_function("casefold", 1, str.casefold, deterministic=True)
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")  # a committed file survives a power cut too
            self.connection.execute("PRAGMA foreign_keys = ON")
            if not create and schema_version(self.connection) == 0:
                raise sqlite3.DatabaseError("it is empty")
            migrate(self.connection)
        except sqlite3.DatabaseError as error:
            raise explain(file.parent.parent.parent, error) from error  # INDEX/builds/NUMBER/articles.sqlite

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """Run the block as one change of the corpus; yields the generation that it makes."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            self.connection.execute("UPDATE build SET generation = generation + 1")
            yield self.generation()
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Run the block on one unchanging state of the corpus, whatever others write meanwhile."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")

    # -- the build record

    def record(self) -> str | None:
        """Return the build record as JSON, or None in a new file."""
        row = self.connection.execute("SELECT record FROM build").fetchone()
        return None if row is None else str(row[0])

    def write_record(self, record: str, folder: Path) -> None:
        """Write how this build is made and from where, before anything else is written."""
        self.connection.execute(
            "INSERT INTO build (id, record, folder, generation) VALUES (1, ?, ?, 0)", (record, str(folder.absolute()))
        )

    def folder(self) -> Path:
        """Return the corpus folder of the last sync."""
        return Path(self.connection.execute("SELECT folder FROM build").fetchone()[0])

    def set_folder(self, folder: Path) -> None:
        self.connection.execute("UPDATE build SET folder = ? WHERE folder != ?", (str(folder.absolute()),) * 2)

    def generation(self) -> int:
        row = self.connection.execute("SELECT generation FROM build").fetchone()
        return 0 if row is None else int(row[0])

    # -- documents

    def files(self) -> dict[str, StoredFile]:
        """Return what is known of every file, by path."""
        rows = self.connection.execute("SELECT id, path, file_sha256, file_stamp, versions FROM documents")
        return {row[1]: StoredFile(*row) for row in rows}

    def document(self, path: str) -> Document | None:
        row = self.connection.execute(f"SELECT {_DOCUMENT_COLUMNS} FROM documents WHERE path = ?", (path,)).fetchone()
        return None if row is None else _document(row)

    def documents(self, words: str = "", limit: int = -1) -> list[DocumentEntry]:
        """Return the corpus listing, by path: of the documents whose title or path holds `words`, the first `limit`, or all."""
        rows = self.connection.execute(
            f"""SELECT path, title, date, source, length(text), (SELECT count(*) FROM chunks WHERE document_id = documents.id),
                json_array_length(furniture), indexed_at, file_sha256
            FROM documents {_NAMED} ORDER BY path LIMIT ?""",
            (words.casefold(), limit),
        )
        return [DocumentEntry(*row) for row in rows]

    def count_documents(self, words: str = "") -> int:
        """Return the number of documents whose title or path holds `words`."""
        row = self.connection.execute(f"SELECT count(*) FROM documents {_NAMED}", (words.casefold(),)).fetchone()
        return int(row[0])

    def paths(self) -> list[str]:
        """Return the paths of all documents, in order."""
        return [row[0] for row in self.connection.execute("SELECT path FROM documents ORDER BY path")]

    def paths_holding(self, words: str) -> list[str]:
        """Return the paths of the documents whose canonical text holds exactly these words, in order."""
        rows = self.connection.execute("SELECT path FROM documents WHERE instr(text, ?) ORDER BY path", (words,))
        return [row[0] for row in rows]

    def put_document(
        self,
        document: Document,
        stamp: str,
        chunks: Sequence[Chunk],
        encoded: Mapping[bytes, np.ndarray],
        generation: int,
    ) -> None:
        """Write a document with its chunks, in place of what stood under its path; inside a transaction.

        Chunks whose content stayed keep their id and vector. `encoded` holds the vectors, (dimension,), that are new.
        """
        values = (
            document.path, document.file_sha256, stamp, document.title, document.date, document.source, document.text,
            json.dumps(document.page_starts), json.dumps([(f.start, f.end, f.reason) for f in document.boilerplate]),
            _now(), versions_for(document.path),
        )  # fmt: skip
        (document_id,) = self.connection.execute(
            """INSERT INTO documents (path, file_sha256, file_stamp, title, date, source, text, page_starts, furniture, indexed_at, versions)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (path) DO UPDATE SET file_sha256 = excluded.file_sha256, file_stamp = excluded.file_stamp,
                title = excluded.title, date = excluded.date, source = excluded.source, text = excluded.text,
                page_starts = excluded.page_starts, furniture = excluded.furniture, indexed_at = excluded.indexed_at,
                versions = excluded.versions
            RETURNING id""",
            values,
        ).fetchone()
        self.connection.executemany(
            "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)",
            ((key, vector.astype(_VECTOR_TYPE).tobytes()) for key, vector in encoded.items()),
        )
        kept = self._chunk_ids_by_key(document_id)
        for chunk in chunks:
            key = content_key(document.title, chunk.text)
            if ids := kept.get(key):
                self.connection.execute(
                    'UPDATE chunks SET start = ?, "end" = ? WHERE id = ?', (chunk.start, chunk.end, ids.pop(0))
                )
            else:
                self._add_chunk(document_id, document.title, chunk, key, generation)
        self._remove_chunks([chunk_id for ids in kept.values() for chunk_id in ids], generation)
        self.clear_failure(document.path)

    def rename_document(self, document_id: int, path: str, stamp: str) -> None:
        """Give a document, whose title and text stayed, another path; inside a transaction."""
        self.connection.execute(
            "UPDATE documents SET path = ?, file_stamp = ? WHERE id = ?", (path, stamp, document_id)
        )
        self.clear_failure(path)

    def set_stamp(self, document_id: int, stamp: str, versions: str) -> None:
        """Note that a file was touched or read by newer code, and that what is stored of it is still right."""
        self.connection.execute(
            "UPDATE documents SET file_stamp = ?, versions = ? WHERE id = ?", (stamp, versions, document_id)
        )

    def chunk_spans(self, path: str) -> list[tuple[int, int]]:
        """Return where the chunks of a document lie, in order: `[start, end)`, in characters."""
        rows = self.connection.execute(
            'SELECT start, "end" FROM chunks JOIN documents ON documents.id = document_id WHERE path = ? ORDER BY start',
            (path,),
        )
        return [(start, end) for start, end in rows]

    def delete_document(self, path: str, generation: int) -> None:
        """Delete a document and its chunks; inside a transaction."""
        row = self.connection.execute("SELECT id FROM documents WHERE path = ?", (path,)).fetchone()
        if row is None:
            return
        ids = self.connection.execute("SELECT id FROM chunks WHERE document_id = ?", row)
        self._remove_chunks([chunk_id for (chunk_id,) in ids], generation)
        self.connection.execute("DELETE FROM documents WHERE id = ?", row)

    # -- failures

    def failures(self) -> list[Failure]:
        rows = self.connection.execute("SELECT path, reason, next_step, seen_at FROM failures ORDER BY path")
        return [Failure(*row) for row in rows]

    def put_failure(self, path: str, error: UnreadableFile) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO failures (path, reason, next_step, seen_at) VALUES (?, ?, ?, ?)",
            (path, error.what, error.next_step, _now()),
        )

    def clear_failure(self, path: str) -> None:
        self.connection.execute("DELETE FROM failures WHERE path = ?", (path,))

    # -- vectors

    def known_keys(self, keys: Iterable[bytes]) -> set[bytes]:
        """Return those of `keys` whose vectors are stored."""
        find = "SELECT 1 FROM vectors WHERE key = ?"
        return {key for key in keys if self.connection.execute(find, (key,)).fetchone()}

    def has_unused_vectors(self) -> bool:
        """Tell whether chunks were removed since the last `drop_unused_vectors`."""
        return (
            self.connection.execute("SELECT 1 FROM removed_chunks WHERE key IS NOT NULL LIMIT 1").fetchone() is not None
        )

    def drop_unused_vectors(self) -> None:
        """Delete the vectors that only removed chunks used; inside a transaction.

        Not done as chunks go, because a sync may move a chunk from one article to another.
        """
        self.connection.execute(
            """DELETE FROM vectors WHERE key IN (SELECT key FROM removed_chunks WHERE key IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.key = vectors.key)"""
        )
        self.connection.execute("UPDATE removed_chunks SET key = NULL WHERE key IS NOT NULL")

    def vector_changes(self, since: int, dimension: int) -> VectorChanges:
        """Return what was added and removed after generation `since`; everything with `since` = -1."""
        rows = self.connection.execute(
            "SELECT chunks.id, vector FROM chunks JOIN vectors USING (key) WHERE generation > ? ORDER BY chunks.id",
            (since,),
        ).fetchall()
        removed = self.connection.execute("SELECT id FROM removed_chunks WHERE generation > ?", (since,)).fetchall()
        added_ids, added = _unpacked(rows, dimension)
        return VectorChanges(added_ids, added, np.array([row[0] for row in removed], dtype=np.int64))

    def vector_blocks(self, dimension: int, size: int) -> Iterator[tuple[np.ndarray, Vectors]]:
        """Yield all chunk ids, ascending, with their vectors, at most `size` at once: (B,) int64, (B, dimension)."""
        cursor = self.connection.execute(
            "SELECT chunks.id, vector FROM chunks JOIN vectors USING (key) ORDER BY chunks.id"
        )
        while rows := cursor.fetchmany(size):
            yield _unpacked(rows, dimension)

    def vectors_of(self, ids: Sequence[int], dimension: int) -> Vectors:
        """Return the vectors of chunks that are there, (len(ids), dimension), in the order asked.

        Raises:
            KeyError: one is not.
        """
        rows = self.connection.execute(
            f"SELECT chunks.id, vector FROM chunks JOIN vectors USING (key) WHERE chunks.id IN ({marks(ids)})",
            list(ids),
        ).fetchall()
        place = {row[0]: i for i, row in enumerate(rows)}
        return _unpacked(rows, dimension)[1][[place[chunk_id] for chunk_id in ids]]

    def last_chunk_id(self) -> int:
        """Return the highest chunk id ever given, 0 before the first."""
        row = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").fetchone()
        return 0 if row is None else int(row[0])

    def count_chunks(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def count_changes(self, since: int) -> int:
        """Return how many chunks were added or removed after generation `since`."""
        counts = "SELECT (SELECT count(*) FROM chunks WHERE generation > ?1) + (SELECT count(*) FROM removed_chunks WHERE generation > ?1)"
        return int(self.connection.execute(counts, (since,)).fetchone()[0])

    def _chunk_ids_by_key(self, document_id: int) -> dict[bytes, list[int]]:
        ids: dict[bytes, list[int]] = {}
        for chunk_id, key in self.connection.execute(
            "SELECT id, key FROM chunks WHERE document_id = ? ORDER BY start", (document_id,)
        ):
            ids.setdefault(key, []).append(chunk_id)
        return ids

    def _add_chunk(self, document_id: int, title: str, chunk: Chunk, key: bytes, generation: int) -> None:
        cursor = self.connection.execute(
            'INSERT INTO chunks (document_id, start, "end", key, generation) VALUES (?, ?, ?, ?, ?)',
            (document_id, chunk.start, chunk.end, key, generation),
        )
        self.connection.execute(
            "INSERT INTO chunk_words (rowid, title, text) VALUES (?, ?, ?)", (cursor.lastrowid, title, chunk.text)
        )

    def _remove_chunks(self, ids: Sequence[int], generation: int) -> None:
        for chunk_id in ids:
            self.connection.execute(
                "INSERT INTO removed_chunks (id, key, generation) SELECT id, key, ? FROM chunks WHERE id = ?",
                (generation, chunk_id),
            )
            self.connection.execute("DELETE FROM chunks WHERE id = ?", (chunk_id,))
            self.connection.execute("DELETE FROM chunk_words WHERE rowid = ?", (chunk_id,))


_NAMED = "WHERE instr(casefold(title || ' ' || path), ?)"
_DOCUMENT_COLUMNS = "path, title, date, source, text, page_starts, furniture, file_sha256"


def _document(row: tuple[str, str, str | None, str | None, str, str, str, str]) -> Document:
    path, title, date, source, text, page_starts, furniture, file_sha256 = row
    pieces = tuple(Boilerplate(*piece) for piece in json.loads(furniture))
    return Document(path, title, date, source, text, tuple(json.loads(page_starts)), pieces, file_sha256)


def _unpacked(rows: Sequence[tuple[int, bytes]], dimension: int) -> tuple[np.ndarray, Vectors]:
    """Return ids, (len(rows),) int64, and vectors, (len(rows), dimension), of rows (id, vector)."""
    packed = np.frombuffer(b"".join(row[1] for row in rows), dtype=_VECTOR_TYPE)
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    return ids, packed.astype(np.float32).reshape(len(rows), dimension)


def marks(values: Sequence[object]) -> str:
    """Return SQL's place holders for so many values."""
    return ",".join("?" * len(values))


def explain(index: Path, error: sqlite3.DatabaseError) -> ArticlesError:
    """Return what a person is told when SQLite fails on an index."""
    if "locked" in str(error):
        return IndexBusy(f"The index in {index} is in use by another process.", "Try again in a minute.")
    if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
        return IndexDamaged(
            f"The index in {index} cannot be used ({error}).", "Check its permissions and the free disk space."
        )
    return IndexDamaged(
        f"The index in {index} is damaged ({error}).",
        rebuild_step(index),
    )


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
