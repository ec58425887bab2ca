"""Detect questions that need the conversation although no word refers back to it: "Who else?", "And who won?"."""

import re
from collections.abc import Sequence

from qa_app.language.function_words import AUXILIARIES
from qa_app.language.nouns import ATTRIBUTES, GENERIC
from qa_app.rewriting.asked import LEAD

_AUX = "|".join(AUXILIARIES)
_ONES = re.compile(
    r"\b(?:which|the|that|this|another|other|first|second|third|last|next|old|new|same)\s+ones?\b|\bothers?\b|\banother\b|\bthe\s+rest\b(?!\s+of\b)"
    r"|\bthe\s+(?:former|latter|two|three|first|second)\b(?=\s*(?:[?.!,]|$|\w+ed\b))|\b(?:both|neither|either)\b(?=\s*(?:[?.!]|of\s+them|$))"
    r"|\belse\b|\b(?:also|too|instead|afterwards?|thereafter|besides)(?=\s*[?.!]*$)",
    re.IGNORECASE,
)
# A question whose only content word is the verb: "Who won?", "How many people died?", "What happened next?"
_THIN = re.compile(
    rf"(?:who|what|which\s+\w+|how\s+many(?:\s+(?:people|men|women|children|soldiers|times))?|how\s+much)\s+(?!(?:{_AUX})\b)[a-z]+"
    r"(?:\s+(?:next|then|first|afterwards?|after\s+that|in\s+the\s+end|in\s+total|exactly|wrong))?\s*[?.!]*",
    re.IGNORECASE,
)
# "How long did it take to build?", "How much does it cost to attend?": the object is missing.
_LEFT_OUT = re.compile(r"\bit\s+(?:take|cost|takes|costs)\s+to\s+[a-z]+\s*[?.!]*$", re.IGNORECASE)
_LED = re.compile(LEAD, re.IGNORECASE)
_WHAT_ABOUT = re.compile(rf"{LEAD}(?:what|how)\s+about\b", re.IGNORECASE)
_FRAGMENT = re.compile(
    rf"{LEAD}(?:any|some|its|their|his|her|born|founded|located|built|died|made|married|buried|based|written|published|signed|killed|opened|since|because)\b"
    r"[\w\s-]*[?.!]*|(?:the\s+)?(?:exact\s+|main\s+|total\s+)?(?P<noun>[a-z]+)\s*[?.!]*",
    re.IGNORECASE,
)
# "Other" and the like are looked for only in questions of at most this many words; a longer one stands alone.
_SHORT = 8


def leaves_out(question: str, is_named: bool, ignored: Sequence[tuple[int, int]]) -> bool:
    """Return whether a question without a word that refers back still needs the previous one to make sense.

    Args:
        question: with single spaces.
        is_named: it contains a proper name.
        ignored: spans [start, end) in which "other" and the like refer to nothing.
    """
    if is_named or _WHAT_ABOUT.match(question):
        return bool(_WHAT_ABOUT.match(question))
    ones = [m.span() for m in _ONES.finditer(question)] if len(question.split()) <= _SHORT else []
    if any(not any(start < b and a < end for start, end in ignored) for a, b in ones):
        return True
    lead = _LED.match(question)
    if (
        (lead and re.search(r"\b(?:and|but|so|or)\b", lead[0], re.IGNORECASE))
        or _THIN.fullmatch(question)
        or _LEFT_OUT.search(question)
    ):
        return True
    fragment = _FRAGMENT.fullmatch(question)
    return bool(fragment) and (not fragment["noun"] or fragment["noun"].lower() in (ATTRIBUTES | GENERIC))  # type: ignore[index]
