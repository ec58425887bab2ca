"""Find the numbers and dates of a text and normalise them: 1,000 equals "a thousand", 2 June equals June 2."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from qa_app.language.dates import MONTH_NUMBERS

_UNITS = {
    name: n
    for n, name in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split()
    )
} | {name: 10 * n for n, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "bn": 10**9}

# In any case of a to z alone: otherwise İ counts as an i, and the match is no key of the table.
_UNIT, _SCALE = (f"(?ai:{'|'.join(words)})" for words in (_UNITS, _SCALES))
_DATE = re.compile(
    r"(?<![\d.,/-])(?:(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)|(?P<a>\d\d?)([./])(?P<b>\d\d?)\5(?P<z>\d{4}))(?!\d)"
)
_DIGITS = re.compile(
    rf"(?<![^\W_])(?<!\d[.,])(?P<digits>\d{{1,3}}(?:[,\u00a0\u202f]\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?P<decade>['’]?s)|st|nd|rd|th)?(?![^\W_])(?:[\s\u00a0-](?P<scale>{_SCALE})\b)?",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"\b(?:(?:an?\s+)(?={_SCALE})(?:{_SCALE})|(?:{_UNIT}))(?:(?:[\s-]|\s+and\s+)(?:{_UNIT}|{_SCALE}))*\b",
    re.IGNORECASE,
)
_MONTH_NAME = re.compile(rf"\b(?:{'|'.join(m.title() + '|' + m.upper() for m in MONTH_NUMBERS)})\b")


@dataclass(frozen=True)
class Number:
    """A number or a part of a date."""

    text: str
    """As written."""
    readings: frozenset[str]
    """Its possible values. Two numbers are equal if they share one: 06/07/2015 may be in June or July."""
    start: int
    end: int
    """Characters of the text, [start, end)."""


def numbers(text: str) -> list[Number]:
    """Return the numbers of a text in order, each part of a date by itself. The word "one" is skipped: it is rarely a number."""
    found: list[Number] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern in ((_date, _DATE), (_digits, _DIGITS), (_month, _MONTH_NAME), (_spelled, _SPELLED)):
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                found += [Number(match[0], readings, *match.span()) for readings in kind(match)]
    return sorted(found, key=lambda number: number.start)


def readings(found: list[Number]) -> set[str]:
    """Return the possible values of all the numbers."""
    return {reading for number in found for reading in number.readings}


def _date(match: re.Match[str]) -> Iterator[frozenset[str]]:
    if match["y"]:
        yield frozenset({_plain(match["y"])})
        yield frozenset({_month_reading(int(match["m"]))})
        yield frozenset({_plain(match["d"])})
    else:
        yield frozenset({_plain(match["z"])})
        for part in (match["a"], match["b"]):
            yield frozenset({_plain(part), _month_reading(int(part))})


def _digits(match: re.Match[str]) -> Iterator[frozenset[str]]:
    value = Decimal(re.sub(r"[,\u00a0\u202f]", "", match["digits"]))
    if match["scale"]:
        value *= _SCALES[match["scale"].lower()]
    yield frozenset({_plain(value) + ("s" if match["decade"] else "")})


def _month(match: re.Match[str]) -> Iterator[frozenset[str]]:
    yield frozenset({_month_reading(MONTH_NUMBERS[match[0].lower()])})


def _spelled(match: re.Match[str]) -> Iterator[frozenset[str]]:
    parts = [part for part in re.split(r"[\s-]+", match[0].lower()) if part not in ("a", "an", "and")]
    if parts == ["one"]:
        return
    total, current = 0, 0
    for part in parts:
        if part in _UNITS:
            current += _UNITS[part]
        elif part == "hundred":
            current = max(current, 1) * 100
        else:
            total += max(current, 1) * _SCALES[part]
            current = 0
    yield frozenset({_plain(total + current)})


def _plain(value: str | int | Decimal) -> str:
    plain = f"{Decimal(value):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _month_reading(number: int) -> str:
    return f"month {number}"
