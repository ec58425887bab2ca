"""The chat: streams an answer with its evidence, and shows, exports and undoes kept ones."""

import re
import time
from collections.abc import Callable, Collection, Generator, Mapping
from concurrent.futures import Future, wait
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any, TypedDict

import gradio as gr

from embeddings.errors import ArticlesError
from embeddings.index import Snapshot
from qa_app.generation.opening import WriterConfig, shared_writing
from qa_app.generation.writer import NOT_FOUND
from qa_app.pipeline import answer, answer_events
from qa_app.records.export import answer_markdown as exported_markdown
from qa_app.records.export import conversation_markdown, conversations_json
from qa_app.records.feedback import VERDICTS
from qa_app.records.receipts import answer_of, receipt, receipt_json
from qa_app.records.turns import KeptTurn, View
from qa_app.records.verification import verify
from qa_app.rendering.articles import article_line, article_link
from qa_app.rendering.markdown import emphasised_markdown, escape_markdown
from qa_app.rewriting import REACH
from qa_app.selection import DOUBT
from qa_app.serving.page.evidence import EMPTY, evidence_html, searching_html
from qa_app.serving.page.loading import LOADING
from qa_app.serving.page.notices import hint
from qa_app.serving.startup import Service
from qa_app.serving.waiting import wait_for
from qa_app.types import Answer, Citation, Done, Evidence, Failed, Generating, Searching, Sentence

# How soon a question that waits for the models notices a stop.
_TURN_S = 1.0
_STOPPED = "*Stopped before there was an answer.*"
_WITHHELD = "*The quote is withheld.*"
_WRITER_STOPPED = "The writer was stopped; these are the articles' own sentences."
# Longer than a writer takes to stop and the extractive answer to be made.
_STOPPING_S = 4.0
_MARKER = re.compile(r"\s*\[(\d+)\]$")
_CHANGED_ELSEWHERE = "*An article that this answer rests on has changed since; these words still stand in it.*"
_CHANGED = "*An article that this answer rests on has changed since; see the evidence.*"


class File(TypedDict):
    """A file for the browser to save."""

    name: str
    text: str


