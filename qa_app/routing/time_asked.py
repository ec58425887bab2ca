"""Read which time a question asks about: now, or a stretch of days. English."""

import re
from dataclasses import dataclass

from qa_app.routing.periods import PERIOD, Period, period_of

_NOW = re.compile(
    r"\b(?:now(?:adays)?|currently|current|present-day|latest|newest|most\s+recent(?:ly)?|today(?:['’]s)?|these\s+days"
    r"|at\s+(?:the\s+)?(?:moment|present)|right\s+now|as\s+of\s+(?:now|today))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TimeAsked:
    """A time that a question states."""

    period: Period | None
    """None for now."""
    words: str
    """The question without the words that state it."""


def time_asked(question: str) -> TimeAsked | None:
    """Return the time that a question asks about; None if it states none."""
    for match in PERIOD.finditer(question):
        if period := period_of(match):
            return TimeAsked(period, f"{question[: match.start()]} {question[match.end() :]}")
    if now := _NOW.search(question):
        return TimeAsked(None, f"{question[: now.start()]} {question[now.end() :]}")
    return None
