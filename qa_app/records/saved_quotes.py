"""Quotes that a person has saved, each with its question and a note."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from embeddings.storage.private_database import now
from qa_app.records.conversations_database import ConversationGone, ConversationsDatabase
from qa_app.records.receipts import Quote
from qa_app.records.turns import KeptTurn, new_id
from qa_app.rendering.markdown import emphasised_markdown, escape_markdown
from qa_app.rendering.readable import day_in_words

logger = logging.getLogger(__name__)

_QUOTE = TypeAdapter(Quote)


@dataclass(frozen=True)
class SavedQuote:
    """A quote that outlives the conversation it was saved from."""

    id: str
    question: str
    """That it answered."""
    quote: Quote
    note: str
    """Empty if the user wrote none."""
    saved_at: str
    """ISO 8601, UTC."""


class SavedQuotesTable:
    """The saved quotes. A change is on disk when the call returns."""

    def __init__(self, database: ConversationsDatabase, owner: str) -> None:
        """`owner` is whose quotes they are, as of conversations."""
        self._database = database
        self._owner = owner

    def save(self, turn: KeptTurn, n: int) -> bool:
        """Save a quote of an answer; return False if it was saved before.

        Raises:
            ConversationGone: the answer has no such quote.
        """
        quotes = turn.receipt.quotes if turn.receipt else ()
        quote = next((quote for quote in quotes if quote.citation.n == n), None)
        if quote is None:
            raise ConversationGone("quote")
        with self._database.changing() as database:
            citation = quote.citation
            place = (
                self._owner,
                citation.document,
                citation.folder or "",
                citation.start,
                citation.end,
                quote.text_sha256 or "",
            )
            if database.row(
                """SELECT 1 FROM saved_quotes
                WHERE owner = ? AND document = ? AND folder = ? AND first = ? AND last = ? AND text_sha256 = ?""",
                place,
            ):
                return False
            database.execute(
                "INSERT INTO saved_quotes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (new_id(), *place, turn.question, _QUOTE.dump_json(quote).decode(), "", now()),
            )
        return True

    def all(self) -> list[SavedQuote]:
        """Return the saved quotes, the last saved first; one that cannot be read is left out."""
        with self._database.reading() as database:
            rows = database.rows(
                "SELECT id, question, quote, note, saved_at FROM saved_quotes WHERE owner = ? ORDER BY saved_at DESC, id",
                (self._owner,),
            )
        found = []
        for saved, question, text, note, saved_at in rows:
            try:
                found.append(SavedQuote(saved, question, _QUOTE.validate_json(text), note, saved_at))
            except ValidationError as error:
                logger.warning("saved quote %s: %s", saved, error)
        return found

    def annotate(self, saved: str, note: str) -> None:
        """Replace the note of a saved quote; does nothing if it is gone."""
        with self._database.changing() as database:
            database.execute("UPDATE saved_quotes SET note = ? WHERE id = ? AND owner = ?", (note, saved, self._owner))

    def forget(self, saved: str) -> None:
        """Delete a saved quote; does nothing if it is gone."""
        with self._database.changing() as database:
            database.execute("DELETE FROM saved_quotes WHERE id = ? AND owner = ?", (saved, self._owner))


def saved_quotes_markdown(quotes: Sequence[SavedQuote]) -> str:
    """Return saved quotes as Markdown, each with its source, question and note."""
    return "\n".join(["# Saved quotes\n", *(_markdown(saved) for saved in quotes)])


def _markdown(saved: SavedQuote) -> str:
    citation = saved.quote.citation
    words = escape_markdown(citation.quote)
    if citation.short_in_quote:
        words = emphasised_markdown(citation.quote, *citation.short_in_quote)
    source = [
        escape_markdown(citation.title),
        citation.date and day_in_words(citation.date),
        f"page {citation.page}" if citation.page else None,
        f"{escape_markdown(str(citation.address))}, characters {citation.start}–{citation.end}",
    ]
    lines = [f"> {words}\n>\n> {', '.join(filter(None, source))}", f"*{escape_markdown(saved.question)}*"]
    return "\n\n".join([*lines, *([escape_markdown(saved.note)] if saved.note else [])]) + "\n"
