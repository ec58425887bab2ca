"""The SQLite file of conversations: its tables as numbered migrations, and one connection that all threads share."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from embeddings.errors import ArticlesError
from embeddings.storage.database import Database, Fault

# Published ones never change: append another.
MIGRATIONS = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        updated_at TEXT NOT NULL    -- ISO 8601, UTC
    );
    CREATE TABLE turns (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,  -- from 0
        question TEXT NOT NULL,
        asked_at TEXT NOT NULL,     -- ISO 8601, UTC
        receipt TEXT,               -- JSON, when it was answered
        failure TEXT,               -- for the person, when it failed
        UNIQUE (conversation, position)
    );
    CREATE TABLE feedback (         -- outlives a turn that was asked again, not its conversation
        turn TEXT PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        verdict TEXT NOT NULL,
        note TEXT NOT NULL,
        given_at TEXT NOT NULL,     -- ISO 8601, UTC
        receipt TEXT NOT NULL       -- JSON, of the answer that was judged
    );
    CREATE INDEX feedback_by_conversation ON feedback (conversation);
    """,
    # A question in a conversation that had been deleted left a gap before it, and the next one then replaced a turn that
    # was to stay. The way through negative numbers keeps the positions unique at every moment.
    """
    UPDATE turns SET position = -1 - ranked.position FROM (
        SELECT id, row_number() OVER (PARTITION BY conversation ORDER BY position) - 1 AS position FROM turns
    ) AS ranked WHERE ranked.id = turns.id;
    UPDATE turns SET position = -1 - position;
    """,
)


class ConversationsUnusable(ArticlesError):
    """The file of conversations cannot be used; it was left as it is."""


class ConversationGone(ArticlesError):
    """A conversation or a turn that is asked for does not exist (any more)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This {what} is not there any more.", "Ask the question again.")


class ConversationsDatabase:
    """Opened once and shared by every thread."""

    def __init__(self, file: Path | None) -> None:
        """Open the file, or make it, readable by its owner alone; None keeps all in memory.

        Raises:
            ConversationsUnusable: it is damaged, was made by a newer program, or its place cannot be written.
        """
        self.file = file
        self._lock = threading.RLock()
        if file is not None:
            _make(file)
        self._database = Database(file, MIGRATIONS, self._explained, create=True)
        try:
            self._database.row("SELECT 1 FROM turns, feedback, conversations")  # not the tables of another program
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Give this thread the connection until the block ends."""
        with self._lock:
            yield self._database

    @contextmanager
    def changing(self) -> Iterator[Database]:
        """Run the block as one transaction, which is on the disk when the block ends."""
        with self._lock, self._database.transaction():
            yield self._database

    def _explained(self, fault: Fault, details: str) -> ConversationsUnusable:
        if fault is Fault.NEWER:
            return ConversationsUnusable(
                f"The conversations in {self.file} were made by a newer program ({details}).",
                "Update the program, or move that file away to start without them.",
            )
        if fault is Fault.DAMAGED:
            return ConversationsUnusable(
                f"The conversations in {self.file} are damaged ({details}).",
                "The file was left as it is: move it away to start without them, or put a copy of it back.",
            )
        return ConversationsUnusable(
            f"The conversations in {self.file} cannot be used ({details}).",
            "Check that no other program holds the file, its permissions and the free disk space.",
        )


def now() -> str:
    """Return this moment as the tables keep it: ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat()


def _make(file: Path) -> None:
    """Make the file if it is missing. SQLite gives the -wal and -shm beside it the same mode."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise ConversationsUnusable(
            f"The conversations in {file} cannot be kept ({error.strerror}).", "Check permissions and space."
        ) from error
