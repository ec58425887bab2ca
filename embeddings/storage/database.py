"""Connections to SQLite files: opening, numbered migrations, transactions, and errors as our own classes.

Used for both databases, the index (`embeddings.storage.store`) and the conversations (`qa_app.records`).
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from embeddings.errors import ArticlesError

Row = tuple[Any, ...]

_BUSY_TIMEOUT_S = 30.0
_RETRY_S = 0.01
_BLOCK_ROWS = 1000


class Fault(Enum):
    """What is wrong with a database."""

    BUSY = "another process has locked it"
    DAMAGED = "it is damaged, or not a SQLite file"
    UNUSABLE = "permissions, the disk or the file system prevent the operation"
    NEWER = "its schema is from a newer program"
    OUTDATED = "its schema is from an older program, and it is read-only, so it cannot be migrated"
    GONE = "it was deleted or replaced while it was open, so that nothing written is kept"


Explain = Callable[[Fault, str], ArticlesError]
"""Makes the error to show to the user, from the fault and its details."""


@dataclass(frozen=True)
class _Mode:
    create: bool = False
    read_only: bool = False
    immutable: bool = False

    def uri_options(self) -> str:
        """Return the options for SQLite's URI: https://www.sqlite.org/uri.html"""
        options = "mode=ro" if self.read_only else "mode=rwc" if self.create else "mode=rw"
        return f"{options}&immutable=1" if self.immutable else options


class Database:
    """A connection to a SQLite file, for one thread at a time.

    When SQLite fails, every method raises the error from `explain`.
    """

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
        self._file = file
        self._explain = explain
        with self._errors_explained():
            self._mode = _Mode(create=True) if create or file is None else _mode(file)
            self._connection = sqlite3.connect(
                ":memory:" if file is None else f"{file.absolute().as_uri()}?{self._mode.uri_options()}",
                uri=file is not None,
                timeout=_BUSY_TIMEOUT_S,
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
        """Whether the connection cannot write."""
        return self._mode.read_only

    @property
    def is_frozen(self) -> bool:
        """Whether the file was opened as immutable: if another process writes to it, reads may be inconsistent."""
        return self._mode.immutable

    def close(self) -> None:
        self._connection.close()

    # -- statements

    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run a statement, and return the number of rows it changed."""
        with self._errors_explained():
            return self._connection.execute(statement, values).rowcount

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of values."""
        with self._errors_explained():
            self._connection.executemany(statement, rows)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query, or of a statement with RETURNING."""
        with self._errors_explained():
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[object] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        with self._errors_explained(), closing(self._connection.execute(query, values)) as cursor:
            row: Row | None = cursor.fetchone()
            return row

    def value(self, query: str, values: Sequence[object] = ()) -> Any:
        """Return the first column of the first row of a query, or None."""
        row = self.row(query, values)
        return None if row is None else row[0]

    def blocks(self, query: str, values: Sequence[object] = (), size: int = _BLOCK_ROWS) -> Iterator[list[Row]]:
        """Yield the rows of a query, at most `size` at a time, to save memory."""
        with self._errors_explained():
            cursor = self._connection.execute(query, values)
        while True:
            with self._errors_explained():
                rows = cursor.fetchmany(size)
            if not rows:
                return
            yield rows

    # -- transactions

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block as one transaction: commit it to disk, or after an exception, undo all of it."""
        yield from self._run_between("BEGIN IMMEDIATE", "COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Run the block on one consistent state of the database, whatever others write meanwhile.

        If a frozen file changes meanwhile, what was read may be inconsistent: that raises `Fault.BUSY`.
        """
        before = self._file_state()
        yield from self._run_between("BEGIN", "ROLLBACK")
        if self._file_state() != before:
            raise self._explain(Fault.BUSY, "it was changed while it was being read")

    def _file_state(self) -> object:
        """Return a value that changes when a frozen file does; None for other files, which SQLite keeps consistent."""
        if self._file is None or not self.is_frozen:
            return None
        status = self._file.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns, _log(self._file).exists()

    def _run_between(self, begin: str, end: str) -> Iterator[None]:
        self.execute(begin)
        try:
            yield
            self.execute(end)
        except BaseException:
            if self._connection.in_transaction:  # not so if SQLite has rolled back, as on a full disk
                self.execute("ROLLBACK")
            raise

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


def placeholders(values: Sequence[object]) -> str:
    """Return the SQL placeholders for a list of values: `?,?,?`."""
    return ",".join("?" * len(values))


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
    deadline = time.monotonic() + _BUSY_TIMEOUT_S
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
