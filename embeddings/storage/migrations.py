"""Migrations of the index's database. Append one for each change of the schema; never edit a published one.

An index of any earlier version is migrated when it is opened; `tests/data` has one of each schema.
"""

# `generation` counts committed changes of the corpus. Each chunk has the generation that added it, each removed chunk the
# one that removed it, so that vectors in memory or in the FAISS file can be updated by the difference.
_FIRST = """
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
"""

# What is left out of the chunks is now called boilerplate.
_BOILERPLATE = "ALTER TABLE documents RENAME COLUMN furniture TO boilerplate;"

# `identity` distinguishes an index from a later one in the same place. Up to the generation `removals_forgotten`,
# removed_chunks may be incomplete, so older vectors cannot be updated.
_IDENTITY = """
    ALTER TABLE build ADD COLUMN identity TEXT NOT NULL DEFAULT '';
    ALTER TABLE build ADD COLUMN removals_forgotten INTEGER NOT NULL DEFAULT 0;
    UPDATE build SET identity = hex(randomblob(16));
"""

# Which code read and cut a document: see `embeddings.documents.versions`. Older rows were made by the first of each.
_VERSIONS = """
    ALTER TABLE documents ADD COLUMN versions TEXT NOT NULL DEFAULT 'plain text 1, metadata 1, boilerplate 1, chunks 1';
"""

# The structure of documents and chunks; rows of older programs have none until their file is read again, with the next sync.
_STRUCTURE = """
    ALTER TABLE documents ADD COLUMN file TEXT NOT NULL DEFAULT '';     -- path; one file may hold several documents
    UPDATE documents SET file = path;
    ALTER TABLE documents ADD COLUMN author TEXT;
    ALTER TABLE documents ADD COLUMN date_origin TEXT;                  -- "stated" or "file name"
    ALTER TABLE documents ADD COLUMN language TEXT;                     -- ISO 639-1
    ALTER TABLE documents ADD COLUMN blocks TEXT NOT NULL DEFAULT '[]'; -- JSON: see structure_json.py
    ALTER TABLE chunks ADD COLUMN context TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE chunks ADD COLUMN units TEXT NOT NULL DEFAULT '[]';
    CREATE INDEX documents_by_file ON documents (file);
"""

# Boilerplate that a person wants to be read. Without a reference to a document: a deleted file may come back.
_PUT_BACK = """
    CREATE TABLE put_back (
        path TEXT NOT NULL,
        stretch TEXT NOT NULL,      -- SHA-256 of its words
        PRIMARY KEY (path, stretch)
    ) WITHOUT ROWID;
"""

# The words that a document leaves out; its row has the document's id.
_LEFT_OUT_WORDS = """
    CREATE VIRTUAL TABLE left_out_words USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
    INSERT INTO left_out_words (rowid, text)
        SELECT documents.id, group_concat(substr(text, first + 1, last - first), char(10))
        FROM documents JOIN (
            SELECT documents.id, json_extract(value, '$[0]') AS first, json_extract(value, '$[1]') AS last
            FROM documents, json_each(boilerplate) WHERE json_array_length(value) = 3
        ) AS piece USING (id) GROUP BY documents.id;
"""

# Every question asks for the languages of the corpus: its words are stemmed in each.
_LANGUAGES = "CREATE INDEX documents_by_language ON documents (language);"

# What a person should know of how a document was read, as a JSON array of texts; rows of older programs have none until
# their file is read again.
_NOTES = "ALTER TABLE documents ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';"

