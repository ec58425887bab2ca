"""Recognise a question about the collection itself, not about what the articles say: how many, which, the newest, by whom, when.

A question must be understood to its last word. One that is not is left to the search, which costs nothing. English.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from qa_app.routing.number_words import number_of
from qa_app.routing.periods import PERIOD, Period, period_of

Asks = Literal["count", "list", "newest", "oldest", "topics", "overview", "date", "source", "author", "title"]


@dataclass(frozen=True)
class CollectionQuestion:
    """What is asked of the collection; the limits must all hold."""

    asks: Asks
    period: Period | None = None
    origin: str = ""
    """Words of a source or author, as typed."""
    mention: str = ""
    """Words that the articles must hold, as typed."""
    about: str = ""
    """What an article must be about, as typed."""
    most: int = 1
    """How many of the newest or oldest are wanted."""
    is_title: bool = False
    """Whether `about` is a title in quotation marks."""
    is_last: bool = False
    """Whether the articles that the last answer cited are meant."""


ARTICLE_NOUN = r"(?:(?:news\s+)?(?:articles?|stories|story|reports?|items?)|documents?|files?|texts?|papers?|entries|entry|publications?)"
_OF_ALL = (
    r"(?:\s+(?:that|which|who)?\s*(?:are\s+there|there\s+are|do\s+you\s+have|you\s+have|we\s+have|do\s+we\s+have|have\s+you\s+got|exist|are\s+available|available|in\s+total"
    r"|altogether|(?:(?:are|is)\s+)?(?:stored\s+|indexed\s+)?(?:here|in\s+(?:here|there|(?:the|this|your|my|our)\s+(?:collection|folder|index|database|library|archive|corpus|set|list)))))*"
)
_ME = r"(?:\s+(?:me|us))?"
_POLITE = re.compile(
    r"^(?:(?:please|so|and|ok|okay|well|now)[\s,]+|(?:can|could|would|will)\s+you\s+(?:please\s+|kindly\s+)?|(?:i\s+(?:want|would\s+like|need|wish)|i'd\s+like)\s+(?:to\s+(?:know|see|read)\s+|you\s+to\s+)"
    r"|do\s+you\s+know\s+|(?:tell|show)\s+me\s+(?=who|which|what|when|how|where))+",
    re.IGNORECASE,
)
PUBLISHED = r"(?:published|written|released|posted|printed|issued|made|created|dated|out)"
_NEW = r"(?:newest|latest|most\s+recent|last|youngest)"
_OLD = r"(?:oldest|earliest|first)"
_THIS = rf"(?:th(?:at|is|ese|ose)\s+{ARTICLE_NOUN}|it)"

_ONE = rf"|(?:the|an?|your)\s+(?:{ARTICLE_NOUN}|piece|column)|(?=[“\"]))"
_ONE_1, _ONE_2 = rf"(?:(?P<this>{_THIS}){_ONE}", rf"(?:(?P<that>{_THIS}){_ONE}"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _extreme(asks: Asks, age: str, published: str) -> tuple[tuple[Asks, re.Pattern[str]], ...]:
    """Return the heads that ask for the newest or the oldest articles: "the two newest", "which was published last"."""
    most = r"(?:(?P<most>\d+|two|three|four|five|six|seven|eight|nine|ten)\s+)?"
    wanted = rf"(?:(?:what|which)\s+(?:is|are|was|were)\s+|(?:show|list|give){_ME}\s+|open\s+)?(?:the\s+|your\s+)?"
    which = rf"(?:which|what)\s+(?:of\s+(?:the|your)\s+)?{ARTICLE_NOUN}\s+(?:is|was)\s+(?:the\s+)?"
    return (
        (asks, _pattern(rf"{wanted}{most}{age}\s+{ARTICLE_NOUN}{_OF_ALL}")),
        (asks, _pattern(rf"{which}(?:{age}|{PUBLISHED}\s+{published})(?:\s+(?:one|article))?{_OF_ALL}")),
    )


# The head of a question, and what it asks for. What follows it must be limits.
_HEADS: tuple[tuple[Asks, re.Pattern[str]], ...] = (
    ("count", _pattern(rf"how\s+many\s+(?:of\s+(?:the|your)\s+)?{ARTICLE_NOUN}{_OF_ALL}")),
    ("count", _pattern(rf"(?:(?:what\s+is|give{_ME})\s+)?the\s+(?:total\s+)?number\s+of\s+{ARTICLE_NOUN}{_OF_ALL}|count\s+(?:all\s+)?(?:the\s+|your\s+)?{ARTICLE_NOUN}{_OF_ALL}")),
    *_extreme("newest", _NEW, r"(?:last|most\s+recently)"),
    *_extreme("oldest", _OLD, "first"),
    ("title", _pattern(rf"what(?:\s+is|'s|’s)\s+(?:the\s+)?(?:title|headline|name)\s+of\s+{_ONE_1}")),
    ("author", _pattern(rf"who\s+(?:is|was)\s+the\s+(?:author|writer|journalist)\s+of\s+{_ONE_1}|who\s+(?:wrote|authored)\s+{_ONE_2}")),
    ("source", _pattern(rf"who\s+(?:published|printed|posted|released)\s+{_ONE_1}|who\s+(?:is|was)\s+the\s+publisher\s+of\s+{_ONE_2}")),
    ("source", _pattern(rf"(?:which|what)\s+(?:newspaper|paper|source|magazine|publisher|agency|outlet|site|website|journal|media)\s+(?:published|wrote|printed|ran|posted|(?:is|was)\s+behind)\s+{_ONE_1}"
                        rf"|(?:which|what)(?:\s+(?:newspaper|source|magazine|site))?\s+(?:is|was)\s+(?:the\s+source\s+of\s+){_ONE_2}")),
    ("date", _pattern(rf"what\s+(?:is|was)\s+the\s+(?:publication\s+|publishing\s+)?(?:date|day)\s+of\s+{_ONE_1}|how\s+old\s+is\s+{_ONE_2}")),
    ("topics", _pattern(rf"(?:what|which)\s+(?:topics|subjects|themes|issues)\s+(?:do|are)\s+(?:the|your|these|those|all)?\s*{ARTICLE_NOUN}?\s*(?:cover(?:ed)?|deal\s+with|discuss(?:ed)?|treat(?:ed)?|about|in|there)?{_OF_ALL}")),
    ("list", _pattern(rf"(?:list|show|name|display|enumerate|find|give|print)(?:\s+(?:me|us))?(?:\s+(?:a\s+list\s+of|the\s+titles?\s+of|all|the|of|your|every|any|some))*\s+{ARTICLE_NOUN}{_OF_ALL}")),
    ("list", _pattern(rf"(?:which|what)\s+(?:of\s+(?:the|your)\s+)?(?:other\s+)?{ARTICLE_NOUN}{_OF_ALL}")),
    ("list", _pattern(rf"(?:are\s+there|is\s+there|do\s+you\s+have|have\s+you(?:\s+got)?|do\s+we\s+have|have\s+we)\s+(?:an?|any|some)\s+(?:other\s+)?{ARTICLE_NOUN}{_OF_ALL}")),
    ("list", _pattern(rf"(?:all\s+|any\s+|the\s+)?{ARTICLE_NOUN}")),
    ("list", _pattern(rf"(?:what|anything|something)\s+(?:was|were|is|has\s+been|have\s+been|did\s+you|came|appeared)\s+{PUBLISHED}(?=\s+(?:{PERIOD.pattern}))")),
)  # fmt: skip
# "when was the article about the ferry published": the verb comes last.
_DATE = _pattern(rf"when\s+(?:was|were|did)\s+{_ONE_1}(?P<limits>.*?)\s+(?:{PUBLISHED}|appear|come\s+out)")
_WHERE = _pattern(rf"where\s+(?:was|were)\s+{_ONE_1}(?P<limits>.*?)\s+(?:published|printed|posted)")
# "do the articles mention X", "is X mentioned in the articles"
_MENTIONS = r"(?:mention(?:s|ed|ing)?|contain(?:s|ing)?|refers?\s+to|referring\s+to|uses?\s+the\s+words?|hav(?:e|ing)\s+the\s+words?|with\s+the\s+words?)(?:\s+the\s+words?|\s+the\s+phrase)?"
_ABOUT = r"(?:about|on|concerning|regarding|covering|cover(?:s)?|deal(?:s|ing)?\s+with|discuss(?:es|ing)?|talk(?:s|ing)?\s+about|speak(?:s|ing)?\s+(?:of|about)|writ(?:es?|ing)\s+about|report(?:s|ing)?\s+on)"
_DO_MENTION = _pattern(
    rf"(?:do|does|did|is\s+there|are\s+there|have|has)\s+(?:(?:any|one|an?|some|all)(?:\s+of)?\s+)?(?:(?:the|your|these)\s+)?(?:other\s+)?{ARTICLE_NOUN}\s+(?:that\s+|which\s+)?(?P<verb>{_MENTIONS}|{_ABOUT})\s+(?P<words>.+)"
)
_IS_MENTIONED = _pattern(
    rf"(?:is|are|was|were)\s+(?P<words>.+?)\s+(?:ever\s+)?(?:mentioned|named|discussed)(?:\s+(?:anywhere|somewhere|at\s+all|in\s+(?:any|one|an?|the|your)(?:\s+of\s+the)?\s*{ARTICLE_NOUN}))*"
)
_APPEARS_IN = _pattern(
    rf"in\s+(?:which|what)\s+(?:of\s+(?:the|your)\s+)?{ARTICLE_NOUN}\s+(?:(?:does|do|did)\s+(?P<words>.+?)\s+(?:appear|occur|come\s+up|figure)"
    rf"|(?:is|are|was|were)\s+(?P<named>.+?)\s+(?:mentioned|named))"
)
_WHERE_MENTIONED = _pattern(
    rf"where\s+(?:is|are|was|were)\s+(?P<words>.+?)\s+(?:mentioned|named)(?:\s+in\s+(?:the|your)\s+{ARTICLE_NOUN})?"
)

_LIMITS = (
    ("origin", _pattern(rf"\s*(?:(?:that|which)\s+)?(?:(?:are|is|were|was|come|comes|came)\s+)?(?:{PUBLISHED}\s+)?(?:from|by)\s+(?:the\s+(?:source|author|newspaper|paper)\s+)?(?P<words>.+)")),
    ("origin", _pattern(r"\s*(?:did|has|have)\s+(?P<words>.+?)\s+(?:publish(?:ed)?|writ(?:e|ten)|print(?:ed)?|post(?:ed)?)")),
    ("mention", _pattern(rf"\s*(?:(?:that|which)\s+)?(?:do\s+)?{_MENTIONS}\s+(?P<words>.+)")),
    ("about", _pattern(rf"\s*(?:(?:that|which)\s+)?(?:(?:are|is|were|was)\s+)?{_ABOUT}\s+(?P<words>.+)")),
    ("title", _pattern(r"\s*(?P<words>[“\"'‘].+[”\"'’])")),
    ("title", _pattern(r"\s+(?:called|titled|entitled)\s+(?P<words>.+)")),
)  # fmt: skip
_ENDING = re.compile(
    rf"\s*(?:(?:that|which)\s+)?(?:(?:are|is|were|was)\s+)?(?:{PUBLISHED}\s+)?(?:{PERIOD.pattern})$", re.IGNORECASE
)
_IDLE_END = re.compile(
    rf"(?:\s+(?:(?:is|are|was|were)\s+)?(?:{PUBLISHED}|called|anywhere|please|exactly))+$", re.IGNORECASE
)
# "the harbour article"
_NAME_BEFORE = re.compile(
    rf"(?P<the>\b(?:the|your)\s+)(?!{_NEW}|{_OLD}|other|same|news|{ARTICLE_NOUN})(?P<words>(?:[\w'’-]+\s+){{0,3}}?[\w'’-]+)\s+(?P<noun>{ARTICLE_NOUN})\b",
    re.IGNORECASE,
)
_OF_ONE = ("title", "author", "source", "date")
# Words that refer to something said before; which, the search's rewriting knows better.
_PRONOUNS = frozenset("it they them this that these those he she him her".split())
# Words that begin a clause: what follows tells of more than a name.
_CLAUSE = frozenset("that which who whom whose what when where why how".split())
_LONGEST_WORDS = 8


def collection_question(question: str) -> CollectionQuestion | None:
    """Return what a question asks of the collection; None if it may ask for something that the articles say."""
    words = " ".join(question.split()).rstrip("?!. ")
    words = _POLITE.sub("", words)
    asked = _understood(words)
    named = _NAME_BEFORE.search(words)
    # "The Third Assessment Report" is a name.
    if asked is None and named and named["noun"].islower():
        about = f"{named['the']}article about {named['words']}"
        asked = _understood(f"{words[: named.start()]}{about}{words[named.end() :]}")
        return asked if asked and asked.asks in _OF_ONE else None
    return asked


def _understood(words: str) -> CollectionQuestion | None:
    if found := _DATE.fullmatch(words):
        return _one_article("date", bool(found["this"]), found["limits"])
    if found := _WHERE.fullmatch(words):
        return _one_article("source", bool(found["this"]), found["limits"])
    if (found := _APPEARS_IN.fullmatch(words)) and (named := _named(found["words"] or found["named"])):
        return CollectionQuestion("list", mention=named)
    for pattern in (_DO_MENTION, _WHERE_MENTIONED, _IS_MENTIONED):
        if (found := pattern.fullmatch(words)) and (named := _named(found["words"])):
            about = "verb" in found.groupdict() and re.fullmatch(_ABOUT, found["verb"], re.IGNORECASE)
            return CollectionQuestion("list", about=named) if about else CollectionQuestion("list", mention=named)
    for asks, pattern in _HEADS:
        found = pattern.match(words)
        if found is None:
            continue
        if asks in _OF_ONE:
            is_last = any(found.groupdict().get(name) for name in ("this", "that"))
            if asked := _one_article(asks, is_last, words[found.end() :]):
                return asked
        elif asked := _limited(CollectionQuestion(asks, most=_number(found)), words[found.end() :]):
            return asked
    return None


def _number(found: re.Match[str]) -> int:
    """Return how many articles a head asks for: "the three newest"."""
    return number_of(found.groupdict().get("most") or "one")


def _one_article(asks: Asks, is_last: bool, limits: str) -> CollectionQuestion | None:
    """Return a question for the date, title, author or source of one article, which must be named."""
    if is_last:
        return CollectionQuestion(asks, is_last=True) if not limits.strip() else None
    asked = _limited(CollectionQuestion(asks), limits)
    return asked if asked and (asked.about or asked.mention) else None


def _limited(question: CollectionQuestion, limits: str) -> CollectionQuestion | None:
    """Return the question with the limits that follow its head; None if one is not understood."""
    limits = _IDLE_END.sub("", limits)
    if ending := _ENDING.search(limits):
        period = period_of(ending)
        if period is None:
            return None
        question, limits = replace(question, period=period), limits[: ending.start()]
        limits = _IDLE_END.sub("", limits)
    if not limits.strip():
        return question
    for kind, pattern in _LIMITS:
        if (found := pattern.fullmatch(limits)) and (words := _named(found["words"])):
            if kind in ("title", "about"):
                return replace(question, about=words, is_title=kind == "title")
            return replace(question, mention=words) if kind == "mention" else replace(question, origin=words)
    return None


def _named(words: str) -> str:
    """Return the words of a limit without quotation marks and a leading article; empty if they name nothing by themselves."""
    bare = words.strip().strip("“”\"‘’'").strip()
    bare = re.sub(r"^(?:the|an?|any)\s+", "", bare, flags=re.IGNORECASE)
    parts = bare.lower().split()
    if not parts or len(parts) > _LONGEST_WORDS or parts[0] in _PRONOUNS or _CLAUSE & set(parts):
        return ""
    return bare
