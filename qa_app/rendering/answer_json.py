"""Answers and passages as JSON, in the format that the command line and the API share."""

from dataclasses import asdict

from pydantic import TypeAdapter
from typing_extensions import TypedDict  # pydantic does not accept the typing module's before Python 3.12

from qa_app.types import Answer, AnswerKind, Passage


class QuotedJson(TypedDict):
    """A stretch that a quote needs to be understood, such as a heading: the characters [start, end) of the same text."""

    kind: str
    start: int
    end: int
    quote: str


class CitationJson(TypedDict):
    """A quote: the characters [start, end) of the document's canonical text.

    `folder` is the name of the document's folder if the index has several, here and below.
    """

    n: int
    document: str
    folder: str | None
    title: str
    start: int
    end: int
    quote: str
    page: int | None
    context: list[QuotedJson]
    copies: list[str]


class SentenceJson(TypedDict):
    text: str
    citations: list[int]
    supported: bool
    reason: str | None


class ReadJson(TypedDict):
    document: str
    folder: str | None
    start: int
    end: int
    score: float


class SectionJson(TypedDict):
    """A part of the answer under its own heading, with the numbers of its citations."""

    heading: str
    text: str
    citations: list[int]


class ListedArticleJson(TypedDict):
    """An article that the answer names without quoting it."""

    document: str
    folder: str | None
    title: str
    date: str | None
    source: str | None
    author: str | None


class AnswerJson(TypedDict):
    question: str
    searched_for: str
    kind: AnswerKind
    answer: str
    short_answer: str | None
    abstained: bool
    confidence: float
    threshold: float
    doubtful: bool
    citations: list[CitationJson]
    passages: list[ReadJson]
    timings_ms: dict[str, float]
    writer: str | None
    sentences: list[SentenceJson]
    notice: str | None
    scope: "ScopeJson"
    searched_documents: int | None
    sections: list[SectionJson]
    articles: list[ListedArticleJson]
    filter: str | None


class ScopeJson(TypedDict):
    """What the search was limited to; see `embeddings.scope.Scope`."""

    within: list[str]
    authors: list[str]
    languages: list[str]
    after: str | None
    before: str | None
    folders: list[str]
    labels: list[str]


class LimitsJson(TypedDict, total=False):
    """Limits given by another program; one that is missing does not limit. See `embeddings.scope.Scope`."""

    within: list[str]
    authors: list[str]
    languages: list[str]
    after: str | None
    before: str | None
    folders: list[str]
    labels: list[str]


class TurnJson(TypedDict):
    """A turn of the conversation so far."""

    role: str
    content: str


class ArticleJson(TypedDict):
    """A stretch of an article: the characters [start, end) of its `length`."""

    document: str
    folder: str | None
    title: str
    date: str | None
    source: str | None
    start: int
    end: int
    text: str
    page: int | None
    length: int


class PassageJson(TypedDict):
    document: str
    folder: str | None
    title: str
    date: str | None
    start: int
    end: int
    score: float
    dense: float
    lexical: float | None
    text: str


# Fields that the types above do not list are left out.
_ANSWER = TypeAdapter(AnswerJson)
_PASSAGE = TypeAdapter(PassageJson)
_DIGITS = 4


def answer_json(answer: Answer) -> AnswerJson:
    """Return an answer as JSON values; probabilities have four digits."""
    values = {
        **asdict(answer),
        "answer": answer.text,
        "confidence": round(answer.confidence, _DIGITS),
        "passages": [{**asdict(p.chunk), "score": round(p.reader or 0.0, _DIGITS)} for p in answer.passages],
    }
    return _ANSWER.validate_python(values)


def passage_json(passage: Passage) -> PassageJson:
    """Return a found passage with its text and all its scores, which have four digits."""
    values = {
        **asdict(passage.chunk),
        "score": round(passage.fused, _DIGITS),
        "dense": round(passage.dense, _DIGITS),
        "lexical": None if passage.lexical is None else round(passage.lexical, _DIGITS),
    }
    return _PASSAGE.validate_python(values)
