"""The table of the folders that an index is made from."""

import json
from datetime import datetime, timezone
from pathlib import Path

from embeddings.folders import Folder
from embeddings.patterns import Patterns
from embeddings.storage.database import Database

FOLDER_ID = "(SELECT id FROM folders WHERE name = ?)"
"""A folder's id in SQL, from its name."""
NAMED_DOCUMENTS = "documents JOIN named_folders ON named_folders.id = folder_id"
"""The documents with the column `folder`: the name of each one's folder, as readers are told."""
AT_ADDRESS = (
    "path = ?1 AND (folder_id = (SELECT id FROM folders WHERE name = ?2) OR ?2 IS NULL) ORDER BY folder_id LIMIT 1"
)
"""A condition on `documents`, for the two values of an `Address`."""


class FolderTable:
    """The part of a `Store` that knows the folders."""

    _database: Database

    def folders(self) -> list[Folder]:
        """Return the folders, in the order in which they were added."""
        rows = self._database.rows("SELECT name, path, include, exclude, away_since FROM folders ORDER BY id")
        return [
            Folder(name, Path(path), Patterns(tuple(json.loads(include)), tuple(json.loads(exclude))), away_since)
            for name, path, include, exclude, away_since in rows
        ]

    def put_folder(self, folder: Folder) -> None:
        """Add a folder, or change the path and the patterns of the one with its name."""
        patterns = folder.patterns
        self._database.execute(
            """INSERT INTO folders (name, path, include, exclude) VALUES (?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET path = excluded.path, include = excluded.include, exclude = excluded.exclude""",
            (folder.name, str(folder.path.absolute()), *map(json.dumps, (patterns.include, patterns.exclude))),
        )

    def rename_folder(self, name: str, new_name: str) -> None:
        self._database.execute("UPDATE folders SET name = ? WHERE name = ?", (new_name, name))

    def set_away(self, name: str, is_away: bool) -> None:
        """Note that a folder cannot be read, since now unless that was noted before; or that it can."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds") if is_away else None
        self._database.execute(
            "UPDATE folders SET away_since = ? WHERE name = ? AND (away_since IS NULL) = ?", (now, name, is_away)
        )
