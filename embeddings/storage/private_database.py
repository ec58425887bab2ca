"""A database beside the index, such as a SQLite file that only its owner may read; all threads share one connection."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from embeddings.errors import ArticlesError
from embeddings.storage.database import Database, Explain, Fault
from embeddings.storage.database_place import DatabasePlace
from embeddings.storage.opening import open_database

OWNER_ONLY = 0o600
"""Mode of the file. SQLite gives the -wal and -shm files beside it the same mode."""


class PrivateDatabase:
    """The open database. Open it once and share it between threads."""

    def __init__(
        self,
        place: DatabasePlace | None,
        migrations: Sequence[str],
        tables: str,
        explain: Explain,
        unmade: Callable[[OSError], ArticlesError],
    ) -> None:
        """Open the database, or create it, a file readable only by its owner; None keeps everything in memory.

        Args:
            place: the SQLite file, or the schema.
            migrations: as in `SqliteDatabase`.
            tables: names that it must have, separated by commas; another program's file has not.
            explain: makes the errors that are raised.
            unmade: makes the error that is raised if the file cannot be created.
        """
        self.place = place
        self._file = place if isinstance(place, Path) else None
        self._lock = threading.RLock()
        if self._file is not None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
            except OSError as error:
                raise unmade(error) from error
        self._explain = explain
        self._open = partial(open_database, place, migrations, explain, create=True)
        self._database = self._open()
        try:
            self._opened = self._place()
            self._database.row(f"SELECT 1 FROM {tables}")
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Reserve the connection for this thread until the block ends."""
        with self._lock:
            self._check_place()
            self._connect_again()
            yield self._database

    @contextmanager
    def changing(self) -> Iterator[Database]:
        """Run the block as one transaction, on disk when the block ends."""
        with self._lock:
            self._check_place()
            self._connect_again()
            with self._database.transaction():
                self._check_place()  # whoever this has waited for may have moved it
                yield self._database

    def _check_place(self) -> None:
        """Refuse a file that is gone: SQLite would go on writing into what no longer has a name."""
        if self._place() != self._opened:
            raise self._explain(Fault.GONE, Fault.GONE.value)

    def _connect_again(self) -> None:
        """Connect again to a server that was away."""
        if not self._database.is_alive():
            self._database.close()
            self._database = self._open()

    def _place(self) -> tuple[int, int] | None:
        """Return what tells the file from every other one; None if there is no file."""
        try:
            found = None if self._file is None else self._file.stat()
        except OSError:
            return None
        return found and (found.st_dev, found.st_ino)


def now() -> str:
    """Return the current time as the tables store it: ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat()
