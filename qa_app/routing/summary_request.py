"""Recognise a request for a summary: of an article, of those on something, of the last one, of all. English."""

import re
from dataclasses import dataclass

from qa_app.routing.number_words import NUMBER_WORD, number_of
from qa_app.routing.periods import PERIOD, Period, period_of

_UNIT = r"(?:sentences?|lines?|bullets?(?:\s+points?)?|points?|facts?|paragraphs?|items?)"
_LENGTH = re.compile(
    rf"\s*,?\s*(?:in|with|using)\s+(?:about\s+|at\s+most\s+|only\s+|just\s+)?(?P<n>an?|\d{{1,2}}|{NUMBER_WORD})\s+(?:short\s+|brief\s+)?{_UNIT}\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"\b(?P<n>\d{{1,2}}|{NUMBER_WORD})(?=\s+(?:(?:main|key|most\s+important|short)\s+)*{_UNIT}\b)",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\b(?:short(?:ly)?|brief(?:ly)?|quick(?:ly)?|tl;?dr|concise(?:ly)?)\b", re.IGNORECASE)
_NOUN = r"(?:(?:news\s+)?(?:articles?|story|stories|reports?)|documents?|files?|texts?|papers?|page)"
_WANTS = (
    r"(?:summari[sz]e|sum\s+up|recap|condense|outline)",
    r"(?:(?:give|show|write|make|tell|provide|list|name)\s+(?:me\s+|us\s+)?)?(?:an?\s+|the\s+)?(?:(?:short|brief|quick|concise|\w+\s+sentence)\s+)?(?:summary|abstract|gist|overview|outline|recap|synopsis)\s+(?:of|about|on|for)",
    rf"(?:(?:give|show|tell|list|name|what\s+are)\s+(?:me\s+|us\s+)?)(?:the\s+)?(?:(?:\d+|{NUMBER_WORD})\s+)?(?:main|key|most\s+important|central|essential)\s+(?:points?|facts?|ideas?|messages?|takeaways?|statements?|findings?)\s+(?:of|in|from|about)",
    r"tl;?dr(?:\s+(?:of|for))?:?",
)
_REQUEST = re.compile(
    rf"(?:please\s+|can\s+you\s+|could\s+you\s+|would\s+you\s+|i\s+(?:want|need)\s+)*(?:please\s+)?(?:{'|'.join(_WANTS)})\s+(?P<of>.+)",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(
    rf"what\s+(?:is|are|was|were)\s+(?P<of>(?:the|this|that|these|those|your|an?)\s+{_NOUN}(?:\s+.+?)?|it|[“\"].+[”\"])\s+(?:all\s+)?about"
    rf"|what\s+does\s+(?P<says>(?:the|this|that)\s+{_NOUN}(?:\s+.+?)?|it)\s+(?:say|tell(?:\s+us)?|report|describe)",
    re.IGNORECASE,
)
_ALL = re.compile(
    rf"(?:all(?:\s+of)?(?:\s+(?:the|your|these|my))?(?:\s+{_NOUN})?|everything|it\s+all|them\s+all|(?:the|this|your|these|my|our)?\s*(?:whole\s+|entire\s+)?(?:{_NOUN}s|articles|stories|documents|files|texts|folder|collection|corpus|index|archive|library|database|news))",
    re.IGNORECASE,
)
_LAST = re.compile(rf"(?:it|this|that|them|th(?:at|is|e|ese|ose)\s+(?:last\s+|same\s+)?{_NOUN})", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:(?:the|this|that|an?|all|your)\s+)*{_NOUN}\s+(?:(?:that\s+(?:is|are)\s+)?(?:about|on|of|concerning|regarding|called|titled|entitled|named)\s+)?(?P<words>.+)",
    re.IGNORECASE,
)
_BEFORE_NOUN = re.compile(rf"(?:(?:the|this|that|an?|your)\s+)?(?P<words>.+?)\s+{_NOUN}", re.IGNORECASE)
_MANY = re.compile(
    r"(?:all\s+(?:the\s+|your\s+)?)?(?:the\s+|your\s+)?(?:articles|stories|documents|files|texts|reports|papers)\b",
    re.IGNORECASE,
)
_ENDING = re.compile(rf"\s*(?:(?:published|written|dated)\s+)?(?:{PERIOD.pattern})$", re.IGNORECASE)
_HAPPENED = re.compile(
    rf"what\s+(?:happened|was\s+new|was\s+reported|was\s+in\s+the\s+news|occurred)\s+(?:{PERIOD.pattern})",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:\s*,?\s+(?:please|briefly|shortly|in\s+short|for\s+me|as\s+(?:a\s+list|(?:a\s+list\s+of\s+)?(?:bullet\s+points|bullets|points))))+$",
    re.IGNORECASE,
)
# Two articles side by side are a sentence or more of each.
_COMPARED = re.compile(
    rf"(?:please\s+|can\s+you\s+|could\s+you\s+)*(?:compare|what\s+(?:is|are)\s+the\s+(?:main\s+)?(?:differences?|similarities)\s+between|how\s+do)"
    rf"\s+(?:all\s+|both\s+|the\s+|these\s+|your\s+|of\s+)*(?:(?:\d+|{NUMBER_WORD})\s+)?{_NOUN}(?:\s+(?:with\s+each\s+other|compare|differ))?",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"(?:what(?:['’]s|\s+is|\s+are)\s+(?:the\s+)?|(?:is|are)\s+there\s+(?:any\s+)?|(?:tell|give|show)\s+me\s+(?:the\s+)?|the\s+)?"
    r"(?:(?:latest|newest|most\s+recent|recent)\s+(?:news|developments?|updates?|reports?|information)|(?:any\s+)?news|new)"
    r"\s+(?:about|on|of|from|with|at|in|regarding|concerning)\s+(?P<of>.+)",
    re.IGNORECASE,
)
_MOST = 20