class Chat:
    """The chat's event handlers. Shared by all visitors; answers have ids that cannot be guessed."""

    def __init__(self, service: "Future[Service]") -> None:
        self._service = service

    def respond(
        self,
        message: str,
        history: list[Any],
        view: View | None = None,
        as_is: str | None = None,
        wording: WriterConfig | None = None,
    ) -> Generator[tuple[Any, Any, View | None], None, None]:
        """Yield the answer as it grows, with the evidence panel and what the window shows: (chat message, panel, view).

        Args:
            message: the question.
            history: the chat's messages before it.
            view: the conversation, as far as this window shows it; None starts a new one.
            as_is: if equal to `message`, it is searched without being rewritten.
            wording: the writer to word the answer; None for the articles' own words.
        """
        while not self._service.done():
            yield f"*{LOADING}*", gr.skip(), view
            wait([self._service], _TURN_S)
        try:
            service = self._service.result()
            writing = None if wording is None else shared_writing(wording)
            view = service.conversations.turns.ask(view, _questions(history), message)
            earlier = service.conversations.turns.exchanges_before(view.last_turn, REACH)
        except ArticlesError as error:
            told = error if self._service.exception() else self._service.result().told(error)
            yield failed_markdown(told.what, told.next_step), EMPTY, view
            return
        turn = view.last_turn
        searched_for = message if message == as_is else None
        words, writes = "", False
        unfinished = service.corpus.unfinished()
        try:
            for event in answer_events(service.assistant, message, earlier, searched_for, writing, unfinished):
                if isinstance(event, Searching):
                    yield "*Searching the articles …*", searching_html(event.searched_for), view
                elif isinstance(event, Evidence):
                    yield f"*Reading {len(event.passages)} passages …*", gr.skip(), view
                elif isinstance(event, Failed):
                    told = service.told(ArticlesError(event.what, event.next_step))
                    kept = _not_kept(partial(service.conversations.turns.failed, turn, str(told)))
                    words = failed_markdown(told.what, told.next_step) + kept
                    again = gr.ChatMessage(words, options=[{"value": message, "label": "Ask again"}])
                    yield again if unfinished else words, EMPTY, view
                elif isinstance(event, Done):
                    yield *self._answered(service, event.answer, turn), view
                elif isinstance(event, Generating):
                    writes = True
                    shown = escape_markdown(words) or f"*{escape_markdown(event.writer)} writes …*"
                    yield shown, gr.skip(), view
                else:
                    words += event.text
                    yield escape_markdown(words), gr.skip(), view
        except GeneratorExit:
            if writes:  # the extractive answer exists anyway; `stopped` shows it
                try:
                    found = answer(service.assistant, message, earlier, searched_for)
                    self._answered(service, replace(found, notice=_WRITER_STOPPED), turn)
                except ArticlesError as error:
                    _not_kept(partial(service.conversations.turns.failed, turn, str(error)))
            raise

    def stopped(self, view: View | None) -> tuple[Any, Any]:
        """Return the chat's messages and the evidence panel after a stop; no change without a conversation."""
        service = self._service.result() if self._service.done() and not self._service.exception() else None
        if service is None or view is None:
            return gr.skip(), gr.skip()
        deadline = time.monotonic() + _STOPPING_S
        while time.monotonic() < deadline and not service.conversations.turns.has_ended(view.last_turn):
            time.sleep(0.1)
        messages, panel, _ = self.opened(view.conversation)
        return messages, panel

    def undone(self, history: list[Any], view: View | None) -> tuple[str, View | None]:
        """Delete the questions that are no longer in the chat's messages; return the evidence panel and the view."""
        conversations = wait_for(self._service).conversations
        view = view and conversations.turns.withdraw(view, _questions(history))
        return self.evidence(view.last_turn) if view else EMPTY, view

    def _answered(self, service: Service, found: Answer, turn: str) -> tuple[str, str]:
        """Save an answer; return the chat message and the evidence panel."""
        with service.assistant.index.snapshot() as snapshot:
            made = receipt(found, service.assistant, snapshot)
            if not service.private and PurePath(made.encoder).is_absolute():
                made = replace(made, encoder=PurePath(made.encoder).name)
            panel = evidence_html(found, turn, verify(made, snapshot), None, snapshot)
        return answer_markdown(found, turn) + _not_kept(
            partial(service.conversations.turns.answered, turn, made)
        ), panel

    def opened(self, conversation: str) -> tuple[list[dict[str, str]], str, View | None]:
        """Return a saved conversation: its chat messages, the evidence of its last answer, and the view."""
        service = wait_for(self._service)
        messages, panel, view = [], EMPTY, None
        with service.assistant.index.snapshot() as snapshot:
            for turn in service.conversations.turns.of(conversation):
                messages.append({"role": "user", "content": turn.question})
                messages.append({"role": "assistant", "content": kept_markdown(turn, snapshot)})
            if messages:
                panel, view = _panel(turn, snapshot), View(conversation, turn.id)
        return messages, panel, view

    def evidence(self, answer_id: str) -> str:
        """Return the evidence panel of an earlier answer."""
        service = wait_for(self._service)
        turn = service.conversations.turns.get(answer_id)
        if turn is None:
            return hint("The evidence of this answer is no longer available. Ask the question again.")
        with service.assistant.index.snapshot() as snapshot:
            return _panel(turn, snapshot)

    def exported(self, answer_id: str | None, conversation: str | None, form: str) -> File:
        """Return an answer, a conversation or all conversations as a file. The format is "markdown" or "json".

        Raises:
            gr.Error: it does not exist.
        """
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
                raise gr.Error("This answer is no longer available. Ask the question again.", print_exception=False)
            name = "answer"
            text = exported_markdown(turn.receipt) if form == "markdown" else receipt_json(turn.receipt)
        return {"name": f"{name}.{'md' if form == 'markdown' else 'json'}", "text": text}

    def feedback(self, answer_id: str, verdict: str, note: str) -> str:
        """Save feedback on an answer; return a message for the user."""
        known = next((one for one in VERDICTS if one == verdict), None)
        if known is None:
            raise gr.Error(f"A verdict is one of: {', '.join(VERDICTS)}.", print_exception=False)
        try:
            wait_for(self._service).conversations.feedback.give(answer_id, known, note)
        except ArticlesError as error:
            return str(error)
        lasting = wait_for(self._service).conversations.file is not None
        return f"Noted, thank you. It is kept on this machine{'' if lasting else ' until the server stops'}."


def kept_markdown(turn: KeptTurn, snapshot: Snapshot) -> str:
    """Return a saved answer, with a note if its source has changed since."""
    if turn.receipt is None:
        return escape_markdown(turn.failure) if turn.failure else _STOPPED
    verified = verify(turn.receipt, snapshot)
    lost = {quote.citation.n for quote in verified if quote.now is None}
    shown = answer_markdown(answer_of(turn.receipt, snapshot), turn.id, lost)
    if any(quote.state != "there" for quote in verified):
        return f"{_CHANGED}\n\n{shown}"
    return f"{_CHANGED_ELSEWHERE}\n\n{shown}" if any(quote.article_changed for quote in verified) else shown


