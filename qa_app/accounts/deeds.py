"""The audit log: who asked, added or removed, and when. What was asked is not in it."""

from dataclasses import dataclass

from qa_app.accounts.accounts_database import AccountsDatabase
from qa_app.accounts.clock import Clock, written

_MOST_CHARACTERS = 500


@dataclass(frozen=True)
class Deed:
    """A line of the log."""

    at: str
    """ISO 8601, UTC."""
    name: str
    """Of the account at that time; that of a failed log-in need not exist."""
    deed: str
    what: str


class Deeds:
    """The log. A line is on disk when the call returns."""

    def __init__(self, database: AccountsDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def note(self, name: str, deed: str, what: str = "") -> None:
        """Add a line."""
        with self._database.changing() as database:
            database.execute(
                "INSERT INTO deeds (at, name, deed, what) VALUES (?, ?, ?, ?)",
                (written(self._clock()), name[:_MOST_CHARACTERS], deed, what[:_MOST_CHARACTERS]),
            )

    def last(self, count: int) -> list[Deed]:
        """Return the last lines, oldest first."""
        with self._database.reading() as database:
            rows = database.rows("SELECT at, name, deed, what FROM deeds ORDER BY number DESC LIMIT ?", (count,))
        return [Deed(*row) for row in reversed(rows)]
