"""The way of a question, stage by stage: read this page first."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.errors import ArticlesError
from embeddings.index import Snapshot
from qa_app.assistant import Assistant
from qa_app.citations import cite
from qa_app.generation.generate import Generated, generate
from qa_app.generation.prompts import PASSAGES
from qa_app.generation.writer import Writing
from qa_app.grounding.checker import Checker
from qa_app.retrieval import retrieve
from qa_app.rewriting import rewrite
from qa_app.selection import ABSTENTION, select
from qa_app.types import Answer, Candidate, Done, Event, Evidence, Exchange, Failed, Passage, Searching, Token

logger = logging.getLogger(__name__)

_UNGENERATED = Generated("", (), (), None)


def answer_events(
    assistant: Assistant,
    question: str,
    earlier: Sequence[Exchange] = (),
    searched_for: str | None = None,
    writing: Writing | None = None,
) -> Iterator[Event]:
    """Answer a question, yielding what happens; the last event is `Done` or `Failed`.

    Args:
        assistant: what answers.
        question: as the person typed it.
        earlier: the conversation so far, in order, from which a follow-up is rewritten.
        searched_for: the question as the person wants it searched; None to rewrite it from `earlier`.
        writing: the writer that words the answer; None answers with the articles' own sentences.
    """
    try:
        with assistant.index.snapshot() as snapshot:
            yield from _answer(assistant, snapshot, question, earlier, searched_for, writing)
    except ArticlesError as error:
        yield Failed(error.what, error.next_step)
    except Exception as error:  # a failure is told as one, never as an answer
        logger.exception("the answer failed")
        yield Failed(f"The search failed ({type(error).__name__}: {error}).", "Check it: python -m embeddings doctor")


def _answer(
    assistant: Assistant,
    snapshot: Snapshot,
    question: str,
    earlier: Sequence[Exchange],
    edited: str | None,
    writing: Writing | None,
) -> Iterator[Event]:
    clock = _Clock()
    config = assistant.config

    searched_for = rewrite(question, earlier) if edited is None else " ".join(edited.split())
    if not searched_for:
        yield Failed("The question is empty.", "Type a question.")
        return
    if not snapshot.size():
        yield Failed("There are no articles in the index yet.", "Add some, or wait until they are indexed.")
        return
    yield Searching(searched_for)

    passages = retrieve(snapshot, searched_for, config.retrieval)
    clock.lap("retrieve")
    yield Evidence(tuple(passages))

    candidates = assistant.reader.read(searched_for, passages)
    passages = reranked(passages, candidates)
    clock.lap("read")

    selected = select(searched_for, candidates, config.answer)
    worded = _UNGENERATED
    if writing is not None:
        if selected:
            given = passages[:PASSAGES]
            checker = Checker(searched_for, given, candidates, assistant.reader, assistant.index.encoder)
            worded = yield from generate(writing, searched_for, given, checker, snapshot)
        else:  # how often the articles do answer then is known, what the writer would make up is not
            worded = replace(_UNGENERATED, notice=f"The writer {writing.writer.name} was not asked.")
        clock.lap("write")

    cited = worded.cited or cite(selected, snapshot)
    best = max(cited, key=lambda pair: pair[0].score, default=None)
    clock.lap("cite")

    pieces = [f"{citation.quote} [{citation.n}]" for _, citation in cited] or [ABSTENTION]
    if not worded.text:
        for i, piece in enumerate(pieces):
            yield Token(piece if i == 0 else f"\n\n{piece}")

    yield Done(
        Answer(
            question=question,
            searched_for=searched_for,
            text=worded.text or "\n\n".join(pieces),
            short_answer=best[1].short_answer if best else None,
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
            notice=worded.notice,
        )
    )


def reranked(passages: Sequence[Passage], candidates: Sequence[Candidate]) -> list[Passage]:
    """Return the passages by their best candidate, which gives them its score; a sentence of two counts for the better."""
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
) -> Answer:
    """Answer a question at once; see `answer_events`.

    Raises:
        AnswerFailed: with what happened and the next step.
    """
    for event in answer_events(assistant, question, earlier, searched_for, writing):
        if isinstance(event, Done):
            return event.answer
        if isinstance(event, Failed):
            raise AnswerFailed(event.what, event.next_step)
    raise AssertionError("an answer ends with Done or Failed")


class AnswerFailed(ArticlesError):
    """A question could not be answered for a reason that is not the articles'."""


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
