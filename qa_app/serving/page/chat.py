"""The questions: streams an answer as it grows, and shows, exports and takes back kept ones."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath

from typing_extensions import NotRequired, TypedDict

from embeddings.errors import ArticlesError
from qa_app.generation.opening import WriterConfig, shared_writing
from qa_app.generation.writer import Writing
from qa_app.pipeline import answer, answer_events
from qa_app.records.export import answer_markdown, conversation_markdown, conversations_json
from qa_app.records.feedback import VERDICTS
from qa_app.records.receipts import receipt, receipt_json
from qa_app.records.turns import View
from qa_app.rewriting import REACH
from qa_app.serving.page.library import Limits, scope_of
from qa_app.serving.page.notices import failed, waiting
from qa_app.serving.page.state import LOADING
from qa_app.serving.page.turn_view import TurnView, answer_html, kept_view, made_view, turn_html
from qa_app.serving.page.wording import Wording, writer_of
from qa_app.serving.service import Service
from qa_app.serving.waiting import wait_for
from qa_app.types import Answer, Done, Evidence, Exchange, Failed, Generating, Searching, UnfinishedSync

# How soon a question that waits for the models notices a stop.
_TURN_S = 1.0
_WRITER_STOPPED = "The writer was stopped; these are the articles' own sentences."
# How long a stopped question is waited for: a writer has to stop, and then the extractive answer is made.
_WRITER_STOPPING_S = 30.0
_STOPPING_S = 1.0
_TURNS_AT_ONCE = 20
_GONE = ArticlesError("This answer is no longer available.", "Ask the question again.")


class Asked(TypedDict):
    """A question from the page."""

    question: str
    position: int
    """The number of questions before it in the window; those after it are replaced."""
    conversation: str | None
    last_turn: str | None
    """What the window shows, as in `View`; None before its first question."""
    as_is: bool
    """Whether it is searched without being rewritten."""
    wording: Wording | None
    """The language model that words the answer; None for the articles' own words."""
    limits: Limits


class Shown(TypedDict):
    """The answer as far as it has grown."""

    html: str
    conversation: str | None
    turn: str | None
    title: str | None
    """Of the conversation."""
    done: bool


class Ended(TypedDict):
    """The answer of a turn that nobody works on any more."""

    html: str
    title: str | None
    """Of the conversation."""


class Window(TypedDict):
    """What a window shows, and how many of its questions stay."""

    conversation: str
    last_turn: str
    position: int


class Wanted(TypedDict):
    """A conversation to be shown: its last questions, or those before the position `end`."""

    conversation: str
    end: NotRequired[int | None]


class Turns(TypedDict):
    """Questions of a conversation with their answers."""

    html: str
    title: str
    first: int
    """Position of the first of them; the earlier ones were not sent."""
    last_turn: str | None
    """Of the whole conversation; None if it is gone."""


class Export(TypedDict):
    """What to export: an answer, or else a conversation, or else all."""

    answer: NotRequired[str | None]
    conversation: NotRequired[str | None]
    form: str
    """"markdown" or "json"."""


class File(TypedDict):
    """A file for the browser to save."""

    name: str
    text: str


class Feedback(TypedDict):
    answer: str
    verdict: str
    note: str


