"""The accounts of a server: in the index's database, or a SQLite file beside it."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import ArticlesError
from embeddings.storage.database_place import DatabasePlace
from embeddings.storage.index_files import DatabaseBeside, is_made
from qa_app.accounts.accounts_database import AccountsDatabase, NoSuchAccount
from qa_app.accounts.clock import Clock, utc_now, written
from qa_app.accounts.deeds import Deeds
from qa_app.accounts.label_roles import LabelRoles
from qa_app.accounts.passwords import PasswordCost, Passwords, check_password
from qa_app.accounts.people import ROLES, Person, Role
from qa_app.accounts.sessions import Sessions, SessionTimes
from qa_app.accounts.tokens import Tokens

_NAME = re.compile(r"[\w.@+-]{1,64}")


class BadName(ArticlesError):
    """A name cannot be an account's, or another account has it."""


@dataclass(frozen=True)
class Account:
    """An account in the list of all accounts."""

    id: str
    name: str
    role: Role
    made_at: str
    """ISO 8601, UTC."""
    sessions: int
    tokens: int


ACCOUNTS = DatabaseBeside("articles_accounts", "accounts.sqlite3", AccountsDatabase)


def accounts_file(index: Path) -> Path:
    """Return the file of an index's accounts. Only deleting the index deletes it."""
    return index / ACCOUNTS.file


def accounts_place(index: Path) -> DatabasePlace:
    """Return where an index's accounts are kept."""
    return ACCOUNTS.place(index)


def has_accounts(index: Path) -> bool:
    """Return whether an index has a database of accounts; then everyone logs in, even if no account is left in it.

    Raises:
        DatabaseUnavailable: it is on a server that does not answer.
    """
    return is_made(accounts_place(index))


class Accounts:
    """The accounts. Open them once and share them between threads.

    Each change is one transaction, on disk when the call returns.
    """

    def __init__(
        self,
        place: DatabasePlace | None,
        cost: PasswordCost | None = None,
        times: SessionTimes | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Open the database, or create it, a file readable only by its owner; None keeps everything in memory.

        Raises:
            AccountsUnusable: it is damaged, was made by a newer program, or cannot be written.
        """
        self._database = AccountsDatabase(place)
        self._passwords = Passwords(cost or PasswordCost())
        self._clock = clock
        self.sessions = Sessions(self._database, times or SessionTimes(), clock)
        self.tokens = Tokens(self._database, clock)
        self.labels = LabelRoles(self._database)
        self.log = Deeds(self._database, clock)

    def close(self) -> None:
        self._database.close()

    def add(self, name: str, role: Role, password: str) -> None:
        """Add an account.

        Raises:
            BadName: the name has other characters than letters, digits and . _ @ + -, or is taken.
            BadPassword: the password is too short or too long.
        """
        name = checked_name(name)
        hashed = self._passwords.hashed(password)
        with self._database.changing() as database:
            if database.row("SELECT 1 FROM accounts WHERE key = ?", (_key(name),)):
                raise BadName(
                    f"There is an account {name} already.", f"Change it: python -m qa_app users password {name}"
                )
            database.execute(
                "INSERT INTO accounts (id, name, key, role, password, made_at) VALUES (?, ?, ?, ?, ?, ?)",
                (secrets.token_hex(12), name, _key(name), role.word, hashed, written(self._clock())),
            )

    def remove(self, name: str) -> None:
        """Remove an account with its sessions and tokens. Its conversations stay in their file; nobody can open them.

        Raises:
            NoSuchAccount: there is none of this name.
        """
        with self._database.changing() as database:
            if not database.execute("DELETE FROM accounts WHERE key = ?", (_key(name),)):
                raise NoSuchAccount(name)

    def set_password(self, name: str, password: str) -> None:
        """Change a password and end all sessions of the account; its tokens stay valid.

        Raises:
            NoSuchAccount: there is no account of this name.
            BadPassword: the password is too short or too long.
        """
        hashed = self._passwords.hashed(password)
        person = self.person(name)
        with self._database.changing() as database:
            database.execute("UPDATE accounts SET password = ? WHERE id = ?", (hashed, person.id))
        self.sessions.end_all(person.id)

    def change_password(self, person: Person, current: str, new: str) -> str | None:
        """Change one's own password: end all sessions, begin one and return its token; None if `current` is wrong.

        Raises:
            BadPassword: `new` is too short or too long; nothing was changed.
        """
        check_password(new)
        with self._database.reading() as database:
            stored = database.value("SELECT password FROM accounts WHERE id = ?", (person.id,))
        if not self._passwords.matches(stored, current):
            return None
        self.set_password(person.name, new)
        return self.sessions.begin(person.id)

    def set_role(self, name: str, role: Role) -> None:
        """Change a role, from the next request on.

        Raises:
            NoSuchAccount: there is no account of this name.
        """
        with self._database.changing() as database:
            if not database.execute("UPDATE accounts SET role = ? WHERE key = ?", (role.word, _key(name))):
                raise NoSuchAccount(name)

    def all(self) -> list[Account]:
        """Return all accounts, by name."""
        with self._database.reading() as database:
            rows = database.rows(
                """SELECT id, name, role, made_at, (SELECT count(*) FROM sessions WHERE account = accounts.id),
                    (SELECT count(*) FROM tokens WHERE account = accounts.id) FROM accounts ORDER BY key"""
            )
        return [Account(id, name, ROLES[role], *rest) for id, name, role, *rest in rows]

    def person(self, name: str) -> Person:
        """Return the person of an account.

        Raises:
            NoSuchAccount: there is none of this name.
        """
        with self._database.reading() as database:
            row = database.row("SELECT id, name, role FROM accounts WHERE key = ?", (_key(name),))
        if row is None:
            raise NoSuchAccount(name)
        return Person(row[0], row[1], ROLES[row[2]])

    def log_in(self, name: str, password: str) -> str | None:
        """Begin a session and return its token; None if the name or the password is wrong, both after the same time."""
        with self._database.reading() as database:
            row = database.row("SELECT id, password FROM accounts WHERE key = ?", (_key(name),))
        account, stored = row or (None, None)
        if not self._passwords.matches(stored, password) or account is None or stored is None:
            return None
        if self._passwords.is_outdated(stored):
            with self._database.changing() as database:
                # Not if the password was changed meanwhile.
                database.execute(
                    "UPDATE accounts SET password = ? WHERE id = ? AND password = ?",
                    (self._passwords.hashed(password), account, stored),
                )
        return self.sessions.begin(account)


def checked_name(name: str) -> str:
    """Return a name in the form in which it is stored.

    Raises:
        BadName: it has other characters than letters, digits and . _ @ + -, or too many.
    """
    name = unicodedata.normalize("NFKC", name)
    if not _NAME.fullmatch(name):
        raise BadName(f"{name!r} cannot be a name.", "Use up to 64 letters, digits and . _ @ + -")
    return name


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
