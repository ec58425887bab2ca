"""What can be told from a question's words alone. English; other languages are read as plain questions."""

import re
from enum import Enum

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words that say how a question is built, not what it is about.
_FUNCTION_WORDS = frozenset(
    """a an the of in on at by to for from with about into over after before during between and or but not no nor so as
    is are was were be been being am do does did done has have had having will would shall should can could may might
    must it its this that these those there here he she they them his her their him we us our you your i me my what
    which who whom whose when where why how many much long far often old kind type sort name named call called give
    list tell describe explain know than then also any some all each both such other another please""".split()
)
_STEM_CHARS = 5

_SEVERAL = re.compile(
    r"""\b(why|list|name\s+(all|some|the)|tell\s+(me|us)|describe|explain|summari[sz]e|overview|what\s+(do|can)\s+(we|you|i)\s
    |what\s+(is|are)\s+(known|said|reported|written)|how\s+(is|are|was|were|do|does|did|can|will|would|should)\b
    |what\s+(else|all)|everything|reasons?\b|in\s+what\s+ways?|both\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# "which projects", "what other facilities", "who are the members": a plural asks for all of them
_PLURAL = re.compile(
    r"\b(which|what)\s+((?!(is|was|does|has|its|this)\b)[\w'’-]+\s+){0,2}?(?P<noun>[a-z]{3,}s)\b|\bwho\s+(are|were)\b",
    re.IGNORECASE,
)
_NO_PLURAL = re.compile(r"(ss|us|is|ous|'s|’s)$|^(does|was|has|years|series|news|always|sometimes)$", re.IGNORECASE)


class AnswerKind(Enum):
    """What sort of words answer a question."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    OTHER = "other"


_KINDS = (
    (
        AnswerKind.DATE,
        re.compile(r"\bwhen\b|\b(what|which)\s+(year|date|month|day|century|decade|time)\b", re.IGNORECASE),
    ),
    (
        AnswerKind.NUMBER,
        re.compile(
            r"\bhow\s+(many|much|old|long|far|tall|large|big|high|fast|often|deep|wide)\b"
            r"|\bwhat\s+(percent|number|amount|share)|\bpercentage\b|\bpopulation\b",
            re.IGNORECASE,
        ),
    ),
    (
        AnswerKind.NAME,
        re.compile(
            r"\b(who|whom|whose|where)\b|\b(what|which)\s+(city|country|state|place|region|company|person)\b",
            re.IGNORECASE,
        ),
    ),
)


def words(text: str) -> list[str]:
    """Return the words of a text as they stand, in order."""
    return _WORD.findall(text)


def stem(word: str) -> str:
    """Return what the forms of a word have in common: its first five letters in lower case; a number stays whole.

    Crude, and on the fit questions as good as longer prefixes: "collection", "collects" and "collected" meet.
    """
    word = re.sub(r"['’]s$", "", word.lower())
    if any(char.isdigit() for char in word):
        return word
    if len(word) <= _STEM_CHARS and len(word) > 3 and word.endswith("s"):
        word = word[:-1]
    return word[:_STEM_CHARS]


def content_words(question: str) -> list[str]:
    """Return the words that say what a question is about, each form once, in order."""
    found = [word for word in words(question) if word.lower() not in _FUNCTION_WORDS]
    return list({stem(word): word for word in reversed(found)}.values())[::-1]


def answer_kind(question: str) -> AnswerKind:
    """Tell what sort of words would answer the question."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), AnswerKind.OTHER)


def wants_several(question: str) -> bool:
    """Tell whether one sentence is hardly the whole answer: lists, reasons, overviews."""
    if _SEVERAL.search(question):
        return True
    match = _PLURAL.search(question)
    return bool(match) and (match["noun"] is None or not _NO_PLURAL.search(match["noun"]))
