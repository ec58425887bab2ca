"""Read dates as people and programs write them."""

import re
from datetime import date

from embeddings.documents.month_names import is_weekday, month

# A word without the signs that separate it; letters with vowel signs are not all \w.
_WORD = r"[^\s\d.,;:()\[\]|/<>*_\"“”—–-]+"
_DAY = r"(?P<day>\d{1,2})(?:st\b|nd\b|rd\b|th\b|er\b|[ºª.])?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_YEAR_WORD = r"(?:\s?(?:г|р|ж)\b\.?|\s(?:года|року|жылы)\b)?"
_CLOCK = r"\d{1,2}(?:[:.h]\d{2}){1,2}(?:[.,]\d+)?(?:\s?(?:[ap]\.?m\b\.?|Uhr\b|h\b))?|\d{1,2}\s?[ap]\.?m\b\.?"
_ZONE = r"(?:\s*(?:Z\b|(?:UTC|GMT)?[+-]\d{1,2}:?(?:\d{2})?\b|\([A-Z]{2,5}\))|\s[A-Z]{2,5}\b(?!\s[A-Z]))"
_TIME_BEFORE = rf"(?:(?i:{_CLOCK}){_ZONE}?(?:,|\s+on\b)?\s+)?"
_TIME_AFTER = rf"(?:(?:T|\s*,?\s*(?:[-–—·|@]\s*|(?:at|um|kl\.?|klo|в|à)\s+)?)(?:(?i:{_CLOCK})|\d{{6}}){_ZONE}{{0,2}})?"
_WRITTEN = tuple(
    re.compile(rf"(?<!\d){form}")
    for form in (
        rf"{_YEAR}(?P<sign>[-/.])\s?(?P<month>\d{{1,2}})(?P=sign)\s?(?P<day>\d{{1,2}})(?!\d)\.?",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        rf"(?P<first>\d{{1,2}})(?P<sign>[-/.])\s?(?P<second>\d{{1,2}})(?P=sign)\s?{_YEAR}{_YEAR_WORD}",
        rf"{_DAY}[\s/-]*(?:(?:of|de|den)\s+|d['’])?(?P<name>{_WORD})\.?[,\s/-]*(?:(?:of|del?)\s+)?{_YEAR}{_YEAR_WORD}",
        rf"(?P<name>{_WORD})\.?\s+{_DAY},?\s+{_YEAR}",
        # ctime: "Sun Mar  9 10:00:00 2025", "Sun Mar 9 10:00:00 CET 2025"
        rf"(?P<name>{_WORD})\s+{_DAY}\s+\d\d:\d\d:\d\d(?:\s+[A-Z]{{2,5}})?\s+{_YEAR}",
        rf"{_YEAR}\.?\s+(?:{_WORD}\.?\s+)?(?P<name>{_WORD})\.?\s+{_DAY}(?:\s?d\b\.?)?",
        rf"{_YEAR}\s+{_WORD}\s+{_DAY}[\s-]+(?P<name>{_WORD})",
        r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]?",
        rf"(?:ngày\s+)?(?P<day>\d{{1,2}})\s+tháng\s+(?P<month>\d{{1,2}})(?:\s*,|\s+năm)?\s+{_YEAR}",
    )
)
_ARTICLE = r"(?i:(?:the|on|le|el|am|den|der|il)\s+)?"
_BEFORE = re.compile(rf"{_TIME_BEFORE}{_ARTICLE}(?:(?P<weekday>{_WORD}(?:-{_WORD})?)(?P<mark>\.?,|\.)?\s+)?")
_AFTER = re.compile(rf"(?:,?\s+\(?(?P<weekday>{_WORD})\)?(?!\S))?{_TIME_AFTER}")
# Earlier and later numbers of four digits are years of other calendars, or no years.
_YEARS = range(1500, 2200)
_LONGEST = 60


def parse_date(words: str) -> str | None:
    """Return a date in ISO 8601, or None if `words` are not a date or an ambiguous one such as 05/06/2024.

    There may be a day of the week before it, and a time of day.
    """
    words = " ".join(words.split()).rstrip(".")
    if len(words) > _LONGEST:
        return None
    found = match_date(words)
    return found[0] if found and not words[found[1] :].strip(" .") else None


def match_date(text: str, start: int = 0, end: int | None = None) -> tuple[str, int] | None:
    """Return the date at `start` in ISO 8601 and where it ends, its time of day included; None if no date begins there."""
    end = min(len(text) if end is None else end, start + _LONGEST)
    line = text[start:end].split("\n", 1)[0]
    if not re.search(r"\d{4}", line):
        return None
    before = _BEFORE.match(line)
    starts = {0: True}
    if before and before.end():
        # After a time of day; then also after the day of the week.
        starts[before.start("weekday") if before["weekday"] else before.end()] = True
        starts.setdefault(before.end(), False)
    for position, sure in starts.items():
        for form in _WRITTEN:
            if (match := form.match(line, position)) and (day := _day(match)):
                return (day, start + _tail(line, match.end())) if sure or _is_weekday(before) else None
    return None


def _is_weekday(before: re.Match[str] | None) -> bool:
    """Return whether the word before a date is a day of the week. A short one may be another word, unless a sign sets it off."""
    word = before["weekday"] if before else ""
    return before is not None and is_weekday(word) and (len(word) > 3 or bool(before["mark"]) or word[:1].isupper())


def _tail(line: str, position: int) -> int:
    """Return where the time of day and the day of the week after a date end."""
    after = _AFTER.match(line, position)
    if after and (after["weekday"] is None or is_weekday(after["weekday"])):
        return after.end()
    time = re.compile(_TIME_AFTER).match(line, position)
    return time.end() if time else position


def _day(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if groups.get("name"):
        number, day = month(groups["name"]), int(groups["day"])
    elif groups.get("first"):
        one, two = int(groups["first"]), int(groups["second"])
        if groups["sign"] != "." and one <= 12 and two <= 12 and one != two:
            return None  # day and month, or month and day
        # Dots are written only between day, month and year in this order.
        day, number = (one, two) if groups["sign"] == "." or two <= 12 else (two, one)
    else:
        number, day = int(groups["month"]), int(groups["day"])
    if number is None or int(groups["year"]) not in _YEARS:
        return None
    try:
        return date(int(groups["year"]), number, day).isoformat()
    except ValueError:
        return None
