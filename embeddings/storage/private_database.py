"""A SQLite file that only its owner may read, with one connection shared by all threads."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from embeddings.errors import ArticlesError
from embeddings.storage.database import Database, Explain, Fault

OWNER_ONLY = 0o600
"""Mode of the file. SQLite gives the -wal and -shm files beside it the same mode."""


class PrivateDatabase:
    """The open database. Open it once and share it between threads."""

    def __init__(
        self,
        file: Path | None,
        migrations: Sequence[str],
        tables: str,
        explain: Explain,
        unmade: Callable[[OSError], ArticlesError],
    ) -> None:
        """Open the file, or create it readable only by its owner; None keeps everything in memory.

        Args:
            file: the SQLite file.
            migrations: as in `Database`.
            tables: names that it must have, separated by commas; another program's file has not.
            explain: makes the errors that are raised.
            unmade: makes the error that is raised if the file cannot be created.
        """
        self.file = file
        self._lock = threading.RLock()
        if file is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(file, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
            except OSError as error:
                raise unmade(error) from error
        self._explain = explain
        self._database = Database(file, migrations, explain, create=True)
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
            yield self._database

    @contextmanager
    def changing(self) -> Iterator[Database]:
        """Run the block as one transaction, on disk when the block ends."""
        with self._lock:
            self._check_place()
            with self._database.transaction():
                yield self._database

    def _check_place(self) -> None:
        """Refuse a file that is gone: SQLite would go on writing into what no longer has a name."""
        if self._place() != self._opened:
            raise self._explain(Fault.GONE, Fault.GONE.value)

    def _place(self) -> tuple[int, int] | None:
        """Return what tells the file from every other one; None in memory, or if there is no file."""
        try:
            found = None if self.file is None else self.file.stat()
        except OSError:
            return None
        return found and (found.st_dev, found.st_ino)


def now() -> str:
    """Return the current time as the tables store it: ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat()
