"""The answering pipeline, stage by stage: read this module first."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.errors import ArticlesError
from embeddings.index import Snapshot
from embeddings.scope import EVERYTHING, Scope
from qa_app.assistant import Assistant
from qa_app.citations import cite
from qa_app.generation.generate import Generated, generate
from qa_app.generation.prompts import PASSAGES
from qa_app.generation.writer import Writing
from qa_app.grounding.checker import Checker
from qa_app.question_language import (
    closest_sentences,
    is_findable,
    language_of,
    quoted_notice,
    searched_notice,
    unreadable,
)
from qa_app.retrieval import retrieve
from qa_app.rewriting import rewrite
from qa_app.selection import ABSTENTION, select
from qa_app.types import (
    Answer,
    Candidate,
    Done,
    Event,
    Evidence,
    Exchange,
    Failed,
    Passage,
    Searching,
    Token,
    UnfinishedSync,
)
from qa_app.unread_words import unread_notice

logger = logging.getLogger(__name__)

_UNGENERATED = Generated("", (), (), None)


def answer_events(
    assistant: Assistant,
    question: str,
    earlier: Sequence[Exchange] = (),
    searched_for: str | None = None,
    writing: Writing | None = None,
    unfinished: UnfinishedSync | None = None,
    scope: Scope = EVERYTHING,
) -> Iterator[Event]:
    """Answer a question, yielding what happens; the last event is `Done` or `Failed`.

    Args:
        assistant: opened by `open_assistant`.
        question: as the user typed it.
        earlier: the conversation so far, in order, from which a follow-up is rewritten.
        searched_for: the query as the user edited it; None rewrites the question from `earlier`.
        writing: the writer of the answer; None answers with the articles' own sentences.
        unfinished: the sync that was running before the call, if any: what it has read so far may answer, but not
            abstain.
        scope: limits on the documents that are searched.
    """
    try:
        with assistant.index.snapshot() as everything:
            snapshot = everything.limited(scope) if scope else everything
            yield from _answer(assistant, snapshot, question, earlier, searched_for, writing, unfinished)
    except ArticlesError as error:
        yield Failed(error.what, error.next_step)
    except Exception as error:  # reported as a failure, never as an answer
        logger.exception("the answer failed")
        yield Failed(
            f"The question could not be answered ({type(error).__name__}: {error}).",
            "Check the index: python -m embeddings doctor",
        )


def _answer(
    assistant: Assistant,
    snapshot: Snapshot,
    question: str,
    earlier: Sequence[Exchange],
    edited: str | None,
    writing: Writing | None,
    unfinished: UnfinishedSync | None,
) -> Iterator[Event]:
    clock = _Clock()
    config = assistant.config

    searched_for = rewrite(question, earlier) if edited is None else " ".join(edited.split())
    if not searched_for:
        yield Failed("The question is empty.", "Type a question.")
        return
    if not snapshot.size() and unfinished:
        yield _not_read_yet(unfinished)
        return
    if not snapshot.size() and snapshot.scope:
        yield Failed("No article is within the limits of the question.", "Widen or remove them.")
        return
    if not snapshot.size():
        yield Failed("There are no articles in the index yet.", "Add some, or wait until they are indexed.")
        return
    yield Searching(searched_for)

    passages = retrieve(snapshot, searched_for, config.retrieval)
    clock.lap("retrieve")
    yield Evidence(tuple(passages))

    languages = snapshot.languages()
    language = language_of(searched_for, languages)
    is_read = language in assistant.reader.languages
    if is_read:
        candidates = assistant.reader.read(searched_for, passages)
        passages = reranked(passages, candidates)
        selected = select(searched_for, candidates, config.answer)
    else:
        encoder = assistant.index.encoder
        found = is_findable(passages, encoder)
        candidates = closest_sentences(searched_for, passages, encoder, language) if found else []
        selected = candidates
    clock.lap("read")

    worded = _UNGENERATED
    if writing is not None:
        if selected and is_read:
            given = passages[:PASSAGES]
            checker = Checker(searched_for, given, candidates, assistant.reader, assistant.index.encoder)
            worded = yield from generate(writing, searched_for, given, checker, snapshot, config.answer.marked)
        else:  # nothing could be checked; how often an abstention is wrong has been measured, what a writer would invent here has not
            worded = replace(_UNGENERATED, notice=f"The writer {writing.writer.name} was not asked.")
        clock.lap("write")

    cited = worded.cited or cite(selected, snapshot, config.answer.marked)
    best = max(cited, key=lambda pair: pair[0].score, default=None)
    clock.lap("cite")
    if not cited and unfinished:
        yield _not_read_yet(unfinished)
        return

    notices = [worded.notice, searched_notice(language, languages)]
    if not is_read and cited:
        notices.append(quoted_notice(language))
    elif not cited and is_read:
        notices.append(unread_notice(searched_for, snapshot))
    pieces = [f"{citation.readable} [{citation.n}]" for _, citation in cited]
    pieces = pieces or [ABSTENTION if is_read else unreadable(language, languages)]
    if not worded.text:
        for i, piece in enumerate(pieces):
            yield Token(piece if i == 0 else f"\n\n{piece}")

    yield Done(
        Answer(
            question=question,
            searched_for=searched_for,
            text=worded.text or "\n\n".join(pieces),
            short_answer=best[0].short_answer if best else None,
            abstained=not cited,
            confidence=candidates[0].score if candidates else 0.0,
            threshold=config.answer.threshold,
            doubtful=bool(cited) and candidates[0].score < config.answer.doubtful,
            citations=tuple({citation.n: citation for _, citation in cited}.values()),
            passages=tuple(passages),
            timings_ms=clock.finish(),
            build=snapshot.build_name,
            generation=snapshot.generation,
            writer=writing.writer.name if writing is not None and worded.text else None,
            sentences=worded.sentences if worded.text else (),
            notice=" ".join(filter(None, notices)) or None,
            scope=snapshot.scope,
            searched_documents=snapshot.count_searched() if snapshot.scope else None,
        )
    )


def reranked(passages: Sequence[Passage], candidates: Sequence[Candidate]) -> list[Passage]:
    """Return the passages sorted by their best candidate's score, which becomes theirs.

    A sentence in two passages counts only for the one in which it was read better.
    """
    best: dict[int, float] = {}
    for candidate in candidates:
        best.setdefault(candidate.passage.chunk.chunk_id, candidate.score)
    scored = [replace(passage, reader=best.get(passage.chunk.chunk_id, 0.0)) for passage in passages]
    return sorted(scored, key=lambda passage: -(passage.reader or 0.0))


def answer(
    assistant: Assistant,
    question: str,
    earlier: Sequence[Exchange] = (),
    searched_for: str | None = None,
    writing: Writing | None = None,
    unfinished: UnfinishedSync | None = None,
    scope: Scope = EVERYTHING,
) -> Answer:
    """Answer a question and return the complete answer; see `answer_events`.

    Raises:
        AnswerFailed: the question could not be answered; the error has the next step.
    """
    for event in answer_events(assistant, question, earlier, searched_for, writing, unfinished, scope):
        if isinstance(event, Done):
            return event.answer
        if isinstance(event, Failed):
            raise AnswerFailed(event.what, event.next_step)
    raise AssertionError("an answer ends with Done or Failed")


def _not_read_yet(unfinished: UnfinishedSync) -> Failed:
    count = f" ({unfinished.files_done} of {unfinished.files_total} files)" if unfinished.files_total else ""
    return Failed(
        f"The articles are still being read{count}; those read so far don't answer this.", "Ask again when all are in."
    )


class AnswerFailed(ArticlesError):
    """A question could not be answered because something went wrong; an abstention is not a failure."""


class _Clock:
    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = round((now - self._last) * 1000, 2)
        self._last = now

    def finish(self) -> dict[str, float]:
        return {**self._laps, "total": round((time.perf_counter() - self._started) * 1000, 2)}
