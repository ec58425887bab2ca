"""Show a spreadsheet's number or date as its number format does, with a decimal point.

Follows ECMA-376 part 1, section 18.8.31. Dates in the format of the reader's own country are written `2024-03-05`. Names of months are in the
language that the format states, otherwise English.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from locale import windows_locale
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_month_names

_TOKEN = re.compile(
    r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|E[+-]|General|AM/PM|A/P|(?:y+|m+|d+|h+|s+|e+)(?:\.0+)?|[0#?]+|.',
    re.IGNORECASE | re.DOTALL,
)
_SYSTEM_DATES = ("mm-dd-yy", "m/d/yy", "m/d/yyyy", "mm/dd/yyyy", "m/d/yy h:mm", "m/d/yyyy h:mm")
"""How files write the formats 14 and 22, which programs show as the reader's country does."""
_SYSTEM_MARKS = ("[$-F800]", "[$-F400]", "[$-X-SYSDATE]", "[$-X-SYSTIME]")
_ENGLISH = "en_US"
_LONGEST_FORMAT = 255
_ROUNDING = Context(prec=1000, rounding=ROUND_HALF_UP)
"""Room for the 309 digits of the largest number, the decimals that a format can ask for, and percents."""


def shown(value: object, number_format: str) -> str:
    """Return what a person sees in a cell with this value and number format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        return _shown_date(value, number_format)
    if isinstance(value, int | float):
        if isinstance(value, int) and number_format == "General":
            return str(general(Decimal(value)) if abs(value) >= 10**15 else value)
        return _shown_number(value, number_format)
    return str(value)


@dataclass(frozen=True)
class _Section:
    """One of the parts of a number format that semicolons separate."""

    tokens: tuple[str, ...]
    condition: tuple[str, Decimal] | None
    language: str
    """Locale of the names of months and days."""


@lru_cache(maxsize=1024)
def _sections(number_format: str) -> tuple[_Section, ...]:
    if len(number_format) > _LONGEST_FORMAT:
        number_format = "General"
    sections: list[_Section] = []
    tokens: list[str] = []
    condition: tuple[str, Decimal] | None = None
    language = _ENGLISH
    for token in [*_TOKEN.findall(number_format), ";"]:
        if token == ";":
            sections.append(_Section(tuple(tokens), condition, language))
            tokens, condition, language = [], None, _ENGLISH
        elif comparison := re.fullmatch(r"\[([<>=]{1,2})(-?\d+(?:\.\d+)?)\]", token):
            condition = comparison[1], Decimal(comparison[2])
        elif currency := re.fullmatch(r"\[\$([^-\]]*)(?:-([0-9A-Fa-f]+))?\]", token):
            language = _language(int(currency[2], 16) & 0xFFFF) if currency[2] else language
            tokens.append(f'"{currency[1]}"')
        elif not token.startswith("[") or re.fullmatch(r"\[[hms]+\]", token, re.IGNORECASE):  # others are colours
            tokens.append(token)
    return tuple(sections)


@lru_cache
def _language(number: int) -> str:
    """Return the locale with Windows's `number`; English where Unicode's data has no such locale."""
    name = windows_locale.get(number, _ENGLISH)
    try:
        return _ENGLISH if name.startswith("en") else str(Locale.parse(name))
    except (UnknownLocaleError, ValueError):
        return _ENGLISH


def _literal(token: str) -> str | None:
    """Return the text that a token stands for; None if it stands for digits, or parts of a date."""
    if token.startswith('"'):
        return token.strip('"')
    if token.startswith("\\"):
        return token[1:]
    if token.startswith("_"):  # a space as wide as the next character
        return " "
    if token.startswith("*"):  # fills the cell's width
        return ""
    return None


def _shown_number(value: float, number_format: str) -> str:
    try:
        number = Decimal(repr(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    sections = _sections(number_format)
    section, signed = _section_for(number, sections)
    words = _filled(section.tokens, abs(number))
    negative = number < 0 and signed and any(digit in "123456789" for digit in words)
    return ("-" + words if negative else words).strip()


def _section_for(number: Decimal, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """Return the section for a number, and whether a minus sign goes before it."""
    if any(section.condition for section in sections):
        for section in sections[:3]:
            if section.condition is None or _holds(number, *section.condition):
                return section, True
        return sections[-1], True
    if number < 0 and len(sections) > 1:
        return sections[1], False
    if number == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


def _holds(number: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }.get(sign, False)


def _filled(tokens: tuple[str, ...], number: Decimal) -> str:
    """Return a section with the digits of a number, which is not negative, in the places for them."""
    places = [n for n, token in enumerate(tokens) if token[0] in "0#?"]
    if not places:
        return "".join(
            general(number)
            if token.lower() in ("general", "@")
            else token
            if (words := _literal(token)) is None
            else words
            for token in tokens
        )
    first, last = places[0], places[-1]
    if "/" in tokens[first:last]:
        return _fraction(tokens, number, places)
    number *= Decimal(100) ** tokens.count("%")
    exponent = next((n for n, token in enumerate(tokens) if token in ("E+", "E-", "e+", "e-")), None)
    point = tokens.index(".") if "." in tokens[:exponent] else None
    whole = [n for n in places if n < (len(tokens) if point is None else point) and (exponent is None or n < exponent)]
    decimals = "".join(
        tokens[n] for n in places if point is not None and n > point and (exponent is None or n < exponent)
    )
    power = 0
    if exponent is not None and number:
        power = number.adjusted()
        number = number.scaleb(-power)
    after = last + 1
    # A comma after the last digit divides by a thousand.
    while point is None and after < len(tokens) and tokens[after] == ",":
        number /= 1000
        after += 1
    grouped = "," in tokens[first : (whole or [first])[-1]]
    digits, _, rest = f"{number.quantize(Decimal(1).scaleb(-len(decimals)), context=_ROUNDING):f}".partition(".")
    shortest = len(decimals.rstrip("#"))
    rest = rest[:shortest] + rest[shortest:].rstrip("0")
    pieces = _whole_digits(tokens, whole, "" if digits == "0" else digits, grouped)
    result = ""
    for n, token in enumerate(tokens):
        words = _literal(token)
        if words is not None:
            result += words
        elif n in pieces:
            result += pieces[n]
        elif n == point:
            result += "." + rest if rest else ""
        elif n == exponent:
            width = sum(len(tokens[place]) for place in places if place > n)
            sign = "-" if power < 0 else "+" if token[1] == "+" else ""
            result += f"E{sign}{abs(power):0{width}}"
        elif token[0] not in "0#?,":
            result += token
    return result


def _whole_digits(tokens: tuple[str, ...], places: list[int], digits: str, grouped: bool) -> dict[int, str]:
    """Return the digits before the point for each place for digits, filled from the right; the first place takes what is left."""
    pieces: dict[int, str] = {}
    count = 0
    for place in reversed(places):
        piece = ""
        marks = tokens[place]
        wanted = len(digits) if place == places[0] else min(len(marks), len(digits))
        taken = digits[len(digits) - wanted :]
        digits = digits[: len(digits) - wanted]
        zeros = marks[: max(0, len(marks) - len(taken))].count("0")
        for digit in reversed("0" * zeros + taken):
            piece = digit + ("," if grouped and count and count % 3 == 0 else "") + piece
            count += 1
        pieces[place] = piece
    return pieces


def _fraction(tokens: tuple[str, ...], number: Decimal, places: list[int]) -> str:
    slash = tokens.index("/", places[0])
    after = "".join(tokens[slash + 1 :]).strip()
    over = re.match(r"\d+", after)
    if over and over[0].strip("0"):
        fraction = Fraction(round(number * int(over[0])), int(over[0]))
        bottom = int(over[0])
    else:
        fraction = Fraction(number).limit_denominator(10 ** min(len(re.match(r"[0#?]*", after)[0]), 4) - 1 or 1)  # type: ignore[index]
        bottom = fraction.denominator
    top = int(fraction * bottom)
    mixed = sum(1 for n in places if n < slash) > 1
    if not mixed:
        return f"{top}/{bottom}"
    whole, top = divmod(top, bottom)
    return " ".join(([str(whole)] if whole or not top else []) + ([f"{top}/{bottom}"] if top else []))


def general(number: Decimal) -> str:
    """Return a number as cells without a format show it: whole numbers in full, others in 10 digits."""
    if number == int(number) and abs(number) < 10**15:
        return str(int(number))
    return f"{float(number):.10g}".upper()


@lru_cache(maxsize=4096)  # the days of a column repeat
def _shown_date(value: datetime | date | time | timedelta, number_format: str) -> str:
    section = _sections(number_format)[0]
    system = number_format.split(";")[0] in _SYSTEM_DATES or any(
        mark in number_format.upper() for mark in _SYSTEM_MARKS
    )
    if system:
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, date):
            return value.isoformat()
    return _DatePieces(value, section).words()


class _DatePieces:
    """Writes a date or a time by the tokens of a format."""

    def __init__(self, value: datetime | date | time | timedelta, section: _Section) -> None:
        self._day = value if isinstance(value, date) else None
        self._tokens = section.tokens
        self._language = section.language
        if isinstance(value, timedelta):
            self._seconds = value.total_seconds()
        elif isinstance(value, datetime | time):
            self._seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        else:
            self._seconds = 0.0
        self._half = any(token.upper() in ("AM/PM", "A/P") for token in section.tokens)

    def words(self) -> str:
        pieces: list[str] = []
        parts = [token.lower() for token in self._tokens]
        for n, token in enumerate(self._tokens):
            words = _literal(token)
            if words is None:
                before = next((part for part in reversed(parts[:n]) if part[0] in "hyds["), "")
                after = next((part for part in parts[n + 1 :] if part[0] in "hydsm["), "")
                minutes = before.strip("[")[:1] == "h" or after.strip("[")[:1] == "s"
                words = self._part(token, minutes=minutes)
            pieces.append(words)
        return "".join(pieces).strip()

    def _part(self, token: str, *, minutes: bool) -> str:
        seconds = abs(self._seconds)
        key = token.lower()
        if key in ("am/pm", "a/p"):
            return ("AM" if seconds < 43200 else "PM")[: 2 if key == "am/pm" else 1]
        if key.startswith("["):
            unit = {"h": 3600, "m": 60, "s": 1}[key[1]]
            return ("-" if self._seconds < 0 else "") + f"{int(seconds // unit):0{len(key) - 2}}"
        letter, length = key[0], len(key)
        if letter == "h":
            hours = int(seconds // 3600) % 24
            return f"{(hours - 1) % 12 + 1 if self._half else hours:0{min(length, 2)}}"
        if letter == "s":
            whole, _, decimals = key.partition(".")
            shown = f"{seconds % 60:0{len(decimals) + 3}.{len(decimals)}f}" if decimals else f"{int(seconds % 60):02}"
            return shown if len(whole) > 1 else shown.removeprefix("0")
        if letter == "m" and minutes:
            return f"{int(seconds // 60) % 60:0{min(length, 2)}}"
        if letter in "ymde" and self._day is not None:
            return _day_part(self._day, letter, length, self._language)
        return "" if letter in "ymde@" or key == "general" else token


def _day_part(day: date, letter: str, length: int, language: str) -> str:
    if letter in "ye":
        return f"{day.year % 100:02}" if letter == "y" and length < 3 else str(day.year)
    number = day.month if letter == "m" else day.day
    if length < 3:
        return f"{number:0{length}}"
    width: Literal["abbreviated", "wide"] = "abbreviated" if length == 3 else "wide"
    names = get_month_names(width, locale=language) if letter == "m" else get_day_names(width, locale=language)
    name = str(names[day.month if letter == "m" else day.weekday()])
    return name[0] if length == 5 else name
