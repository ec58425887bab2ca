"""What can be told from a question's words alone. English; other languages are read as plain questions."""

import re
from enum import Enum

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SEVERAL = re.compile(
    r"""\b(why|list|name\s+(all|some|the)|tell\s+(me|us)|describe|explain|summari[sz]e|overview|what\s+(do|can)\s+(we|you|i)\s
    |what\s+(is|are)\s+(known|said|reported|written)|how\s+(is|are|was|were|do|does|did|can|will|would|should)\b
    |what\s+(else|all)|everything|reasons?\b|in\s+what\s+ways?|both\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# "which projects", "what new facilities are planned", "who are the members": a plural asks for all of them. Behind an
# adjective it must stand before an auxiliary, or "which company makes" would be one.
_PLURAL = re.compile(
    r"""\b(which|what)\s+(?P<noun>[a-z]{3,}s)\b
    |\b(which|what)\s+[\w'’-]+\s+(?P<second>[a-z]{3,}s)\s+(are|were|do|did|have|had|can|could|will|would|should|of|in)\b
    |\bwho\s+(are|were)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_PLURAL = re.compile(r"(ss|us|is|'s|’s)$|^(does|was|has|series|news)$", re.IGNORECASE)


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


def answer_kind(question: str) -> AnswerKind:
    """Tell what sort of words would answer the question."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), AnswerKind.OTHER)


def wants_several(question: str) -> bool:
    """Tell whether one sentence is hardly the whole answer: lists, reasons, overviews."""
    if _SEVERAL.search(question):
        return True
    match = _PLURAL.search(question)
    if match is None:
        return False
    noun = match["noun"] or match["second"]
    return noun is None or not _NO_PLURAL.search(noun)
