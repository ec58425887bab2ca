"""The schema of an index's build on a PostgreSQL server. It begins with what SQLite has after its first twelve migrations.

Types are written as for SQLite; `embeddings.storage.postgres_database` translates them.
"""

from embeddings.storage.migrations import MIGRATIONS

_FIRST = """
    CREATE TABLE build (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        record TEXT NOT NULL,
        generation INTEGER NOT NULL,
        identity TEXT NOT NULL,
        removals_forgotten INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE folders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL,
        include TEXT NOT NULL,
        exclude TEXT NOT NULL,
        away_since TEXT
    );
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        folder_id INTEGER NOT NULL REFERENCES folders (id),
        path TEXT NOT NULL,
        file TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,
        file_stamp TEXT NOT NULL,
        versions TEXT NOT NULL,
        title TEXT NOT NULL,
        date TEXT,
        date_origin TEXT,
        author TEXT,
        source TEXT,
        language TEXT,
        text TEXT NOT NULL,
        blocks TEXT NOT NULL,
        page_starts TEXT NOT NULL,
        boilerplate TEXT NOT NULL,
        notes TEXT NOT NULL,
        indexed_at TEXT NOT NULL,
        stated_labels TEXT NOT NULL DEFAULT '[]',
        UNIQUE (path, folder_id)
    );
    CREATE INDEX documents_by_content ON documents (file_sha256);
    CREATE INDEX documents_by_language ON documents (language);
    CREATE INDEX documents_by_file ON documents (folder_id, file);
    CREATE TABLE vectors (
        key BLOB PRIMARY KEY,
        vector BLOB NOT NULL
    );
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        key BLOB NOT NULL REFERENCES vectors (key),
        generation INTEGER NOT NULL,
        context TEXT NOT NULL DEFAULT '[]',
        units TEXT NOT NULL DEFAULT '[]'
    );
    CREATE INDEX chunks_by_document ON chunks (document_id, start);
    CREATE INDEX chunks_by_key ON chunks (key);
    CREATE INDEX chunks_by_generation ON chunks (generation);
    CREATE TABLE removed_chunks (
        id INTEGER PRIMARY KEY,
        key BLOB,
        generation INTEGER NOT NULL
    );
    CREATE INDEX removed_by_generation ON removed_chunks (generation);
    CREATE INDEX removed_by_key ON removed_chunks (key) WHERE key IS NOT NULL;
    CREATE TABLE put_back (
        folder_id INTEGER NOT NULL REFERENCES folders (id),
        path TEXT NOT NULL,
        stretch TEXT NOT NULL,
        PRIMARY KEY (folder_id, path, stretch)
    );
    CREATE TABLE failures (
        folder_id INTEGER NOT NULL REFERENCES folders (id),
        path TEXT NOT NULL,
        reason TEXT NOT NULL,
        next_step TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        PRIMARY KEY (folder_id, path)
    );
    CREATE TABLE labels (
        folder_id INTEGER NOT NULL REFERENCES folders (id),
        path TEXT NOT NULL,
        label TEXT NOT NULL,
        PRIMARY KEY (folder_id, path, label)
    );
    CREATE VIEW named_folders AS
        SELECT id, CASE WHEN (SELECT count(*) FROM folders) > 1 THEN name END AS folder FROM folders;
    -- Full text, with the columns of FTS5 and those of `embeddings.storage.tsvector`.
    CREATE TABLE chunk_words (
        rowid INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        words TSVECTOR NOT NULL,
        terms INTEGER NOT NULL
    );
    CREATE INDEX chunk_words_by_word ON chunk_words USING gin (words);
    CREATE TABLE left_out_words (
        rowid INTEGER PRIMARY KEY,
        text TEXT NOT NULL,
        words TSVECTOR NOT NULL,
        terms INTEGER NOT NULL
    );
    CREATE INDEX left_out_words_by_word ON left_out_words USING gin (words);
    CREATE TABLE vocabulary (
        term TEXT PRIMARY KEY           -- of chunk_words, and of what was in it once
    );
"""
_ALIKE = 12
"""The number of SQLite's migrations after which both schemas are the same."""

POSTGRES_MIGRATIONS = (_FIRST, *MIGRATIONS[_ALIKE:])
