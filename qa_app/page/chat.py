"""The conversation: what a person reads as an answer is made, and the evidence beside it."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, wait
from typing import Any

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.composition import ABSTENTION, DOUBT
from qa_app.opening import Service
from qa_app.page.evidence import EMPTY, article_html, evidence_html, searching_html
from qa_app.page.html import emphasised_markdown, escape, escape_markdown
from qa_app.page.loading import LOADING, wait_for
from qa_app.pipeline import answer_events
from qa_app.values import Answer, Citation, Done, Evidence, Failed, Searching, Wording

# Answers whose evidence can be shown again; older ones are asked again. One takes a few kilobytes.
_KEPT_ANSWERS = 2000
# How soon a question that waits for the models feels that it was stopped.
_TURN_S = 1.0


class Chat:
    """What the chat's events call. Shared by all visitors; an answer is known by an id that cannot be guessed."""

    def __init__(self, service: "Future[Service]") -> None:
        self._service = service
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def respond(self, message: str, history: list[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield the answer as it grows, with the evidence panel: (chat message, panel)."""
        while not self._service.done():
            yield f"*{LOADING}*", gr.skip()
            wait([self._service], _TURN_S)
        try:
            service = self._service.result()
        except ArticlesError as error:
            yield _failed(error.what, error.next_step), EMPTY
            return
        words = ""
        for event in answer_events(service.assistant, message, writing=service.writing):
            if isinstance(event, Searching):
                yield "*Searching the articles …*", searching_html(event.searched_for)
            elif isinstance(event, Evidence):
                yield f"*Reading {len(event.passages)} passages …*", gr.skip()
            elif isinstance(event, Failed):
                yield _failed(event.what, event.next_step), EMPTY
            elif isinstance(event, Done):
                yield self._shown(event.answer)
            elif isinstance(event, Wording):
                yield (
                    (f"*{escape_markdown(event.writer)} writes …*" if not words else escape_markdown(words)),
                    gr.skip(),
                )
            else:
                words += event.text
                yield escape_markdown(words), gr.skip()

    def evidence(self, answer_id: str) -> str:
        """Return the evidence panel of an earlier answer."""
        with self._lock:
            answer = self._answers.get(answer_id)
        if answer is None:
            return '<p class="hint">The evidence of this answer is no longer at hand. Ask the question again.</p>'
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            return evidence_html(answer, answer_id, snapshot)

    def article(self, path: str, start: int, end: int) -> str:
        """Return a whole article, with a place in it highlighted."""
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            document = snapshot.document(path)
        if document is None:
            return f'<p class="hint">There is no article {escape(path)} any more.</p>'
        return article_html(document, start, end)

    def _shown(self, answer: Answer) -> tuple[str, str]:
        answer_id = secrets.token_hex(6)
        with self._lock:
            self._answers[answer_id] = answer
            while len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return answer_markdown(answer, answer_id), self.evidence(answer_id)


def _failed(what: str, next_step: str) -> str:
    return f"**{escape_markdown(what)}**\n\n{escape_markdown(next_step)}"


def answer_markdown(answer: Answer, answer_id: str) -> str:
    """Return the answer as Markdown; each `[n]` is a link that the page turns into a step to its card."""
    if answer.abstained:
        return f"{escape_markdown(ABSTENTION)}\n\nThe closest passages stand in the evidence."
    doubt = f"*{DOUBT}*\n\n" if answer.doubtful else ""
    return doubt + "\n\n".join(
        f"{_quote(citation)} [[{citation.n}]](#cite-{answer_id}-{citation.n})" for citation in answer.citations
    )


def _quote(citation: Citation) -> str:
    """Return the quote as Markdown, the words that answer in bold."""
    if citation.short is None:
        return escape_markdown(citation.quote)
    return emphasised_markdown(citation.quote, citation.short[0] - citation.start, citation.short[1] - citation.start)
