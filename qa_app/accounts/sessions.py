"""Sessions: what a browser proves with a cookie after its user has logged in."""

import hashlib
import secrets
from dataclasses import dataclass

from qa_app.accounts.accounts_database import AccountsDatabase
from qa_app.accounts.clock import Clock, written, written_after
from qa_app.accounts.people import ROLES, Person

# Noting each request would write to the disk once a second for every open page.
_NOTED_EVERY_S = 60.0


@dataclass(frozen=True)
class SessionTimes:
    """When a session ends."""

    unused_s: float = 12 * 3600
    """After so long without a request."""
    longest_s: float = 7 * 24 * 3600
    """After so long, used or not."""


class Sessions:
    """The sessions of all accounts. A change is on disk when the call returns."""

    def __init__(self, database: AccountsDatabase, times: SessionTimes, clock: Clock) -> None:
        self._database = database
        self._times = times
        self._clock = clock

    @property
    def longest_s(self) -> float:
        """See `SessionTimes`."""
        return self._times.longest_s

    def begin(self, account: str) -> str:
        """Begin a session and return its token, which is not stored; sessions that have ended are deleted."""
        token, time = secrets.token_urlsafe(32), self._clock()
        with self._database.changing() as database:
            database.execute("DELETE FROM sessions WHERE made_at <= ? OR used_at <= ?", self._too_old())
            database.execute(
                "INSERT INTO sessions (token_sha256, account, made_at, used_at) VALUES (?, ?, ?, ?)",
                (digest(token), account, written(time), written(time)),
            )
        return token

    def person(self, token: str) -> Person | None:
        """Return whose session it is; None if there is no such session, or it has ended."""
        with self._database.reading() as database:
            row = database.row(
                """SELECT accounts.id, name, role, used_at FROM sessions JOIN accounts ON accounts.id = account
                WHERE token_sha256 = ? AND sessions.made_at > ? AND used_at > ?""",
                (digest(token), *self._too_old()),
            )
        if row is None:
            return None
        account, name, role, used_at = row
        if used_at < written_after(self._clock(), -_NOTED_EVERY_S):
            with self._database.changing() as database:
                database.execute(
                    "UPDATE sessions SET used_at = ? WHERE token_sha256 = ?", (written(self._clock()), digest(token))
                )
        return Person(account, name, ROLES[role])

    def end(self, token: str) -> None:
        """End one session; does nothing if it has ended."""
        with self._database.changing() as database:
            database.execute("DELETE FROM sessions WHERE token_sha256 = ?", (digest(token),))

    def end_all(self, account: str) -> None:
        """End all sessions of an account, in every browser."""
        with self._database.changing() as database:
            database.execute("DELETE FROM sessions WHERE account = ?", (account,))

    def _too_old(self) -> tuple[str, str]:
        """Return the last times at which a session that has ended was begun, and was used."""
        time = self._clock()
        return written_after(time, -self._times.longest_s), written_after(time, -self._times.unused_s)


def digest(token: str) -> bytes:
    """Return what is stored of a token. It is random and long, so that a plain hash cannot be undone."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
