"""Compose the reply to a question for facts: its kind, its text, and the notices beside it."""

from collections.abc import Iterator, Sequence

from embeddings.index import Snapshot
from qa_app.answering.denials import DENIED
from qa_app.answering.differing import difference, side_by_side
from qa_app.answering.fact import Found
from qa_app.answering.missing import missing_notice
from qa_app.answering.reply import Reply
from qa_app.answering.timely import remarks
from qa_app.citations import citations_of
from qa_app.config import AnswerConfig
from qa_app.generation.generate import Generated
from qa_app.question_kinds import asks_yes_or_no, wants_several
from qa_app.question_language import Languages, quoted_notice, searched_notice, unreadable
from qa_app.selection import ABSTENTION
from qa_app.types import AnswerKind, Candidate, Citation
from qa_app.unread_words import unread_notice

Cited = Sequence[tuple[Candidate, Citation]]


def fact_reply(
    question: str,
    found: Found,
    cited: Cited,
    written: Generated,
    languages: Languages,
    snapshot: Snapshot,
    config: AnswerConfig,
) -> Reply:
    """Return the reply that quotes what was found, or abstains.

    Args:
        question: as it was searched for.
        found: what the passages tell.
        cited: the selected candidates with their citations, numbered; empty means abstain.
        written: what a writer made of it; without a text, the quotes are the text.
        languages: of the question and the articles.
        snapshot: that was searched.
        config: when an answer is doubtful.
    """
    best = _best(found, cited)
    pieces = [citation.numbered for _, citation in cited] or [_nothing_said(languages)]
    beside = remarks(best[1], found.as_of) if best and not found.differs else []
    kind = _kind(question, found, cited)
    return Reply(
        kind=kind,
        text=written.text or "\n\n".join([*pieces, *beside]),
        short_answer=best[0].short_answer if best else None,
        confidence=found.confidence,
        doubtful=bool(cited) and found.confidence < config.doubtful,
        citations=citations_of(cited),
        passages=tuple(found.passages),
        notice=" ".join(filter(None, _notices(question, found, bool(cited), written, languages, snapshot))) or None,
        sections=tuple(side_by_side(citation) for _, citation in cited) if kind == "differs" else (),
    )


def _best(found: Found, cited: Cited) -> tuple[Candidate, Citation] | None:
    """Return the candidate whose words are the short answer: the surest, or the first of those that differ."""
    if found.differs and cited:
        return cited[0]
    return max(cited, key=lambda pair: pair[0].score, default=None)


def _kind(question: str, found: Found, cited: Cited) -> AnswerKind:
    if not cited:
        return "abstention"
    if len(cited) > 1 and found.differs:
        return "differs"
    if len(cited) > 1 and wants_several(question):
        return "several"
    return "yes_no" if asks_yes_or_no(question) else "fact"


def _nothing_said(languages: Languages) -> str:
    return ABSTENTION if languages.is_read else unreadable(languages.question, languages.articles)


def _notices(
    question: str, found: Found, is_cited: bool, written: Generated, languages: Languages, snapshot: Snapshot
) -> Iterator[str | None]:
    if found.differs:
        yield difference(found.selected)
    if found.denied and is_cited:
        yield DENIED
    yield written.notice
    yield searched_notice(languages.question, languages.articles)
    if is_cited and not languages.is_read:
        yield quoted_notice(languages.question, languages.read)
    if languages.is_read and not is_cited:
        yield missing_notice(question, found.passages, snapshot)
        yield unread_notice(question, snapshot)