# An index may have several folders; a document is known by its folder and its path. `build.folder` was the only one: it is
# named by the last part of its path. Python calls folders by their names, so ids stand in SQL only.
_FOLDERS = """
    CREATE TABLE folders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL,             -- absolute
        include TEXT NOT NULL,          -- JSON array of patterns, as in .gitignore
        exclude TEXT NOT NULL,
        away_since TEXT                 -- ISO 8601, UTC; while the folder cannot be read
    );
    INSERT INTO folders (name, path, include, exclude)
        SELECT coalesce(nullif(replace(replace(folder, rtrim(folder, replace(replace(folder, '/', ''), '\\', '')), ''), ':', '-'), ''), 'articles'),
            folder, '[]', '[]' FROM build;
    ALTER TABLE build DROP COLUMN folder;
    CREATE TABLE documents_in_folders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        folder_id INTEGER NOT NULL REFERENCES folders (id),
        path TEXT NOT NULL,             -- relative to the folder
        file TEXT NOT NULL,             -- path of its file, which may hold several documents
        file_sha256 TEXT NOT NULL,
        file_stamp TEXT NOT NULL,       -- size and times: while it is the same, the file is not read again
        versions TEXT NOT NULL,         -- of the code that read and cut it: see embeddings.documents.versions
        title TEXT NOT NULL,
        date TEXT,
        date_origin TEXT,               -- "stated" or "file name"
        author TEXT,
        source TEXT,
        language TEXT,                  -- ISO 639-1
        text TEXT NOT NULL,
        blocks TEXT NOT NULL,           -- JSON: see structure_json.py
        page_starts TEXT NOT NULL,      -- JSON array of characters
        boilerplate TEXT NOT NULL,      -- JSON array of [start, end, reason]; with true as well if it is read
        notes TEXT NOT NULL,            -- JSON array of texts
        indexed_at TEXT NOT NULL,       -- ISO 8601, UTC
        UNIQUE (path, folder_id)
    );
    INSERT INTO documents_in_folders
        SELECT id, 1, path, file, file_sha256, file_stamp, versions, title, date, date_origin, author, source, language, text,
            blocks, page_starts, boilerplate, notes, indexed_at FROM documents;
    DROP TABLE documents;
    ALTER TABLE documents_in_folders RENAME TO documents;
    CREATE INDEX documents_by_content ON documents (file_sha256);
    CREATE INDEX documents_by_file ON documents (file);
    CREATE INDEX documents_by_language ON documents (language);
    CREATE TABLE put_back_in_folders (
        folder_id INTEGER NOT NULL REFERENCES folders (id),
        path TEXT NOT NULL,
        stretch TEXT NOT NULL,          -- SHA-256 of its words
        PRIMARY KEY (folder_id, path, stretch)
    ) WITHOUT ROWID;
    INSERT INTO put_back_in_folders SELECT 1, path, stretch FROM put_back;
    DROP TABLE put_back;
    ALTER TABLE put_back_in_folders RENAME TO put_back;
    CREATE TABLE failures_in_folders (
        folder_id INTEGER NOT NULL REFERENCES folders (id),
        path TEXT NOT NULL,
        reason TEXT NOT NULL,
        next_step TEXT NOT NULL,
        seen_at TEXT NOT NULL,          -- ISO 8601, UTC
        PRIMARY KEY (folder_id, path)
    );
    INSERT INTO failures_in_folders SELECT 1, path, reason, next_step, seen_at FROM failures;
    DROP TABLE failures;
    ALTER TABLE failures_in_folders RENAME TO failures;
    -- What readers are told: a folder's name, and NULL where no document needs one to be told from others.
    CREATE VIEW named_folders AS
        SELECT id, CASE WHEN (SELECT count(*) FROM folders) > 1 THEN name END AS folder FROM folders;
"""

# Labels that people give, without a reference to a document: a deleted file may come back. Those that an article states.
_LABELS = """
    CREATE TABLE labels (
        folder_id INTEGER NOT NULL REFERENCES folders (id),
        path TEXT NOT NULL,
        label TEXT NOT NULL,
        PRIMARY KEY (folder_id, path, label)
    ) WITHOUT ROWID;
    ALTER TABLE documents ADD COLUMN stated_labels TEXT NOT NULL DEFAULT '[]';  -- JSON array
"""

# What a question is limited by, and what a sync compares, without the pages of the texts being read for it.
_SCOPES = """
    CREATE INDEX documents_by_scope ON documents (folder_id, path, language, date, author, stated_labels);
    CREATE INDEX documents_by_state ON documents (folder_id, file, file_stamp, versions);
"""

MIGRATIONS = (
    _FIRST,
    _BOILERPLATE,
    _IDENTITY,
    _VERSIONS,
    _STRUCTURE,
    _PUT_BACK,
    _LEFT_OUT_WORDS,
    _LANGUAGES,
    _NOTES,
    _FOLDERS,
    _LABELS,
    _SCOPES,
)
