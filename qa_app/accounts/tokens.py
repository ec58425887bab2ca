"""Tokens: what a program proves with the header `Authorization: Bearer …`."""

import secrets
from dataclasses import dataclass

from embeddings.errors import ArticlesError
from qa_app.accounts.accounts_database import AccountsDatabase
from qa_app.accounts.clock import Clock, written, written_after
from qa_app.accounts.people import ROLES, Person, Role
from qa_app.accounts.sessions import digest

# So that people and scanners recognise it in the wrong place.
_PREFIX = "articles_"
_DAY_S = 24 * 3600


class NoSuchToken(ArticlesError):
    """There is no token of this number."""


@dataclass(frozen=True)
class Token:
    """A token in the list of all tokens."""

    number: int
    name: str
    """Of its account."""
    role: Role
    purpose: str
    made_at: str
    """ISO 8601, UTC."""
    ends_at: str | None
    """Likewise; None if it is valid until it is removed."""


class Tokens:
    """The tokens of all accounts. A change is on disk when the call returns."""

    def __init__(self, database: AccountsDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def make(self, account: str, role: Role, purpose: str, days: float | None) -> str:
        """Make a token and return it; only its hash is stored.

        Args:
            account: the id of the account for which it acts.
            role: the most that it may do, also if the account may do more.
            purpose: a few words, for the list.
            days: how long it is valid; None until it is removed.
        """
        token, time = f"{_PREFIX}{secrets.token_urlsafe(32)}", self._clock()
        with self._database.changing() as database:
            database.execute(
                "INSERT INTO tokens (token_sha256, account, role, purpose, made_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    digest(token),
                    account,
                    role.word,
                    purpose,
                    written(time),
                    None if days is None else written_after(time, days * _DAY_S),
                ),
            )
        return token

    def person(self, token: str) -> Person | None:
        """Return for whom a token acts, with the lower of both roles; None if there is no such token, or it has ended."""
        with self._database.reading() as database:
            row = database.row(
                """SELECT accounts.id, name, accounts.role, tokens.role FROM tokens
                JOIN accounts ON accounts.id = account
                WHERE token_sha256 = ? AND (ends_at IS NULL OR ends_at > ?)""",
                (digest(token), written(self._clock())),
            )
        if row is None:
            return None
        account, name, own, given = row
        return Person(account, name, min(ROLES[own], ROLES[given]))

    def all(self) -> list[Token]:
        """Return all tokens, oldest first."""
        with self._database.reading() as database:
            rows = database.rows(
                """SELECT tokens.id, name, tokens.role, purpose, tokens.made_at, ends_at
                FROM tokens JOIN accounts ON accounts.id = account ORDER BY tokens.id"""
            )
        return [Token(number, name, ROLES[role], *rest) for number, name, role, *rest in rows]

    def remove(self, number: int) -> None:
        """Remove a token; it is refused from now on.

        Raises:
            NoSuchToken: there is none of this number.
        """
        with self._database.changing() as database:
            if not database.execute("DELETE FROM tokens WHERE id = ?", (number,)):
                raise NoSuchToken(f"There is no token {number}.", "List them: python -m qa_app users tokens")
