"""The panel of saved quotes: saves, annotates, forgets and exports them."""

from concurrent.futures import Future
from dataclasses import dataclass

from typing_extensions import TypedDict

from qa_app.records.conversations import Conversations
from qa_app.records.conversations_database import ConversationGone
from qa_app.records.saved_quotes import SavedQuote, saved_quotes_markdown
from qa_app.records.verification import Verified, verify_quote
from qa_app.rendering.html import render
from qa_app.serving.page.chat import File
from qa_app.serving.service import Service
from qa_app.serving.waiting import wait_for


class QuoteOf(TypedDict):
    """A quote of an answer."""

    answer: str
    n: int


class Annotated(TypedDict):
    id: str
    note: str


@dataclass(frozen=True)
class Shown:
    """A saved quote as it can be shown now: withheld if its article no longer has it."""

    saved: SavedQuote
    verified: Verified


class SavedQuotes:
    """The panel's functions."""

    def __init__(self, service: "Future[Service]") -> None:
        self._service = service

    def save(self, quote: QuoteOf) -> str:
        """Save a quote of an answer; return a message for the user."""
        conversations = self._conversations()
        turn = conversations.turns.get(quote["answer"])
        if turn is None:
            raise ConversationGone("answer")
        return "Saved" if conversations.saved_quotes.save(turn, quote["n"]) else "Saved before"

    def count(self, _: object) -> int:
        return len(self._conversations().saved_quotes.all())

    def listing(self, _: object) -> str:
        """Return the panel."""
        saved = self._conversations().saved_quotes.all()
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            shown = [Shown(each, verify_quote(each.quote, snapshot)) for each in saved]
        return render("page/saved.html", quotes=shown)

    def annotate(self, annotated: Annotated) -> str:
        self._conversations().saved_quotes.annotate(annotated["id"], annotated["note"])
        return "Noted."

    def forget(self, saved: str) -> str:
        self._conversations().saved_quotes.forget(saved)
        return "Removed."

    def exported(self, _: object) -> File:
        return {"name": "quotes.md", "text": saved_quotes_markdown(self._conversations().saved_quotes.all())}

    def _conversations(self) -> Conversations:
        return wait_for(self._service).conversations
