"""The table of what people have put back: stretches of boilerplate that are read after all."""

from collections.abc import Set

from embeddings.storage.database import Database


class PutBackTable:
    """The part of a `Store` that keeps people's decisions. A file that is deleted and comes back still has them."""

    _database: Database

    def put_back(self, path: str) -> frozenset[str]:
        """Return the keys (`stretch_key`) of the stretches of a document that are read."""
        return frozenset(key for (key,) in self._database.rows("SELECT stretch FROM put_back WHERE path = ?", (path,)))

    def set_put_back(self, path: str, key: str, is_read: bool) -> None:
        """Note that a stretch of a document is read, or left out again."""
        self._database.execute("DELETE FROM put_back WHERE path = ? AND stretch = ?", (path, key))
        if is_read:
            self._database.execute("INSERT INTO put_back (path, stretch) VALUES (?, ?)", (path, key))

    def all_put_back(self) -> frozenset[tuple[str, str]]:
        """Return all decisions: (path, key)."""
        return frozenset((path, key) for path, key in self._database.rows("SELECT path, stretch FROM put_back"))

    def take_put_back(self, decisions: Set[tuple[str, str]]) -> None:
        """Replace all decisions, such as by those of another build. Documents that they change are read again."""
        with self._database.transaction():
            for path, key in self.all_put_back() ^ decisions:
                self.set_put_back(path, key, (path, key) in decisions)
                self._database.execute("UPDATE documents SET file_stamp = '', versions = '' WHERE path = ?", (path,))
