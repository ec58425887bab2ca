"""Answers and passages as JSON, in the one form that command line and API share."""

from typing_extensions import TypedDict  # the typing module's does not serve as a schema before Python 3.12

from qa_app.types import Answer, Citation, Passage


class CitationJson(TypedDict):
    n: int
    document: str
    title: str
    start: int
    end: int
    quote: str
    page: int | None


class SentenceJson(TypedDict):
    text: str
    citations: list[int]
    supported: bool
    reason: str | None


class ReadJson(TypedDict):
    document: str
    start: int
    end: int
    score: float


class AnswerJson(TypedDict):
    question: str
    searched_for: str
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


class TurnJson(TypedDict):
    """A turn of the conversation so far."""

    role: str
    content: str


class ArticleJson(TypedDict):
    """A stretch of an article: the characters [start, end) of its `length`."""

    document: str
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
    title: str
    date: str | None
    start: int
    end: int
    score: float
    dense: float
    lexical: float | None
    text: str


def answer_json(answer: Answer) -> AnswerJson:
    """Return an answer as JSON values."""
    return {
        "question": answer.question,
        "searched_for": answer.searched_for,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "abstained": answer.abstained,
        "confidence": round(answer.confidence, 4),
        "threshold": answer.threshold,
        "doubtful": answer.doubtful,
        "citations": [citation_json(citation) for citation in answer.citations],
        "passages": [
            {
                "document": p.chunk.document,
                "start": p.chunk.start,
                "end": p.chunk.end,
                "score": round(p.reader or 0.0, 4),
            }
            for p in answer.passages
        ],
        "timings_ms": answer.timings_ms,
        "writer": answer.writer,
        "sentences": [
            {"text": s.text, "citations": list(s.citations), "supported": s.supported, "reason": s.reason}
            for s in answer.sentences
        ],
        "notice": answer.notice,
    }


def citation_json(citation: Citation) -> CitationJson:
    """Return a citation; `start` and `end` are characters of the document's canonical text, [start, end)."""
    return {
        "n": citation.n,
        "document": citation.document,
        "title": citation.title,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "page": citation.page,
    }


def passage_json(passage: Passage) -> PassageJson:
    """Return a found passage with its words and all its scores."""
    return {
        "document": passage.chunk.document,
        "title": passage.chunk.title,
        "date": passage.chunk.date,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "score": round(passage.fused, 4),
        "dense": round(passage.dense, 4),
        "lexical": None if passage.lexical is None else round(passage.lexical, 4),
        "text": passage.chunk.text,
    }
