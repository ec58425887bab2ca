"""Connections to SQLite files: opening, numbered migrations and transactions."""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embeddings.storage.database import BUSY_TIMEOUT_S, FULL_TEXT, Cursor, Database, Explain, Fault, Table
from embeddings.storage.fts5 import Fts5

_RETRY_S = 0.01


@dataclass(frozen=True)
class _Mode:
    create: bool = False
    read_only: bool = False
    immutable: bool = False

    def uri_options(self) -> str:
        """Return the options for SQLite's URI: https://www.sqlite.org/uri.html"""
        options = "mode=ro" if self.read_only else "mode=rwc" if self.create else "mode=rw"
        return f"{options}&immutable=1" if self.immutable else options


class SqliteDatabase(Database):
    """A connection to a SQLite file."""

    def __init__(self, file: Path | None, migrations: Sequence[str], explain: Explain, *, create: bool = False) -> None:
        """Open a SQLite file and migrate its schema.

        A file in a read-only folder is opened read-only.

        Args:
            file: None opens a database in memory.
            migrations: SQL scripts, each of which takes the schema to the next version; the first starts from an empty file.
                Never change a published one: append another. Each statement must end at the end of a line.
            explain: makes the errors that are raised.
            create: create the file if it is missing; otherwise a missing or empty file is a fault.
        """
        self.full_text = Fts5(self)
        self._file = file
        self._explain = explain
        with self._errors_explained():
            self._mode = _Mode(create=True) if create or file is None else _mode(file)
            self._connection = sqlite3.connect(
                ":memory:" if file is None else f"{file.absolute().as_uri()}?{self._mode.uri_options()}",
                uri=file is not None,
                timeout=BUSY_TIMEOUT_S,
                isolation_level=None,  # transactions are started explicitly, below
                check_same_thread=False,  # the caller ensures that only one thread uses it at a time
            )
            try:
                self._prepare(migrations)
            except BaseException:
                self._connection.close()
                raise

    @property
    def is_read_only(self) -> bool:
        return self._mode.read_only

    @property
    def is_frozen(self) -> bool:
        return self._mode.immutable

    def is_alive(self) -> bool:
        return True

    def close(self) -> None:
        self._connection.close()

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        with self._errors_explained():
            self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._between("BEGIN IMMEDIATE", "COMMIT"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See `Database.reading`. If a frozen file changes meanwhile, what was read may be inconsistent: `Fault.BUSY`."""
        before = self._file_state()
        with self._between("BEGIN", "ROLLBACK"):
            yield
        if self._file_state() != before:
            raise self._explain(Fault.BUSY, "it was changed while it was being read")

    def keep_temporary_tables_in_memory(self) -> None:
        self.execute("PRAGMA temp_store = MEMORY")

    def problems(self) -> Iterator[str]:
        yield from (problem for (problem,) in self.rows("PRAGMA integrity_check(10)") if problem != "ok")
        for table, row, parent, _ in self.rows("PRAGMA foreign_key_check"):
            yield f"{table} row {row} has no matching row in {parent}"

    def tables(self) -> list[Table]:
        names = [
            name
            for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            if not any(name.startswith(f"{table}_") for table in FULL_TEXT)  # FTS5's own
        ]
        return [Table(name, self._columns(name), self._referred(name)) for name in names]

    def last_numbers(self) -> dict[str, int]:
        has_any = self.value("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
        return dict(self.rows("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")) if has_any else {}

    def set_last_number(self, table: str, number: int) -> None:
        self.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))

    def delete(self) -> None:
        if self._file is not None:
            delete_file(self._file)

    def _columns(self, table: str) -> tuple[str, ...]:
        if table in FULL_TEXT:
            return "rowid", *FULL_TEXT[table]
        return tuple(name for (name,) in self.rows("SELECT name FROM pragma_table_info(?)", (table,)))

    def _referred(self, table: str) -> frozenset[str]:
        return frozenset(name for (name,) in self.rows('SELECT "table" FROM pragma_foreign_key_list(?)', (table,)))

    def _execute(self, statement: str, values: Sequence[object]) -> Cursor:
        return self._connection.execute(statement, values)

    def _opened(self, query: str, values: Sequence[object]) -> Cursor:
        return self._execute(query, values)

    def _in_transaction(self) -> bool:
        return self._connection.in_transaction

    def _file_state(self) -> object:
        """Return a value that changes when a frozen file does; None for other files, which SQLite keeps consistent."""
        if self._file is None or not self.is_frozen:
            return None
        status = self._file.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns, _log(self._file).exists()

    # -- opening

    def _prepare(self, migrations: Sequence[str]) -> None:
        connection = self._connection
        connection.create_function("casefold", 1, str.casefold, deterministic=True)  # SQLite's lower() knows ASCII only
        version, known = schema_version(connection), len(migrations)
        if version == 0 and not self._mode.create:
            raise sqlite3.DatabaseError("it is empty")
        if version > known:
            raise self._explain(Fault.NEWER, f"schema {version}, this program knows {known}")
        if self._mode.read_only:
            if version < known:
                raise self._explain(Fault.OUTDATED, f"schema {version}, this program needs {known}")
            return
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")  # commits survive a power cut
        migrate(connection, migrations)
        # After the migrations: one that recreates a table would otherwise delete the rows that refer to it.
        connection.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def _errors_explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # a bug in our own code
        except sqlite3.Error as error:
            raise self._explain(_fault(error), str(error)) from error


def _mode(file: Path) -> _Mode:
    """Return how to open a file that should exist.

    In a read-only folder, SQLite reads a database only if its write-ahead log and the log's index (-wal, -shm) exist, left
    by a running or killed process. Otherwise it tries to create them, unless the file is opened as immutable; but then it
    ignores a log. https://www.sqlite.org/wal.html#read_only_databases

    Raises:
        sqlite3.OperationalError: there is a log without an index, which cannot be created.
    """
    if os.access(file.parent, os.W_OK):
        return _Mode(read_only=file.exists() and not os.access(file, os.W_OK))
    log = _log(file)
    has_log = log.is_file() and log.stat().st_size > 0
    if has_log and not file.with_name(f"{file.name}-shm").is_file():
        raise sqlite3.OperationalError(
            f"its last changes are in {log.name}, which can be read only in a writable folder"
        )
    return _Mode(read_only=True, immutable=not has_log)


def _log(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def delete_file(file: Path) -> None:
    """Delete a SQLite file with its log, if it exists."""
    # The log first: SQLite would read it into another file of this name.
    for each in (_log(file), file.with_name(f"{file.name}-shm"), file):
        each.unlink(missing_ok=True)


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the number of migrations that were applied to a database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    """Apply the pending migrations, each in one transaction. Safe if other processes do the same at the same time."""
    while schema_version(connection) < len(migrations):
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = schema_version(connection)  # another process may have been faster
            if version < len(migrations):
                for statement in _statements(migrations[version]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script. (`executescript` would commit between them.)"""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL, with retries: SQLite ignores its timeout if another process is switching too."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_S)


def _fault(error: sqlite3.Error) -> Fault:
    """Classify an error of SQLite by its message, because Python has its error codes only since 3.11."""
    if "locked" in str(error):
        return Fault.BUSY
    if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
        return Fault.UNUSABLE
    return Fault.DAMAGED
