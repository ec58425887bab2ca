"""What a proper name names, by its words: a person, a place, a time, or a group or other thing. English."""

import re

from qa_app.rewriting.nouns import Kind, is_known, is_plural, kind_of

MONTHS = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday thursday "
    "friday saturday sunday".split()
)
_TITLES = frozenset(
    "president chairman king queen mr mrs ms dr sir saint st pope emperor empress prince princess lord lady captain general "
    "professor minister chancellor archbishop bishop cardinal governor colonel duke".split()
)
GROUPS = frozenset(
    "group corporation corp inc ltd co gmbh holding bank agency committee council church academy club society association museum "
    "library school college university parliament party court system project programme program bowl war treaty act death plague "
    "centre center company league union states kingdom empire".split()
)
YEAR = re.compile(r"(?:1\d|20)\d\ds?")
# Endings of what names many: "Mongols", "Huguenots", "Persians".
_PEOPLES = ("ans", "ols", "ists", "ots", "ics", "ers")
_SHORT = 5
_NUMBER = re.compile(r"[\d.,%-]+")


def kind_of_name(name: str, determiner: str = "") -> Kind:
    """Return what a name names, `determiner` being the word before it in lower case; most names could be anything."""
    lower = [word.lower().strip(".,") for word in name.split()]
    if not lower:
        return Kind.UNKNOWN
    if any(YEAR.fullmatch(word) for word in lower) and all(
        w in MONTHS or w.rstrip("s").isdigit() or w in ("of", "in") for w in lower
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
    """Return what an answer's few words name, whether they are a name or begin with an article."""
    bare = without_article(words).split()
    if not bare or _NUMBER.fullmatch(bare[0]):
        return Kind.MEASURE
    if words[0].isupper() and not words.lower().startswith(("the ", "a ", "an ")):
        return kind_of_name(words)
    head = re.split(r"\s+(?:of|in|for|at|to|with|that|which)\s+", " ".join(bare))[0].split()[-1]
    return kind_of(head)


def without_article(words: str) -> str:
    """Return words without the article that begins them."""
    return re.sub(r"^(?:the|an?)\s+", "", words, flags=re.IGNORECASE)