@dataclass(frozen=True)
class SummaryRequest:
    """What is to be summarised, and how long."""

    of: str
    """What the article or articles are about, or a title, as typed; empty for all of the collection or the last answer's."""
    sentences: int | None = None
    """How many are wanted; None leaves it to the program."""
    is_last: bool = False
    """Whether the articles that the last answer cited are meant."""
    of_many: bool = False
    """Whether every article that fits is meant, not one."""
    period: Period | None = None
    is_short: bool = False
    """Whether little is wanted: a sentence of each article."""
    is_news: bool = False
    """Whether only the newest article that fits is meant."""


def summary_request(question: str) -> SummaryRequest | None:
    """Return what a message wants summarised; None if it is no such request."""
    words = question.rstrip("?!. ").strip()
    if (happened := _HAPPENED.fullmatch(words)) and (then := period_of(happened)):
        return SummaryRequest("", of_many=True, period=then)
    if _COMPARED.fullmatch(words):
        return SummaryRequest("", of_many=True)
    if news := _NEWS.fullmatch(words):
        return SummaryRequest(news["of"], is_news=True)
    sentences: int | None = None
    if length := _LENGTH.search(words):
        sentences, words = _number(length["n"]), words[: length.start()] + words[length.end() :]
    found = _REQUEST.fullmatch(words) or _WHAT_ABOUT.fullmatch(words)
    if found is None:
        return None
    groups = found.groupdict()
    of = (groups.get("of") or groups.get("says") or "").strip(" :,")
    head = words[: found.start("of")] if groups.get("of") else ""
    if sentences is None and (counted := _COUNTED.search(head)):
        sentences = _number(counted["n"])
    is_short = bool(_SHORT.search(head) or _SHORT.search(question[-12:]))
    of = _TAIL.sub("", of)
    period: Period | None = None
    if ending := _ENDING.search(of):
        period = period_of(ending)
        of = of[: ending.start()].strip() if period else of
    if _ALL.fullmatch(of) or (period and not of):
        return SummaryRequest("", sentences, of_many=True, period=period, is_short=is_short)
    if _LAST.fullmatch(of):
        return SummaryRequest("", sentences, is_last=True, is_short=is_short)
    named = _NAMED.fullmatch(of)
    is_many = bool(_MANY.match(of))
    about = (named["words"] if named else of).strip("“”\"' ")
    return SummaryRequest(about, sentences, of_many=is_many, period=period, is_short=is_short) if about else None


def name_before_noun(of: str) -> str:
    """Return the name in "the harbour article"; empty if there is no such noun at the end, which may belong to a title."""
    found = _BEFORE_NOUN.fullmatch(of)
    return found["words"] if found else ""


def _number(words: str) -> int:
    return 1 if words.lower() in ("a", "an") else max(1, min(_MOST, number_of(words)))
