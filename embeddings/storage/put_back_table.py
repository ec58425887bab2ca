"""The table of what people have put back: stretches of boilerplate that are read after all."""

from collections.abc import Set
from typing import NamedTuple

from embeddings.storage.database import Database
from embeddings.storage.folder_table import FOLDER_ID


class Decision(NamedTuple):
    """A stretch of a document that a person wants to be read."""

    path: str
    folder: str
    stretch: str
    """See `stretch_key`."""


class PutBackTable:
    """The part of a `Store` that keeps people's decisions. A file that is deleted and comes back still has them."""

    _database: Database

    def put_back(self, path: str, folder: str) -> frozenset[str]:
        """Return the keys (`stretch_key`) of the stretches of a document that are read."""
        rows = self._database.rows(
            f"SELECT stretch FROM put_back WHERE path = ? AND folder_id = {FOLDER_ID}", (path, folder)
        )
        return frozenset(key for (key,) in rows)

    def set_put_back(self, decision: Decision, is_read: bool) -> None:
        """Note that a stretch of a document is read, or left out again."""
        if is_read:
            statement = (
                f"INSERT INTO put_back (path, folder_id, stretch) VALUES (?, {FOLDER_ID}, ?) ON CONFLICT DO NOTHING"
            )
        else:
            statement = f"DELETE FROM put_back WHERE path = ? AND folder_id = {FOLDER_ID} AND stretch = ?"
        self._database.execute(statement, decision)

    def all_put_back(self) -> frozenset[Decision]:
        """Return all decisions."""
        rows = self._database.rows(
            "SELECT put_back.path, name, stretch FROM put_back JOIN folders ON folders.id = folder_id"
        )
        return frozenset(Decision(*row) for row in rows)

    def take_put_back(self, decisions: Set[Decision]) -> None:
        """Replace all decisions, such as by those of another build; inside a transaction.

        Documents that they change are read again.
        """
        for decision in self.all_put_back() ^ decisions:
            self.set_put_back(decision, decision in decisions)
            self._database.execute(
                f"UPDATE documents SET file_stamp = '', versions = '' WHERE path = ? AND folder_id = {FOLDER_ID}",
                (decision.path, decision.folder),
            )
