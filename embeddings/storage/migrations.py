"""The SQLite schema as numbered steps; `PRAGMA user_version` says how many were taken."""

import sqlite3

from embeddings.errors import IndexMismatch

# `generation` counts committed changes of the corpus. Chunks carry the one that added them and removed_chunks the one
# that took them away, so that the vectors in memory or in the FAISS file are brought up to date by the difference.
_STEPS = (
    """
    CREATE TABLE build (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        record TEXT NOT NULL,       -- JSON: encoder and chunking
        folder TEXT NOT NULL,       -- absolute path of the corpus
        generation INTEGER NOT NULL
    );
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL UNIQUE,
        file_sha256 TEXT NOT NULL,
        file_stamp TEXT NOT NULL,   -- size and times: while it is the same, the file is not read again
        title TEXT NOT NULL,
        date TEXT,
        source TEXT,
        text TEXT NOT NULL,
        page_starts TEXT NOT NULL,  -- JSON array of characters
        furniture TEXT NOT NULL,    -- JSON array of [start, end, reason]
        indexed_at TEXT NOT NULL    -- ISO 8601, UTC
    );
    CREATE INDEX documents_by_content ON documents (file_sha256);
    CREATE TABLE vectors (
        key BLOB PRIMARY KEY,       -- SHA-256 of what was encoded
        vector BLOB NOT NULL        -- little-endian float16, length one
    );
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: FAISS and snapshots rely on it
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        start INTEGER NOT NULL,     -- characters of documents.text, [start, end)
        "end" INTEGER NOT NULL,
        key BLOB NOT NULL REFERENCES vectors (key),
        generation INTEGER NOT NULL
    );
    CREATE INDEX chunks_by_document ON chunks (document_id, start);
    CREATE INDEX chunks_by_key ON chunks (key);
    CREATE INDEX chunks_by_generation ON chunks (generation);
    CREATE TABLE removed_chunks (
        id INTEGER PRIMARY KEY,
        key BLOB,                   -- until its vector has been looked after
        generation INTEGER NOT NULL
    );
    CREATE INDEX removed_by_generation ON removed_chunks (generation);
    CREATE INDEX removed_by_key ON removed_chunks (key) WHERE key IS NOT NULL;
    CREATE TABLE failures (
        path TEXT PRIMARY KEY,
        reason TEXT NOT NULL,
        next_step TEXT NOT NULL,
        seen_at TEXT NOT NULL       -- ISO 8601, UTC
    );
    CREATE VIRTUAL TABLE chunk_words USING fts5 (
        title, text, tokenize = 'porter unicode61 remove_diacritics 2'
    );
    """,
    """
    ALTER TABLE documents ADD COLUMN versions TEXT NOT NULL DEFAULT 'plain text 1, metadata 1, boilerplate 1, chunks 1';
    """,
)
SCHEMA_VERSION = len(_STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to the present version, each step in one transaction.

    Raises:
        IndexMismatch: the index was made by a newer program.
    """
    version = schema_version(connection)
    if version > SCHEMA_VERSION:
        raise IndexMismatch(
            f"The index has schema {version}, this program knows {SCHEMA_VERSION}.",
            "Update the program, or index the folder into another place with --index.",
        )
    for number, step in enumerate(_STEPS[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;")


def schema_version(connection: sqlite3.Connection) -> int:
    """Return how many migration steps the database has taken."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
