"""Accounts whose passwords cost little to check, at a time that the test sets."""

from datetime import datetime, timedelta, timezone

from embeddings.storage.database_place import DatabasePlace
from qa_app.accounts import Accounts, PasswordCost

FAST = PasswordCost(passes=1, memory_kib=8, threads=1)
PASSWORD = "correct horse battery"


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.time

    def pass_s(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def fast_accounts(place: DatabasePlace | None = None, clock: SetClock | None = None) -> Accounts:
    return Accounts(place, FAST, clock=clock or SetClock())
