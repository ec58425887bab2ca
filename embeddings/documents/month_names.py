"""Names of months and weekdays in many languages, from Unicode's CLDR."""

import re
from functools import lru_cache
from typing import Literal

# Languages with much written in them. Rarer ones have short names that are other languages' words ("may" is November in Basaa).
_LANGUAGES = """
    en af ar ar_DZ ar_LB az be bg bn bs ca cs cy da de de_AT el es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it
    ka kk km kn ky lb lo lt lv mk ml mn mr ms mt my ne nl no pa pl pt ro ru si sk sl sq sr sr_Latn sv sw ta te tg th tk tr
    tt uk ur uz uz_Cyrl vi
"""


_FORMS: tuple[tuple[Literal["wide", "abbreviated"], Literal["format", "stand-alone"]], ...] = (
    ("wide", "format"), ("wide", "stand-alone"), ("abbreviated", "format"), ("abbreviated", "stand-alone"),
)  # fmt: skip
_ENGLISH = "january february march april may june july august september october november december".split()


def month(word: str) -> int | None:
    """Return the number of the month that a word names, None for any other word.

    A name that means different months in different languages is none: "listopad" is October in Croatian, November in
    Polish and Czech.
    """
    folded = _folded(word)
    for number, name in enumerate(_ENGLISH, 1):
        if folded in (name, name[:3]):
            return number
    # Hebrew writes "in" as a first letter of the month's name.
    return _months().get(folded) or _months().get(folded.removeprefix("ב"))


def is_weekday(word: str) -> bool:
    """Return whether a word names a day of the week."""
    return _folded(word) in _weekdays()


def _folded(word: str) -> str:
    # Turkish "İ" lower-cases to two characters, of which the second is a mere dot.
    return word.casefold().replace("\u0307", "").rstrip(".")


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    # Read when a name is met that is not English: it takes half a second.
    from babel.dates import get_month_names

    numbers: dict[str, set[int]] = {}
    for locale in _LANGUAGES.split():
        for width, context in _FORMS:
            for number, name in get_month_names(width, context, locale).items():
                # "de març", "d’abril": the preposition is no part of the name.
                numbers.setdefault(re.sub(r"^d(?:e |['’])", "", _folded(name)), set()).add(number)
    named = {name: found.pop() for name, found in numbers.items() if len(found) == 1 and not name[-1:].isdigit()}
    return named | {"sept": 9}


@lru_cache(maxsize=1)
def _weekdays() -> frozenset[str]:
    from babel.dates import get_day_names

    names = (
        name
        for locale in _LANGUAGES.split()
        for width, context in _FORMS
        for name in get_day_names(width, context, locale).values()
    )
    return frozenset(_folded(name) for name in names)
