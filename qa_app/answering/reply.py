"""What a way of answering brings back, before the pipeline adds the circumstances."""

from collections.abc import Callable
from dataclasses import dataclass

from qa_app.types import Answer, AnswerKind, Citation, ListedArticle, Passage, Section


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The part of an `Answer` that depends on the question; see there for the fields."""

    kind: AnswerKind
    text: str
    short_answer: str | None = None
    confidence: float = 1.0
    doubtful: bool = False
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    sections: tuple[Section, ...] = ()
    articles: tuple[ListedArticle, ...] = ()
    filter: str | None = None
    notice: str | None = None


LastAnswer = Callable[[], Answer | None]
"""Answers the conversation's last question to the articles again; None if there was none."""
