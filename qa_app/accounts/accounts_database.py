"""The database of accounts: numbered migrations and errors."""

from embeddings.errors import START_SERVER, ArticlesError
from embeddings.storage.database import Fault
from embeddings.storage.database_place import DatabasePlace
from embeddings.storage.private_database import PrivateDatabase

# Never change a published migration: append another. Times are ISO 8601, UTC.
MIGRATIONS = (
    """
    CREATE TABLE accounts (
        id TEXT PRIMARY KEY,            -- never given twice, so that nobody inherits what another person left
        name TEXT NOT NULL,
        key TEXT NOT NULL UNIQUE,       -- the name without differences of case and of form
        role TEXT NOT NULL,
        password TEXT NOT NULL,         -- argon2id, with salt and cost
        made_at TEXT NOT NULL
    );
    CREATE TABLE sessions (
        token_sha256 BLOB PRIMARY KEY,  -- the token itself is only in the browser's cookie
        account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        made_at TEXT NOT NULL,
        used_at TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sessions_by_account ON sessions (account);
    CREATE TABLE tokens (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        token_sha256 BLOB NOT NULL UNIQUE,
        account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        role TEXT NOT NULL,             -- at most this one, whatever the account's is
        purpose TEXT NOT NULL,
        made_at TEXT NOT NULL,
        ends_at TEXT                    -- NULL: when it is removed
    );
    CREATE INDEX tokens_by_account ON tokens (account);
    CREATE TABLE label_roles (
        key TEXT PRIMARY KEY,           -- the label without differences of case
        label TEXT NOT NULL,
        role TEXT NOT NULL              -- the least role that sees articles with the label
    ) WITHOUT ROWID;
    CREATE TABLE deeds (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        name TEXT NOT NULL,             -- as it was then: the log outlives the account
        deed TEXT NOT NULL,
        what TEXT NOT NULL
    );
    """,
)


class AccountsUnusable(ArticlesError):
    """The file of accounts cannot be used; it was not changed."""


class NoSuchAccount(ArticlesError):
    """There is no account of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account {name}.", "List them: python -m qa_app users list")


class AccountsDatabase(PrivateDatabase):
    """The open database. Open it once and share it between threads."""

    def __init__(self, place: DatabasePlace | None) -> None:
        """Open the database, or create it, a file readable only by its owner; None keeps everything in memory.

        Raises:
            AccountsUnusable: it is damaged, was made by a newer program, or cannot be written.
        """
        tables = "accounts, sessions, tokens, label_roles, deeds"
        super().__init__(place, MIGRATIONS, tables, self._explained, self._unmade)

    def _explained(self, fault: Fault, details: str) -> AccountsUnusable:
        if fault is Fault.NEWER:
            return AccountsUnusable(
                f"The accounts in {self.place} were made by a newer program ({details}).", "Update this program."
            )
        if fault is Fault.DAMAGED:
            return AccountsUnusable(
                f"The accounts in {self.place} are damaged ({details}).",
                "The file was not changed: restore a backup of it, or move it away and make the accounts again.",
            )
        if fault is Fault.GONE:
            return AccountsUnusable(
                f"The file of accounts, {self.place}, was deleted or replaced while the program is running.",
                "Start the program again.",
            )
        if fault is Fault.UNREACHABLE:
            return AccountsUnusable(f"The accounts in {self.place} are out of reach ({details}).", START_SERVER)
        return AccountsUnusable(
            f"The accounts in {self.place} cannot be used ({details}).",
            "Check the file's permissions, the free disk space, and that no other program has locked the file.",
        )

    def _unmade(self, error: OSError) -> AccountsUnusable:
        return AccountsUnusable(
            f"The accounts cannot be stored in {self.place} ({error.strerror}).",
            "Check its permissions and the free disk space.",
        )
