"""A connection to a database: statements, transactions, and errors as our own classes; SQLite and PostgreSQL fulfil it.

Used for the index (`embeddings.storage.store`), the conversations and the accounts (`qa_app`). A statement is written once,
in the SQL that both understand; what only one of them has is in its own module.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from embeddings.errors import ArticlesError

Row = tuple[Any, ...]

BUSY_TIMEOUT_S = 30.0
"""How long to wait for another writer."""
ALL_ROWS = 2**62
"""As a LIMIT."""
_BLOCK_ROWS = 1000


FULL_TEXT = {"chunk_words": ("title", "text"), "left_out_words": ("text",)}
"""The tables with full text, with the columns that hold it; each has `rowid` too."""


class Fault(Enum):
    """What is wrong with a database."""

    BUSY = "another process has locked it"
    DAMAGED = "it is damaged, or not a SQLite file"
    UNUSABLE = "permissions, the disk or the file system prevent the operation"
    NEWER = "its schema is from a newer program"
    OUTDATED = "its schema is from an older program, and it is read-only, so it cannot be migrated"
    GONE = "it was deleted or replaced while it was open, so that nothing written is kept"
    UNREACHABLE = "its server does not answer, or refuses this user"


Explain = Callable[[Fault, str], ArticlesError]
"""Makes the error to show to the user, from the fault and its details."""


@dataclass(frozen=True)
class Table:
    """A table of a schema, without what is derived from its other columns."""

    name: str
    columns: tuple[str, ...]
    """Of a table with full text, `rowid` is the first."""
    refers_to: frozenset[str]
    """The tables that must have their rows before this one does."""


class Cursor(Protocol):
    """The rows of a statement that was run."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchmany(self, size: int, /) -> list[Any]: ...
    def fetchall(self) -> list[Any]: ...
    def close(self) -> Any: ...


class FullText(Protocol):
    """The full-text index of a table with the columns `rowid`, perhaps `title`, and `text`.

    A statement searches it by `TABLE MATCH ?`, whose value is an expression in FTS5's language.
    """

    def add(self, table: str, rows: Mapping[int, Mapping[str, str]]) -> None:
        """Insert rows, at least one: their indexed words by column. They are deleted as any other row."""
        ...

    def score(self, table: str, expression: str, rows: int | None = None) -> tuple[str, tuple[object, ...]]:
        """Return the BM25 score of a matching row, higher is better, as an SQL expression with its values.

        Args:
            table: the table.
            expression: of the statement that searches it.
            rows: the number of rows in the table; None counts them.
        """
        ...

    def vocabulary(self) -> str:
        """Return the name of a table whose column `term` has the terms of the chunks' words, and perhaps earlier ones."""
        ...

    def problems(self, table: str) -> Iterator[str]:
        """Compare the index with its rows; outside transactions. Nothing is checked while another process writes."""
        ...

    def rebuild(self, table: str) -> None:
        """Make the index again from its rows; inside a transaction."""
        ...


class Database(ABC):
    """A connection, for one thread at a time. If the database fails, every method raises the error of its `Explain`."""

    full_text: FullText

    @property
    @abstractmethod
    def is_read_only(self) -> bool:
        """Whether the connection cannot write."""

    @property
    @abstractmethod
    def is_frozen(self) -> bool:
        """Whether it is a file opened as immutable: if another process writes to it, reads may be inconsistent."""

    @abstractmethod
    def is_alive(self) -> bool:
        """Return whether the connection can still be used, for one that has been idle."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Run the block as one transaction: commit it to disk, or after an exception, undo all of it.

        Only one process writes at a time; others wait.
        """

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """Run the block on one consistent state of the database, whatever others write meanwhile."""

    @abstractmethod
    def keep_temporary_tables_in_memory(self) -> None:
        """Write no temporary table of this connection to disk, if that is for the client to say."""

    @abstractmethod
    def problems(self) -> Iterator[str]:
        """Check the integrity of the database, as far as it can do so itself."""

    # -- as a whole

    @abstractmethod
    def tables(self) -> list[Table]:
        """Return the tables that migrations have made, and no others."""

    @abstractmethod
    def last_numbers(self) -> dict[str, int]:
        """Return the highest number that each table has given to a row, kept or not, where no number is given twice."""

    @abstractmethod
    def set_last_number(self, table: str, number: int) -> None:
        """Let a table's next row have a number above this one, which is at least 1."""

    @abstractmethod
    def delete(self) -> None:
        """Delete the database; inside a transaction, during which others wait. It is only to be closed afterwards."""

    # -- statements

    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run a statement, and return the number of rows it changed."""
        with self._errors_explained():
            return self._execute(statement, values).rowcount

    @abstractmethod
    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of values."""

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query, or of a statement with RETURNING."""
        with self._errors_explained():
            return self._execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[object] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        with self._errors_explained(), closing(self._execute(query, values)) as cursor:
            row: Row | None = cursor.fetchone()
            return row

    def value(self, query: str, values: Sequence[object] = ()) -> Any:
        """Return the first column of the first row of a query, or None."""
        row = self.row(query, values)
        return None if row is None else row[0]

    def blocks(self, query: str, values: Sequence[object] = (), size: int = _BLOCK_ROWS) -> Iterator[list[Row]]:
        """Yield the rows of a query, at most `size` at a time, to save memory."""
        with self._errors_explained():
            cursor = self._opened(query, values)
        with closing(cursor):
            while True:
                with self._errors_explained():
                    rows = cursor.fetchmany(size)
                if not rows:
                    return
                yield rows

    # -- for the two of them

    @abstractmethod
    def _execute(self, statement: str, values: Sequence[object]) -> Cursor:
        """Run a statement."""

    @abstractmethod
    def _opened(self, query: str, values: Sequence[object]) -> Cursor:
        """Run a query whose rows are fetched in blocks; other statements may run meanwhile."""

    @abstractmethod
    def _errors_explained(self) -> AbstractContextManager[None]:
        """Raise the database's errors as ours."""

    @abstractmethod
    def _in_transaction(self) -> bool: ...

    @contextmanager
    def _between(self, begin: str, end: str) -> Iterator[None]:
        self.execute(begin)
        try:
            yield
            self.execute(end)
        except BaseException:
            if self._in_transaction():  # not so if the database has rolled back, as on a full disk
                self.execute("ROLLBACK")
            raise


def placeholders(values: Sequence[object]) -> str:
    """Return the SQL placeholders for a list of values: `?,?,?`; for none, what nothing is equal to."""
    return ",".join("?" * len(values)) or "NULL"
