"""The table of files that could not be read."""

from datetime import datetime, timezone

from embeddings.errors import UnreadableFile
from embeddings.storage.database import Database
from embeddings.storage.rows import Failure


class FailureTable:
    """The part of a `Store` that records which files could not be read, and why."""

    _database: Database

    def failures(self) -> list[Failure]:
        """Return the files that could not be read, with reasons, by path."""
        rows = self._database.rows("SELECT path, reason, next_step, seen_at FROM failures ORDER BY path")
        return [Failure(*row) for row in rows]

    def put_failure(self, path: str, error: UnreadableFile) -> None:
        """Record why a file could not be read, replacing an earlier reason."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._database.execute(
            "INSERT OR REPLACE INTO failures (path, reason, next_step, seen_at) VALUES (?, ?, ?, ?)",
            (path, error.what, error.next_step, now),
        )

    def clear_failure(self, path: str) -> None:
        """Delete the failures of a file and of the articles in it: it was read, or no longer exists."""
        self._database.execute(
            "DELETE FROM failures WHERE path = ? OR substr(path, 1, length(?) + 1) = ? || '/'", (path,) * 3
        )