def _questions(history: list[Any]) -> int:
    """Return the number of questions in the chat's messages."""
    return sum(message["role"] == "user" for message in history)


def _not_kept(keep: Callable[[], None]) -> str:
    """Save what is shown; return a note to add to it if that failed, because the answer is shown anyway."""
    try:
        keep()
    except ArticlesError as error:
        return f"\n\n*It could not be saved. {escape_markdown(str(error))}*"
    return ""


def _panel(turn: KeptTurn, snapshot: Snapshot) -> str:
    if turn.receipt is None:
        return EMPTY
    answer, verified = answer_of(turn.receipt, snapshot), verify(turn.receipt, snapshot)
    return evidence_html(answer, turn.id, verified, turn.feedback, snapshot)


def failed_markdown(what: str, next_step: str) -> str:
    """Return an error as the chat shows it in place of an answer."""
    return f"**{escape_markdown(what)}**\n\n{escape_markdown(next_step)}"


def answer_markdown(answer: Answer, answer_id: str, lost: Collection[int] = ()) -> str:
    """Return the answer as Markdown. Each `[n]` is a link that the page turns into a jump to its card.

    `lost` are the numbers of quotes that are no longer in any article; they are withheld.
    """
    links = {citation.n: _link(citation, answer_id) for citation in answer.citations}
    parts = []
    if answer.filter:
        parts.append(f"*From the index: {escape_markdown(answer.filter)}*")
    if answer.searched_for != " ".join(answer.question.split()):
        parts.append(f"*Searched for: {escape_markdown(answer.searched_for)}*")
    notice = [f"*{escape_markdown(answer.notice)}*"] if answer.notice else []
    if answer.abstained:
        closest = f"See the closest passages in the [evidence](#cite-{answer_id}-0)."
        return "\n\n".join([*parts, escape_markdown(answer.text), *notice, closest])
    parts += notice
    if answer.doubtful:
        parts.append(f"*{DOUBT}*")
    if answer.sentences:
        parts.append(" ".join(_sentence(sentence, links) for sentence in answer.sentences))
    elif answer.sections:
        for section in answer.sections:
            parts += [
                f"**{escape_markdown(section.heading[:1].upper() + section.heading[1:])}**",
                *_lines(section.text, answer, links, lost),
            ]
    elif answer.kind in ("collection", "chat"):
        parts += _lines(answer.text, answer, links, lost)
    else:
        parts += [
            f"{_WITHHELD if citation.n in lost else _quote(citation)} {links[citation.n]}"
            for citation in answer.citations
        ]
    return "\n\n".join(parts)


def _lines(text: str, answer: Answer, links: Mapping[int, str], lost: Collection[int]) -> list[str]:
    """Return the lines of a text as paragraphs of Markdown: quotes with their links, titles that open their article, the program's words."""
    quotes = {citation.numbered: citation for citation in answer.citations}
    titles = {article_line(article): article for article in answer.articles}
    found: list[str] = []
    for line in filter(None, text.split("\n")):
        marker = _MARKER.search(line)
        if citation := quotes.get(line):
            found.append(f"{_WITHHELD if citation.n in lost else _quote(citation)} {links[citation.n]}")
        elif article := titles.get(line):
            items = found.pop() + "\n" if found and found[-1].startswith("- [") else ""
            found.append(items + article_link(article))
        elif marker and int(marker[1]) in links:
            found.append(f"{escape_markdown(line[: marker.start()])} {links[int(marker[1])]}")
        else:
            found.append(escape_markdown(line))
    return found


def _sentence(sentence: Sentence, links: Mapping[int, str]) -> str:
    """Return a generated sentence as Markdown, with its citations or a mark that it has no support."""
    if not sentence.supported:
        return f"{escape_markdown(sentence.text)} *{escape_markdown(NOT_FOUND)}*"
    return f"{escape_markdown(sentence.text)} {' '.join(links[n] for n in sentence.citations)}"


def _link(citation: Citation, answer_id: str) -> str:
    """Return a citation's number as a link to its card; the link's title names the source, for hovering and copying."""
    source = " · ".join(part for part in (citation.title, citation.date, str(citation.address)) if part)
    title = escape_markdown(source).replace('"', '\\"')
    return f'[[{citation.n}]](#cite-{answer_id}-{citation.n} "{title}")'


def _quote(citation: Citation) -> str:
    """Return the quote as Markdown with the short answer in bold."""
    if citation.short_in_quote is None:
        return escape_markdown(citation.quote)
    return emphasised_markdown(citation.quote, *citation.short_in_quote)
