"""Read a stretch of days in a question: "in March 2025", "since 2019", "between 2020 and 2022", "on 3 May 2024". English."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from embeddings.documents.dates import parse_date
from embeddings.scope import Scope
from qa_app.language.dates import MONTH_NUMBERS

# "a": in any case of a to z alone. Otherwise ſ counts as an s, and the match is no month.
_MONTH = rf"(?ai:{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})\.?"
_DAY = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+\d{{4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}\.\d{{1,2}}\.\d{{4}})"
)
_SPAN = rf"(?:{_DAY}|{_MONTH},?\s+(?:of\s+)?\d{{4}}|\d{{4}}-\d\d|(?:the\s+year\s+)?\d{{4}})"
PERIOD = re.compile(
    rf"(?:between\s+(?P<first>{_SPAN})\s+and|from\s+(?P<from>{_SPAN})\s+(?:to|until|till|through))\s+(?P<last>{_SPAN})"
    rf"|(?P<word>in|on|of|from|during|since|after|before|until|till|by|dated)\s+(?:the\s+)?(?P<span>{_SPAN})",
    re.IGNORECASE,
)
"""A period with its preposition."""
_YEAR_MONTH = re.compile(r"(\d{4})-(\d\d)")
_MONTH_YEAR = re.compile(rf"(?P<month>{_MONTH}),?\s+(?:of\s+)?(?P<year>\d{{4}})", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """Days, ISO 8601, both included; None is open."""

    after: str | None
    before: str | None

    @property
    def is_day(self) -> bool:
        """Whether it is a single day."""
        return self.after is not None and self.after == self.before


def limited(scope: Scope, period: Period | None) -> Scope:
    """Return a scope that is also limited to a period."""
    return scope.narrowed(period.after, period.before) if period else scope


def period_of(match: re.Match[str]) -> Period | None:
    """Return the days of a match of `PERIOD`; None if there are no such days."""
    if match["last"]:
        first, last = _days(match["first"] or match["from"]), _days(match["last"])
        return Period(first[0], last[1]) if first and last else None
    days = _days(match["span"])
    if days is None:
        return None
    word = match["word"].lower()
    if word == "since":
        return Period(days[0], None)
    if word == "after":
        return Period(shifted(days[1], 1), None)
    if word in ("before", "until", "till", "by"):
        return Period(None, shifted(days[0], -1) if word == "before" else days[1])
    return Period(*days)


def _days(words: str) -> tuple[str, str] | None:
    """Return the first and last day of a day, month or year."""
    words = " ".join(words.lower().removeprefix("the year ").split())
    if words.isdigit() and len(words) == 4:
        return f"{words}-01-01", f"{words}-12-31"
    if found := _YEAR_MONTH.fullmatch(words):
        return _month(int(found[1]), int(found[2]))
    if found := _MONTH_YEAR.fullmatch(words):
        return _month(int(found["year"]), MONTH_NUMBERS[found["month"].rstrip(".")])
    day = parse_date(words)
    return (day, day) if day else None


def _month(year: int, month: int) -> tuple[str, str] | None:
    if not (1 <= month <= 12 and year):
        return None
    return f"{year:04}-{month:02}-01", f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}"


def shifted(day: str, days: int) -> str:
    """Return the day, ISO 8601, that is `days` after this one."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
