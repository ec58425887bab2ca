"""Find proper names in English text by their capital letters, and classify them: person, place, time, group.

`qa_app.rewriting.mentions` uses this for the names and noun phrases of a question. `qa_app.grounding.facts` works word by word
instead, because it looks up each word in a source.
"""

import re
from collections.abc import Iterator

from qa_app.language.dates import MONTHS, WEEKDAYS, YEAR_PATTERN
from qa_app.language.nouns import Kind, is_known, is_plural, kind_of

# "Luther", "O'Brien", "J."; "Children's" only before another capital, so that "Luther's wife" gives the name "Luther".
CAPITAL_PATTERN = r"(?:[A-Z]\.|[A-Z](?:[\w-]|[’'](?!s\b)|[’'](?=s [A-Z]))*\w)"
# Any but the first word may be a single letter: "Malcolm X", "Russell T Davies".
_NEXT_PATTERN = rf"(?:{CAPITAL_PATTERN}|[A-Z]\b)"
# Particles inside a name: "University of Warsaw", "Katharina von Bora".
PARTICLES = tuple("of the de von van der du la le al bin ibn".split())
NAME_PATTERN = rf"{CAPITAL_PATTERN}(?: (?:(?:{'|'.join(PARTICLES)}|and|for) ){{0,2}}{_NEXT_PATTERN}){{0,6}}"
"""A name of at most seven capitalised words, with small words between them: "War of the Austrian Succession"."""
PLAIN_NAME_PATTERN = rf"{CAPITAL_PATTERN}(?: {_NEXT_PATTERN})*"
"""Capitalised words with only spaces between them."""

_INSIDE = re.compile(rf"(?<=[a-z,;] ){PLAIN_NAME_PATTERN}")
_CALENDAR = frozenset(name.lower() for name in (*MONTHS, *WEEKDAYS))
_TITLES = frozenset(
    "president chairman king queen mr mrs ms dr sir saint st pope emperor empress prince princess lord lady captain general "
    "professor minister chancellor archbishop bishop cardinal governor colonel duke".split()
)
GROUPS = frozenset(
    "group corporation corp inc ltd co gmbh holding bank agency committee council church academy club society association museum "
    "library school college university parliament party court system project programme program bowl war treaty act death plague "
    "centre center company league union states kingdom empire".split()
)
YEAR = re.compile(rf"{YEAR_PATTERN}s?")
# Endings of peoples and groups: "Mongols", "Huguenots", "Persians".
_PEOPLES = ("ans", "ols", "ists", "ots", "ics", "ers")
_SHORT = 5
_NUMBER = re.compile(r"[\d.,%-]+")


def names_inside(text: str) -> Iterator[re.Match[str]]:
    """Yield the names that do not begin a sentence: capitalised words after a small word, a comma or a semicolon."""
    return _INSIDE.finditer(text)


def kind_of_name(name: str, determiner: str = "") -> Kind:
    """Return the kind of a name. `determiner` is the word before it, in lower case. Most names are `Kind.UNKNOWN`."""
    lower = [word.lower().strip(".,") for word in name.split()]
    if not lower:
        return Kind.UNKNOWN
    if any(YEAR.fullmatch(word) for word in lower) and all(
        w in _CALENDAR or w.rstrip("s").isdigit() or w in ("of", "in") for w in lower
    ):
        return Kind.TIME
    if all(word[0].isdigit() for word in lower if word):
        return Kind.MEASURE
    while _NUMBER.fullmatch(lower[-1]):  # "Super Bowl 50"
        lower.pop()
    if lower[0] in _TITLES and len(lower) > 1 and "of" not in lower[:2]:
        return Kind.PERSON
    head = lower[lower.index("of") - 1] if "of" in lower[1:] else lower[-1]
    if head in _TITLES or kind_of(head) is Kind.PERSON:
        return Kind.PERSON
    if head in GROUPS:
        return Kind.THING
    if is_known(head) and kind_of(head) in (Kind.PLACE, Kind.THING):
        return kind_of(head)
    if determiner == "the":
        return Kind.MANY if is_plural(head) else Kind.THING
    return Kind.MANY if len(head) > _SHORT and head.endswith(_PEOPLES) else Kind.UNKNOWN


def kind_of_words(words: str) -> Kind:
    """Return the kind of a short answer, whether it is a name or a noun phrase."""
    bare = without_article(words).split()
    if not bare or _NUMBER.fullmatch(bare[0]):
        return Kind.MEASURE
    if words[0].isupper() and not words.lower().startswith(("the ", "a ", "an ")):
        return kind_of_name(words)
    head = re.split(r"\s+(?:of|in|for|at|to|with|that|which)\s+", " ".join(bare))[0].split()[-1]
    return kind_of(head)


def without_article(words: str) -> str:
    """Return words without a leading "the", "a" or "an"."""
    return re.sub(r"^(?:the|an?)\s+", "", words, flags=re.IGNORECASE)
