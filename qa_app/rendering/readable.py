"""Format numbers and times for people."""

from collections.abc import Sequence
from datetime import datetime

from qa_app.language.dates import MONTHS


def counted(count: int, thing: str) -> str:
    """Return a number with its noun: 1 question, 2,000 questions."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Return names in a row: "a", "a and b", "a, b and c"; empty without any."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def shortened(words: str, most: int) -> str:
    """Return words cut to at most `most` characters, between two words and with an ellipsis; shorter ones as they are."""
    return words if len(words) <= most else f"{words[:most].rsplit(' ', 1)[0]} …"


def percent(share: float) -> str:
    """Return a share, 0..1, as a percentage without its sign, with a decimal for small ones: 0.0116 is 1.2, 0.7 is 70."""
    return f"{share * 100:.2g}" if share < 0.1 else f"{share * 100:.0f}"


def figure(value: float, unit: str) -> str:
    """Return a measure with its unit, one of those in `evaluation.results.Measure`."""
    return f"{number(value, unit)}{ {'share': '%', 'ms': ' ms'}.get(unit, '') }"


def number(value: float, unit: str) -> str:
    """Return a measure with as many digits as its unit needs."""
    scaled, digits = {"share": (100 * value, 1), "score": (value, 3), "ms": (value, 0)}.get(unit, (value, 2))
    return f"{scaled:.{digits}f}"


def day(moment: str) -> str:
    """Return the date of an ISO 8601 time, in the local time zone."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d")


def minute(moment: str) -> str:
    """Return an ISO 8601 time in UTC, to the minute."""
    return f"{moment[:16].replace('T', ' ')} UTC"


def day_in_words(day: str) -> str:
    """Return an ISO 8601 date as it is written: 2024-05-17 is "17 May 2024", 2024-05 "May 2024", 2024 stays."""
    year, *rest = day[:10].split("-")
    if not rest or not all(part.isdigit() for part in rest):
        return day
    month = MONTHS[min(max(int(rest[0]), 1), 12) - 1]
    return " ".join([*(str(int(part)) for part in rest[1:]), month, year])


def when(moment: str) -> str:
    """Return an ISO 8601 time in the local time zone: the time for today, else the day, with the time if it is of this year."""
    local, today = datetime.fromisoformat(moment).astimezone(), datetime.now().astimezone()
    if local.date() == today.date():
        return local.strftime("%H:%M")
    if local.year == today.year:
        return f"{local.day} {MONTHS[local.month - 1][:3]}, {local.strftime('%H:%M')}"
    return day_in_words(local.date().isoformat())
