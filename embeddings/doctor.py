"""Check an index against itself, its model and its folder; nothing is changed."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.documents.chunks import content_key
from embeddings.documents.versions import versions_for
from embeddings.encoders.encoder import EncoderIdentity
from embeddings.errors import ArticlesError, rebuild_step
from embeddings.scan import scan
from embeddings.storage.builds import Build, current_build, read_record, trash_folder
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import catch_up, read_cache

# A stored vector is float16: its length differs from one by less than this.
_LENGTH_TOLERANCE = 5e-3
# A vector of the approximate search, 8 bits a component, and the one it stands for; unrelated ones have about 0.
_SHORTENED_COSINE = 0.9


@dataclass(frozen=True)
class Finding:
    """One check and what it found."""

    check: str
    ok: bool
    detail: str
    next_step: str = ""


def examine(index: Path, encoder: EncoderIdentity | None = None) -> list[Finding]:
    """Run every check on the served build; `encoder` is compared with the recorded one when given.

    Raises:
        IndexMissing: there is nothing to check.
    """
    build = current_build(index)
    try:
        store = Store(build.store_file)
    except ArticlesError as error:
        return [Finding("SQLite file", False, error.what, error.next_step)]
    try:
        with store.reading():
            findings = list(_examine(store, build, index, encoder))
        findings.append(
            _finding("full text", list(_full_text_problems(store.connection)), "whole", rebuild_step(index))
        )
        return findings
    except sqlite3.DatabaseError as error:
        return [Finding("SQLite file", False, str(error), rebuild_step(index))]
    finally:
        store.close()


def _examine(store: Store, build: Build, index: Path, encoder: EncoderIdentity | None) -> Iterator[Finding]:
    connection = store.connection
    problems = [row[0] for row in connection.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
    problems += [f"{row[0]} row {row[1]} lacks its {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
    yield _finding("SQLite file", problems, "intact", rebuild_step(index))
    record = read_record(store, index)
    if encoder is not None:
        same = encoder == record.encoder
        detail = f"{record.encoder.name}, weights {record.encoder.weights_sha256[:8]}"
        yield Finding(
            "model",
            same,
            detail if same else f"made by {detail}, {encoder.name} is in use",
            "" if same else rebuild_step(index),
        )
    yield _finding(
        "chunks",
        list(_chunk_problems(connection)),
        f"{store.count_chunks()} exact in their articles",
        rebuild_step(index),
    )
    yield _finding("words", list(_word_problems(connection)), "full-text index equals the chunks", rebuild_step(index))
    vector_problems = list(_vector_problems(connection, record.encoder.dimension))
    yield _finding("vectors", vector_problems, "one of length one for every chunk", rebuild_step(index))
    if vector_problems:
        cache_problems = ["cannot be compared while the stored vectors are bad"]
    else:
        cache_problems = list(_cache_problems(store, build, record.encoder.dimension))
    yield _finding(
        "FAISS file",
        cache_problems,
        "equals the stored vectors",
        f"Delete {build.vectors_file} and sync: nothing is lost.",
    )
    yield _folder_finding(store, index)


def _chunk_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for document_id, path, title, text in connection.execute("SELECT id, path, title, text FROM documents"):
        count = 0
        for chunk_id, start, end, key in connection.execute(
            'SELECT id, start, "end", key FROM chunks WHERE document_id = ?', (document_id,)
        ):
            count += 1
            if not (0 <= start < end <= len(text)) or content_key(title, text[start:end]) != key:
                yield f"chunk {chunk_id} of {path} [{start}, {end}) is not what was encoded"
        if not count:
            yield f"{path} has no chunk"


def _word_problems(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute(
        """SELECT chunks.id, chunk_words.rowid FROM chunks
        LEFT JOIN documents ON documents.id = document_id
        LEFT JOIN chunk_words ON chunk_words.rowid = chunks.id
        WHERE chunk_words.rowid IS NULL OR chunk_words.title != documents.title
            OR chunk_words.text != substr(documents.text, start + 1, "end" - start)"""
    )
    yield from (f"chunk {chunk_id} {'is missing' if row is None else 'differs'}" for chunk_id, row in rows)
    extra = connection.execute("SELECT rowid FROM chunk_words WHERE rowid NOT IN (SELECT id FROM chunks)")
    yield from (f"words of chunk {row[0]}, which is gone" for row in extra)


def _full_text_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """Ask FTS5 to check itself, which older versions of SQLite leave out of their own check; outside any transaction."""
    connection.execute("BEGIN")
    try:
        connection.execute("INSERT INTO chunk_words (chunk_words) VALUES ('integrity-check')")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):  # a writer is at work: then FTS5 works too
            yield str(error)
    except sqlite3.DatabaseError as error:
        yield str(error)
    finally:
        connection.execute("ROLLBACK")


def _vector_problems(connection: sqlite3.Connection, dimension: int) -> Iterator[str]:
    for chunk_id, blob in connection.execute("SELECT chunks.id, vector FROM chunks LEFT JOIN vectors USING (key)"):
        if len(blob or b"") != 2 * dimension:
            yield f"chunk {chunk_id} has a vector of {len(blob or b'')} bytes, not {2 * dimension}"
            continue
        vector = np.frombuffer(blob, dtype="<f2").astype(np.float32)
        if not abs(float(np.linalg.norm(vector)) - 1) < _LENGTH_TOLERANCE:
            yield f"chunk {chunk_id} has a vector that is not of length one"


def _cache_problems(store: Store, build: Build, dimension: int) -> Iterator[str]:
    cached = read_cache(build.vectors_file)
    if cached is None:
        yield "missing or damaged"
        return
    if cached.generation > store.generation():
        yield "newer than the SQLite file"
        return
    vectors = catch_up(cached, store, dimension)
    ids, held = vectors.contents()
    truth = store.vector_changes(-1, dimension)
    if not np.array_equal(ids, truth.added_ids):
        yield "holds other chunks than the SQLite file"
    elif vectors.is_exact and not np.array_equal(held, truth.added):
        yield "holds other vectors than the SQLite file"
    elif len(ids) and np.einsum("ij,ij->i", held, truth.added).min() < _SHORTENED_COSINE:
        yield "holds vectors that are not those of the SQLite file, shortened"


def _folder_finding(store: Store, index: Path) -> Finding:
    folder = store.folder()
    sync = f"Sync: python -m embeddings sync {folder} --index {index}"
    try:
        found = {file.path: file for file in scan(folder, (index, trash_folder(index))).files}
    except ArticlesError as error:
        return Finding("folder", False, error.what, error.next_step)
    stored = store.files()
    failed = {failure.path for failure in store.failures()}
    behind = [f"{path} is new" for path in found if path not in stored and path not in failed]
    behind += [f"{path} is gone" for path in stored if path not in found]
    behind += [
        f"{path} has changed"
        for path, file in stored.items()
        if path in found
        and found[path].stamp.rstrip("~") != file.file_stamp.rstrip("~")
        and _sha256(folder / path) != file.file_sha256
    ]
    behind += [
        f"{path} was read by an older version of this program"
        for path, file in stored.items()
        if path in found and file.versions != versions_for(path)
    ]
    return _finding("folder", behind, f"in sync with {folder}", sync)


def _sha256(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None


def _finding(check: str, problems: list[str], good: str, next_step: str) -> Finding:
    if not problems:
        return Finding(check, True, good)
    more = f" and {len(problems) - 5} more" if len(problems) > 5 else ""
    return Finding(check, False, "; ".join(problems[:5]) + more, next_step)
