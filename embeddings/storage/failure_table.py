"""The table of files that could not be read."""

from datetime import datetime, timezone

from embeddings.errors import UnreadableFile
from embeddings.storage.database import Database
from embeddings.storage.folder_table import FOLDER_ID
from embeddings.storage.rows import Failure


class FailureTable:
    """The part of a `Store` that records which files could not be read, and why."""

    _database: Database

    def failures(self) -> list[Failure]:
        """Return the files that could not be read, with reasons, by path."""
        rows = self._database.rows(
            """SELECT path, reason, next_step, seen_at, folder
            FROM failures JOIN named_folders ON named_folders.id = folder_id ORDER BY path, folder_id"""
        )
        return [Failure(*row) for row in rows]

    def failed_paths(self, folder: str) -> list[str]:
        """Return the paths of a folder's files that could not be read."""
        rows = self._database.rows(f"SELECT path FROM failures WHERE folder_id = {FOLDER_ID}", (folder,))
        return [path for (path,) in rows]

    def put_failure(self, path: str, folder: str, error: UnreadableFile) -> None:
        """Record why a file could not be read, replacing an earlier reason."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._database.execute(
            f"""INSERT INTO failures (path, folder_id, reason, next_step, seen_at) VALUES (?, {FOLDER_ID}, ?, ?, ?)
            ON CONFLICT (folder_id, path) DO UPDATE
            SET reason = excluded.reason, next_step = excluded.next_step, seen_at = excluded.seen_at""",
            (path, folder, error.what, error.next_step, now),
        )

    def clear_failure(self, path: str, folder: str) -> None:
        """Delete the failures of a file and of the articles in it: it was read, or no longer exists."""
        self._database.execute(
            f"""DELETE FROM failures
            WHERE folder_id = {FOLDER_ID} AND (path = ?2 OR substr(path, 1, length(?2) + 1) = ?2 || '/')""",
            (folder, path),
        )
