"""One connection to a SQLite file: how it is opened, its numbered migrations, its transactions, and its errors in our words.

Both databases use it, the index's articles (`embeddings.storage.store`) and the conversations (`qa_app.records`).
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

    BUSY = "another process holds it"
    DAMAGED = "it is not a SQLite file, or a damaged one"
    UNUSABLE = "its permissions, the disk or the file system don't allow what was asked"
    NEWER = "a newer program has changed its schema"
    OUTDATED = "an older program made it, and it cannot be brought up to date where it must not be written"


Explain = Callable[[Fault, str], ArticlesError]
"""Makes the error that a person is shown, from the fault and its details in a few words."""


@dataclass(frozen=True)
class _Mode:
    create: bool = False
    read_only: bool = False
    immutable: bool = False

    def uri_options(self) -> str:
        """Return SQLite's way to say it: https://www.sqlite.org/uri.html"""
        options = "mode=ro" if self.read_only else "mode=rwc" if self.create else "mode=rw"
        return f"{options}&immutable=1" if self.immutable else options


class Database:
    """A connection to a SQLite file, for one thread at a time.

    Every method raises the error that `explain` returns when SQLite fails.
    """

    def __init__(self, file: Path | None, migrations: Sequence[str], explain: Explain, *, create: bool = False) -> None:
        """Open a SQLite file and bring its schema up to date.

        A file in a folder that cannot be written is opened for reading alone.

        Args:
            file: None opens a database in memory.
            migrations: scripts of SQL, each of which takes the schema one version further, from an empty file on.
                Published ones never change: append another. Every statement ends its line.
            explain: makes the errors that are raised.
            create: make the file if it is missing; otherwise a missing or empty file is a fault.
        """
        self._file = file
        self._explain = explain
        with self._explained():
            self._mode = _Mode(create=True) if create or file is None else _mode(file)
            self._connection = sqlite3.connect(
                ":memory:" if file is None else f"{file.absolute().as_uri()}?{self._mode.uri_options()}",
                uri=file is not None,
                timeout=_BUSY_TIMEOUT_S,
                isolation_level=None,  # transactions are begun by name, below
                check_same_thread=False,  # the caller sees to it that one thread at a time uses it
            )
            try:
                self._prepare(migrations)
            except BaseException:
                self._connection.close()
                raise

    @property
    def is_read_only(self) -> bool:
        """Nothing can be changed through this connection."""
        return self._mode.read_only

    @property
    def is_frozen(self) -> bool:
        """Opened as a file that never changes: what another process writes to it meanwhile may be read half."""
        return self._mode.immutable

    def close(self) -> None:
        self._connection.close()

    # -- statements

    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run a statement; returns how many rows it changed."""
        with self._explained():
            return self._connection.execute(statement, values).rowcount

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of values."""
        with self._explained():
            self._connection.executemany(statement, rows)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all rows that a query finds, or that a statement with RETURNING changes."""
        with self._explained():
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[object] = ()) -> Row | None:
        """Return the first row that a query finds, or None."""
        with self._explained(), closing(self._connection.execute(query, values)) as cursor:
            row: Row | None = cursor.fetchone()
            return row

    def value(self, query: str, values: Sequence[object] = ()) -> Any:
        """Return the first column of the first row that a query finds, or None."""
        row = self.row(query, values)
        return None if row is None else row[0]

    def blocks(self, query: str, values: Sequence[object] = (), size: int = _BLOCK_ROWS) -> Iterator[list[Row]]:
        """Yield the rows that a query finds, at most `size` at once, so that not all are in memory."""
        with self._explained():
            cursor = self._connection.execute(query, values)
        while True:
            with self._explained():
                rows = cursor.fetchmany(size)
            if not rows:
                return
            yield rows

    # -- transactions

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block as one change: all of it is on the disk afterwards or, after an exception, nothing."""
        yield from self._between("BEGIN IMMEDIATE", "COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Run the block on one unchanging state of the database, whatever others write meanwhile.

        What was read of a frozen file that has changed meanwhile may belong to no state; that is a fault.
        """
        before = self._file_state()
        yield from self._between("BEGIN", "ROLLBACK")
        if self._file_state() != before:
            raise self._explain(Fault.BUSY, "it was written to while it was read")

    def _file_state(self) -> object:
        """Return what shows that a frozen file was changed after all; None for others, which SQLite keeps apart."""
        if self._file is None or not self.is_frozen:
            return None
        status = self._file.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns, _log(self._file).exists()

    def _between(self, begin: str, end: str) -> Iterator[None]:
        self.execute(begin)
        try:
            yield
            self.execute(end)
        except BaseException:
            if self._connection.in_transaction:  # a full disk has ended it already
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
        connection.execute("PRAGMA synchronous = FULL")  # what was committed survives a power cut too
        migrate(connection, migrations)
        # Only now: a migration that makes a table again would delete what refers to it.
        connection.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # a mistake in our own code
        except sqlite3.Error as error:
            raise self._explain(_fault(error), str(error)) from error


def _mode(file: Path) -> _Mode:
    """Return how to open a file that should be there.

    Where the folder cannot be written, SQLite still reads a database with its write-ahead log and the log's index beside
    it, left there by a process at work or killed. Without them it wants to make them, unless it is told that the file never
    changes; but then it overlooks a log. https://www.sqlite.org/wal.html#read_only_databases

    Raises:
        sqlite3.OperationalError: there is a log, but no index of it, and none can be made.
    """
    if os.access(file.parent, os.W_OK):
        return _Mode(read_only=file.exists() and not os.access(file, os.W_OK))
    log = _log(file)
    has_log = log.is_file() and log.stat().st_size > 0
    if has_log and not file.with_name(f"{file.name}-shm").is_file():
        raise sqlite3.OperationalError(f"its last changes are in {log.name}, to be taken in where it can be written")
    return _Mode(read_only=True, immutable=not has_log)


def _log(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def marks(values: Sequence[object]) -> str:
    """Return the placeholders for a list of values in a statement: `?,?,?`."""
    return ",".join("?" * len(values))


def schema_version(connection: sqlite3.Connection) -> int:
    """Return how many migrations a database has had."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    """Run the migrations that a database has not had, each in one transaction; others may do the same at the same time."""
    while schema_version(connection) < len(migrations):
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = schema_version(connection)  # another process may have been quicker
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
    """Yield the statements of a script. (`executescript` would commit in between.)"""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait for another process that switches too, whatever the timeout."""
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
    """Tell what an error of SQLite means. Its numbers are only known since Python 3.11, its words have stayed the same."""
    if "locked" in str(error):
        return Fault.BUSY
    if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
        return Fault.UNUSABLE
    return Fault.DAMAGED