class Chat:
    """Handles questions. Shared by all visitors; answers and conversations have ids that cannot be guessed."""

    def __init__(self, service: "Future[Service]", chooses: bool = True, writer: WriterConfig | None = None) -> None:
        """With `chooses`, visitors choose the writer; others get `writer`, or the articles' own words."""
        self._service = service
        self._chooses = chooses
        self._writer = writer
        self._answering: set[str] = set()
        """Turns that are being answered."""
        self._worded: set[str] = set()
        """Turns that a writer is wording; after a stop, until they have another answer."""

    def respond(self, asked: Asked) -> Generator[Shown, None, None]:
        """Yield the answer as it grows."""
        view = View(asked["conversation"], asked["last_turn"]) if asked["conversation"] and asked["last_turn"] else None
        while not self._service.done():
            yield _shown(waiting(LOADING), view)
            wait([self._service], _TURN_S)
        wording = writer_of(asked["wording"]) if self._chooses else self._writer
        question = asked["question"]
        try:
            service = self._service.result()
            writing = None if wording is None else shared_writing(wording)
            view = service.conversations.turns.ask(view, max(0, asked["position"]), question)
            service.note("asked", "on the page")
            earlier = service.conversations.turns.exchanges_before(view.last_turn, REACH)
        except ArticlesError as error:
            told = error if self._service.exception() else self._service.result().told(error)
            yield _shown(failed(str(told)), view, done=True)
            return
        with service.foreground.answering():
            yield from self._steps(service, asked, view, earlier, writing)

    def _steps(
        self, service: Service, asked: Asked, view: View, earlier: Sequence[Exchange], writing: Writing | None
    ) -> Iterator[Shown]:
        question = asked["question"]
        searched_for = question if asked["as_is"] else None
        scope, unfinished = scope_of(asked["limits"]), service.corpus.unfinished()
        words, writes = "", False
        measured = service.metrics.answering("page", question)
        self._answering.add(view.last_turn)
        try:
            for event in answer_events(service.assistant, question, earlier, searched_for, writing, unfinished, scope):
                if isinstance(event, Searching):
                    yield _shown(waiting("Searching the articles …"), view)
                elif isinstance(event, Evidence):
                    yield _shown(waiting(f"Reading {len(event.passages)} passages …"), view)
                elif isinstance(event, Failed):
                    measured.ended("failed")
                    told = service.told(ArticlesError(event.what, event.next_step))
                    note = _not_kept(partial(service.conversations.turns.failed, view.last_turn, str(told)))
                    failure = TurnView(
                        view.last_turn, question, failure=f"{told} {note}".strip(), again=unfinished is not None
                    )
                    yield self._done(answer_html(failure), view)
                elif isinstance(event, Done):
                    measured.ended(event.answer.kind)
                    found = _so_far(event.answer, unfinished)
                    yield self._done(self._answered(service, found, view.last_turn), view)
                elif isinstance(event, Generating):
                    writes = True
                    self._worded.add(view.last_turn)
                    yield _shown(waiting(f"{event.writer} writes …", words), view)
                else:
                    words += event.text
                    if writes:
                        yield _shown(waiting(f"{writing.writer.name if writing else ''} writes …", words), view)
        except GeneratorExit:
            if writes:  # the extractive answer exists anyway; `stopped` shows it
                try:
                    found = answer(service.assistant, question, earlier, searched_for, scope=scope)
                    self._answered(service, replace(found, notice=_WRITER_STOPPED), view.last_turn)
                except ArticlesError as error:
                    _not_kept(partial(service.conversations.turns.failed, view.last_turn, str(error)))
            raise
        finally:
            measured.close()
            self._worded.discard(view.last_turn)
            self._answering.discard(view.last_turn)

    def stopped(self, turn: str) -> str:
        """Return the answer of a turn after it was stopped."""
        service = wait_for(self._service)
        started = time.monotonic()
        while not service.conversations.turns.has_ended(turn):
            if time.monotonic() - started > (_WRITER_STOPPING_S if turn in self._worded else _STOPPING_S):
                break
            time.sleep(0.1)
        kept = service.conversations.turns.get(turn)
        if kept is None:
            raise _GONE
        with service.assistant.index.snapshot() as snapshot:
            return answer_html(kept_view(kept, snapshot))

    def ended(self, turn: str) -> Ended | None:
        """Return the answer of a turn for a page that has lost the stream; None while it is being made."""
        if turn in self._answering:
            return None
        service = wait_for(self._service)
        kept = service.conversations.turns.get(turn)
        if kept is None:
            raise _GONE
        entry = service.conversations.entry(kept.conversation)
        with service.assistant.index.snapshot() as snapshot:
            return {"html": answer_html(kept_view(kept, snapshot)), "title": entry.title if entry else None}

    def undone(self, window: Window) -> str | None:
        """Take back the questions of a window from its position on; return the last turn that is left."""
        view = View(window["conversation"], window["last_turn"])
        left = wait_for(self._service).conversations.turns.withdraw(view, max(0, window["position"]))
        return left.last_turn if left else None

    def opened(self, wanted: Wanted) -> Turns:
        """Return the last questions of a kept conversation, or those before a position."""
        service = wait_for(self._service)
        entry = service.conversations.entry(wanted["conversation"])
        end = wanted.get("end") or (entry.turns if entry else 0)
        first = max(0, end - _TURNS_AT_ONCE)
        kept = service.conversations.turns.between(wanted["conversation"], first, end)
        with service.assistant.index.snapshot() as snapshot:
            html = "".join(turn_html(kept_view(turn, snapshot)) for turn in kept)
        return {
            "html": html,
            "title": entry.title if entry else "",
            "first": first,
            "last_turn": kept[-1].id if kept else None,
        }

    def exported(self, wanted: Export) -> File:
        """Return an answer, a conversation or all conversations as a file.

        Raises:
            ArticlesError: it does not exist.
        """
        answer_id, conversation, form = wanted.get("answer"), wanted.get("conversation"), wanted["form"]
        conversations = wait_for(self._service).conversations
        if answer_id is None:
            entries = [entry for entry in conversations.entries() if conversation in (None, entry.id)]
            kept = [(entry.title, conversations.turns.of(entry.id)) for entry in entries]
            name = "conversations" if conversation is None else "conversation"
            text = (
                "\n".join(conversation_markdown(*each) for each in kept)
                if form == "markdown"
                else conversations_json(kept)
            )
        else:
            turn = conversations.turns.get(answer_id)
            if turn is None or turn.receipt is None:
                raise _GONE
            name = "answer"
            text = answer_markdown(turn.receipt) if form == "markdown" else receipt_json(turn.receipt)
        return {"name": f"{name}.{'md' if form == 'markdown' else 'json'}", "text": text}

    def feedback(self, given: Feedback) -> str:
        """Save feedback on an answer; return a message for the user.

        Raises:
            ArticlesError: the answer or the verdict does not exist.
        """
        known = next((one for one in VERDICTS if one == given["verdict"]), None)
        if known is None:
            raise ArticlesError(f"{given['verdict']} is no verdict.", f"It is one of: {', '.join(VERDICTS)}.")
        conversations = wait_for(self._service).conversations
        conversations.feedback.give(given["answer"], known, given["note"])
        where = " on this machine" if isinstance(conversations.place, Path) else ""
        where = where if conversations.place else " until the server stops"
        return f"Noted, thank you. It is kept{where}."

    def _done(self, html: str, view: View) -> Shown:
        entry = self._service.result().conversations.entry(view.conversation)
        return _shown(html, view, done=True, title=entry.title if entry else None)

    def _answered(self, service: Service, found: Answer, turn: str) -> str:
        """Save an answer and return it as HTML."""
        with service.assistant.index.snapshot() as snapshot:
            made = receipt(found, service.assistant, snapshot)
            if not service.private and PurePath(made.encoder).is_absolute():
                made = replace(made, encoder=PurePath(made.encoder).name)
            note = _not_kept(partial(service.conversations.turns.answered, turn, made))
            return answer_html(made_view(turn, made, snapshot, note))


def _shown(html: str, view: View | None, *, done: bool = False, title: str | None = None) -> Shown:
    return {
        "html": html,
        "conversation": view.conversation if view else None,
        "turn": view.last_turn if view else None,
        "title": title,
        "done": done,
    }


def _so_far(found: Answer, unfinished: UnfinishedSync | None) -> Answer:
    """Return the answer with a note of how much had been read when it was given."""
    if not (unfinished and unfinished.files_total and found.citations):
        return found
    read = f"{unfinished.files_done:,} of {unfinished.files_total:,} files had been read when this was answered."
    return replace(found, notice=f"{found.notice} {read}" if found.notice else read)


def _not_kept(keep: Callable[[], None]) -> str:
    """Save what is shown; return a note to add to it if that failed, because the answer is shown anyway."""
    try:
        keep()
    except ArticlesError as error:
        return f"It could not be saved. {error}"
    return ""
