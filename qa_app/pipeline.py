"""The answering pipeline, stage by stage: read this module first."""

import logging
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.catalogue import Wanted
from embeddings.errors import ArticlesError
from embeddings.index import Snapshot
from embeddings.scope import EVERYTHING, Scope
from qa_app.answering.collection import collection_reply
from qa_app.answering.comparison import comparison_reply
from qa_app.answering.fact import Found, read_for_fact
from qa_app.answering.fact_reply import fact_reply
from qa_app.answering.finding import content_words
from qa_app.answering.listing import list_reply
from qa_app.answering.mentioning import is_phrase, mention_reply
from qa_app.answering.numbered_list import counted_reply
from qa_app.answering.reply import Reply
from qa_app.answering.several import several_reply
from qa_app.answering.summary import summary_reply
from qa_app.answering.talk import perhaps_talk_notice, talk_reply
from qa_app.assistant import Assistant
from qa_app.citations import cite
from qa_app.generation.generate import Generated, generate
from qa_app.generation.prompts import PASSAGES
from qa_app.generation.writer import Writing
from qa_app.grounding.checker import Checker
from qa_app.question_kinds import wants_list
from qa_app.question_language import Languages, closest_sentences, is_findable, languages_of
from qa_app.retrieval import retrieve
from qa_app.rewriting import rewrite
from qa_app.routing.collection_question import CollectionQuestion
from qa_app.routing.parts import Comparison
from qa_app.routing.route import Classify, PerhapsTalk, Route, Several, Talk, route, without_courtesy
from qa_app.routing.summary_request import SummaryRequest
from qa_app.typed_limits import typed_limits
from qa_app.types import (
    Answer,
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

logger = logging.getLogger(__name__)

# Longer small talk is rare, and classifying every earlier question would take time.
_SHORT_TALK_WORDS = 5
_ELSE = re.compile(r"\belse\b|\bother(?:s)?\b", re.IGNORECASE)
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
        scope: limits on the documents that are searched; the question may state more, see `typed_limits`.
    """
    try:
        with assistant.index.snapshot() as everything:
            said, limits = typed_limits(question if searched_for is None else searched_for, everything, scope)
            snapshot = everything.limited(limits) if limits else everything
            before = [
                replace(each, question=typed_limits(each.question, everything, EVERYTHING)[0])
                for each in earlier
                if not limits or _is_within(each, snapshot)
            ]
            answering = _Answering(assistant, snapshot, writing, unfinished)
            for event in answering.events(said, before, None if searched_for is None else said):
                yield Done(replace(event.answer, question=question)) if isinstance(event, Done) else event
    except ArticlesError as error:
        yield Failed(error.what, error.next_step)
    except Exception as error:  # reported as a failure, never as an answer
        logger.exception("the answer failed")
        yield Failed(
            f"The question could not be answered ({type(error).__name__}: {error}).",
            "Check the index: python -m embeddings doctor",
        )


def _is_within(exchange: Exchange, snapshot: Snapshot) -> bool:
    """Return whether the limits hold an article that an earlier answer cites; a follow-up refers to no other."""

    def is_in(title: str) -> bool:
        named = snapshot.catalogue(Wanted(snapshot.scope, title_words=content_words(title)))
        return any(entry.title == title for entry in named)

    return not exchange.titles or any(map(is_in, exchange.titles))


class _Answering:
    """Answers questions over one snapshot."""

    def __init__(
        self, assistant: Assistant, snapshot: Snapshot, writing: Writing | None, unfinished: UnfinishedSync | None
    ) -> None:
        self._assistant = assistant
        self._snapshot = snapshot
        self._writing = writing
        self._unfinished = unfinished

    def events(self, question: str, earlier: Sequence[Exchange], edited: str | None = None) -> Iterator[Event]:
        """Answer a question; see `answer_events`. A query that the user edited is searched as it is."""
        clock = _Clock()
        classify = self._classify()
        asked = without_courtesy(question, classify) if edited is None else edited
        if not asked.strip():
            yield Failed("The question is empty.", "Type a question.")
            return
        way = route(asked, classify) if edited is None else None
        clock.lap("route")
        if not self._snapshot.size() and not isinstance(way, Talk):
            yield self._nothing_to_search()
            return
        reply = None if way is None else self._reply(way, asked, earlier)
        if reply is None:
            whole = rewrite(asked, self._of_articles(earlier)) if edited is None else " ".join(asked.split())
            said = earlier[-1].answer if earlier and _ELSE.search(asked) else ""
            yield from self._searched(question, whole, clock, said, isinstance(way, PerhapsTalk))
            return
        if self._unfinished and reply.kind != "chat":
            so_far = "The articles are still being read; this is of those read so far."
            reply = replace(reply, notice=f"{so_far} {reply.notice or ''}".strip())
        clock.lap("answer")
        yield Token(reply.text)
        yield Done(self._answer(question, " ".join(asked.split()), reply, clock))

    def _classify(self) -> Classify | None:
        acts, encoder = self._assistant.acts, self._assistant.index.encoder
        if acts is None or not acts.reads(encoder.identity):
            return None
        return lambda message: acts.likeliest(self._snapshot.encode_query(message))

    def _reply(self, way: Route, asked: str, earlier: Sequence[Exchange]) -> Reply | None:
        """Return the answer by another way than the search for a fact; None if that way has none."""
        snapshot, config = self._snapshot, self._assistant.config.retrieval

        def last() -> Answer | None:
            return self._last(earlier)

        if isinstance(way, Talk):
            return talk_reply(way, snapshot, last, self._assistant.reader.languages)
        if isinstance(way, Several):
            return several_reply(way.questions, earlier, self._ask)
        if isinstance(way, CollectionQuestion):
            return collection_reply(way, snapshot, last, config)
        if isinstance(way, SummaryRequest):
            return summary_reply(way, snapshot, self._assistant.index.encoder, last, config)
        if isinstance(way, Comparison):
            return comparison_reply(
                way, asked, snapshot, self._assistant.index.encoder, self._ask, self._assistant.config
            )
        return None

    def _ask(self, question: str, earlier: Sequence[Exchange] = (), searched_for: str | None = None) -> Answer:
        """Return the answer to a question that is part of another."""
        extractive = _Answering(self._assistant, self._snapshot, None, self._unfinished)
        return _complete(extractive.events(question, earlier, searched_for))

    def _last(self, earlier: Sequence[Exchange]) -> Answer | None:
        """Answer the last question of the conversation that was about the articles again; None without one."""
        for i in reversed(range(len(earlier))):
            found = self._ask(earlier[i].question, earlier[:i])
            if found.kind != "chat":
                return found
        return None

    def _of_articles(self, earlier: Sequence[Exchange]) -> list[Exchange]:
        """Return the exchanges without small talk between them, which no follow-up refers to."""
        classify = self._classify()

        def is_talk(exchange: Exchange) -> bool:
            short = len(exchange.question.split()) <= _SHORT_TALK_WORDS
            return short and isinstance(route(exchange.question, classify), Talk)

        return [exchange for exchange in earlier if not is_talk(exchange)]

    def _nothing_to_search(self) -> Failed:
        if self._unfinished:
            return _not_read_yet(self._unfinished)
        if self._snapshot.scope:
            return Failed("No article is within the limits of the question.", "Widen or remove them.")
        return Failed("There are no articles in the index yet.", "Add some, or wait until they are indexed.")

    def _searched(
        self, question: str, searched_for: str, clock: "_Clock", said: str, perhaps_talk: bool
    ) -> Iterator[Event]:
        """Search the articles for a fact, or several; none whose short answer has been `said`."""
        assistant, snapshot, config = self._assistant, self._snapshot, self._assistant.config
        writing = self._writing
        yield Searching(searched_for)
        passages = retrieve(snapshot, searched_for, config.retrieval)
        clock.lap("retrieve")
        yield Evidence(tuple(passages))

        languages = languages_of(searched_for, snapshot.languages(), assistant.reader.languages)
        found = self._found(searched_for, passages, languages, said)
        passages, candidates = found.passages, found.candidates
        clock.lap("read")

        written = _UNGENERATED
        if writing is not None:
            if found.selected and languages.is_read:
                given = passages[:PASSAGES]
                checker = Checker(searched_for, given, candidates, assistant.reader, assistant.index.encoder)
                written = yield from generate(writing, searched_for, given, checker, snapshot, config.answer.marked)
            else:  # nothing could be checked; how often an abstention is wrong has been measured, what a writer would invent here has not
                written = replace(_UNGENERATED, notice=f"The writer {writing.writer.name} was not asked.")
            clock.lap("write")

        cited = written.cited or cite(found.selected, snapshot, config.answer.marked)
        clock.lap("cite")
        if not cited and self._unfinished:
            yield _not_read_yet(self._unfinished)
            return

        reply = fact_reply(searched_for, found, cited, written, languages, snapshot, config.answer)
        if cited and languages.is_read and writing is None:
            listed = counted_reply(searched_for, candidates[0], snapshot)
            if listed is None and wants_list(searched_for):
                listed = list_reply(searched_for, candidates, passages, snapshot, assistant.reader, config)
                clock.lap("list")
            if listed:
                read = listed.passages or reply.passages
                reply = replace(listed, confidence=reply.confidence, doubtful=reply.doubtful, passages=read)
        if (not cited or reply.doubtful) and languages.is_read and is_phrase(searched_for):
            reply = mention_reply(searched_for, passages, snapshot) or reply
        if perhaps_talk and reply.kind == "abstention":
            reply = replace(reply, notice=" ".join(filter(None, (reply.notice, perhaps_talk_notice(snapshot)))))
        if not written.text:
            for i, piece in enumerate(reply.text.split("\n\n")):
                yield Token(piece if i == 0 else f"\n\n{piece}")
        made = self._answer(question, searched_for, reply, clock)
        if writing is not None and written.text:
            made = replace(made, writer=writing.writer.name, sentences=written.sentences)
        yield Done(made)

    def _found(self, question: str, passages: Sequence[Passage], languages: Languages, said: str) -> Found:
        """Read the passages; in a language that the reader can't read, take the closest sentences."""
        assistant = self._assistant
        if languages.is_read:
            config, compare = assistant.config.answer, self._writing is None
            return read_for_fact(
                question, passages, self._snapshot, assistant.reader, config, said=said, compare=compare
            )
        encoder = assistant.index.encoder
        findable = is_findable(passages, encoder)
        closest = closest_sentences(question, passages, encoder, languages.question) if findable else []
        return Found(list(passages), closest, closest, confidence=0.0)

    def _answer(self, question: str, searched_for: str, reply: Reply, clock: "_Clock") -> Answer:
        """Return an answer with its circumstances."""
        snapshot = self._snapshot
        return Answer(
            question=question,
            searched_for=searched_for,
            kind=reply.kind,
            text=reply.text,
            short_answer=reply.short_answer,
            abstained=reply.kind == "abstention",
            confidence=reply.confidence,
            threshold=self._assistant.config.answer.threshold,
            doubtful=reply.doubtful,
            citations=reply.citations,
            passages=reply.passages,
            timings_ms=clock.finish(),
            build=snapshot.build_name,
            generation=snapshot.generation,
            notice=reply.notice,
            scope=snapshot.scope,
            searched_documents=snapshot.count_searched() if snapshot.scope else None,
            sections=reply.sections,
            articles=reply.articles,
            filter=reply.filter,
        )


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
    return _complete(answer_events(assistant, question, earlier, searched_for, writing, unfinished, scope))


def _complete(events: Iterator[Event]) -> Answer:
    """Return the answer that the events end with.

    Raises:
        AnswerFailed: they end with `Failed`.
    """
    for event in events:
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
