"""The time, as the tables of accounts store it."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

Clock = Callable[[], datetime]
"""Returns the current time, in UTC."""


def utc_now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(timezone.utc)


def written(time: datetime) -> str:
    """Return a time as it is stored: ISO 8601, always of one length, so that texts compare as times do."""
    return time.isoformat(timespec="microseconds")


def written_after(time: datetime, seconds: float) -> str:
    """Return the time that many seconds later, as it is stored; earlier if the number is negative."""
    return written(time + timedelta(seconds=seconds))
