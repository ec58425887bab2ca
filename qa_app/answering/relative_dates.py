"""Say which day "yesterday" or "on Monday" is in a quote, by the date of its article. English."""

import re
from datetime import date, timedelta

from embeddings.documents.blocks import Span
from qa_app.language.dates import WEEKDAYS
from qa_app.rendering.readable import day_in_words
from qa_app.routing.number_words import NUMBER_WORD, number_of

_DAYS = {
    "yesterday": -1,
    "last night": -1,
    "today": 0,
    "tonight": 0,
    "this morning": 0,
    "this evening": 0,
    "tomorrow": 1,
}
_WEEKDAY = "|".join(WEEKDAYS)
_RELATIVE = re.compile(
    # "a": in any case of a to z alone. Otherwise ſ counts as an s, and the match is no key of the table.
    rf"\b(?ai:(?P<day>{'|'.join(_DAYS)})"
    rf"|(?P<count>\d{{1,3}}|an?|{NUMBER_WORD})\s+(?P<unit>day|week|month|year)s?\s+ago"
    rf"|(?P<which>last|this|next)\s+(?P<span>week|month|year)"
    # "from Monday to Friday", "every Monday" and "Mondays" are no single day.
    rf"|(?<!every )(?<!each )(?<!from )(?<!to )(?P<weekday>{_WEEKDAY})(?!\s*(?:to|through|until|and|or|[-–])\s*(?:{_WEEKDAY})))\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|shall|would|next|coming|going\s+to|is\s+to|are\s+to|until|from|plan(?:s|ned)?|due)\b", re.IGNORECASE
)
_MONTHS = 12


def days_meant(sentence: str, published: str) -> set[str]:
    """Return the days, ISO 8601, that a sentence of an article with this date calls "yesterday", "on Monday", "three days ago"."""
    is_ahead, day = _AHEAD.search(sentence) is not None, _day(published)
    meant = [_day_meant(match, day, is_ahead=is_ahead) for match in _RELATIVE.finditer(sentence)] if day else []
    return {each.isoformat() for each in meant if each}


def relative_date(sentence: str, short: Span, published: str) -> str | None:
    """Return what the relative date in a short answer is: "“Monday” is 3 March 2025, …"; None if there is none.

    Args:
        sentence: the short answer's, which tells whether a weekday is ahead.
        short: the short answer, [start, end) in characters of the sentence.
        published: the date of the article, ISO 8601.
    """
    day = _day(published)
    for match in _RELATIVE.finditer(sentence):
        if day and match.start() < short[1] and short[0] < match.end():
            meant = _day_meant(match, day, is_ahead=_AHEAD.search(sentence) is not None)
            words = day_in_words(meant.isoformat()) if meant else _span_meant(match, day)
            return f"“{match[0]}” is {words}, as the article is of {day_in_words(day.isoformat())}."
    return None


def _day(published: str) -> date | None:
    try:
        return date.fromisoformat(published)
    except ValueError:  # a month or a year alone
        return None


def _day_meant(match: re.Match[str], published: date, *, is_ahead: bool) -> date | None:
    """Return the day of a match of `_RELATIVE`; None if it is a longer time."""
    if match["day"]:
        return published + timedelta(days=_DAYS[match["day"].lower()])
    if match["weekday"]:
        weekday = [name.lower() for name in WEEKDAYS].index(match["weekday"].lower())
        days = (weekday - published.weekday()) % 7 if is_ahead else -((published.weekday() - weekday) % 7)
        return published + timedelta(days=days)
    return published - timedelta(days=_count(match)) if (match["unit"] or "").lower() == "day" else None


def _span_meant(match: re.Match[str], published: date) -> str:
    if match["span"]:
        return _span(match["span"].lower(), {"last": -1, "this": 0, "next": 1}[match["which"].lower()], published)
    return _span(match["unit"].lower(), -_count(match), published)


def _count(match: re.Match[str]) -> int:
    return 1 if match["count"].lower() in ("a", "an") else number_of(match["count"])


def _span(unit: str, count: int, published: date) -> str:
    """Return the week, month or year that is `count` after the one of `published`."""
    if unit == "year":
        return str(published.year + count)
    if unit == "month":
        year, month = divmod(published.year * _MONTHS + published.month - 1 + count, _MONTHS)
        return day_in_words(f"{year:04}-{month + 1:02}")
    monday = published + timedelta(days=-published.weekday(), weeks=count)
    return f"the week of {day_in_words(monday.isoformat())}"
