"""The turns of conversations: each a question with its receipt or its failure."""

import logging
import secrets
from dataclasses import dataclass
from typing import Literal, NamedTuple

from embeddings.storage.database import Database
from embeddings.storage.private_database import now
from qa_app.records.conversations_database import ConversationsDatabase
from qa_app.records.feedback import Feedback, Verdict, read_feedback
from qa_app.records.receipts import BrokenReceipt, Receipt, parse_receipt, receipt_json
from qa_app.types import Exchange

logger = logging.getLogger(__name__)

# Kept when conversations are only in memory; older turns are deleted. A turn takes about 10 kB.
_TURNS_IN_MEMORY = 2000
_TITLE_CHARACTERS = 80


class View(NamedTuple):
    """What a browser window shows: a conversation, up to the last turn that the window knows."""

    conversation: str
    last_turn: str


@dataclass(frozen=True)
class KeptTurn:
    """A question with its result; without receipt and failure it was stopped or is still being answered."""

    id: str
    conversation: str
    position: int
    """In the conversation, from 0."""
    question: str
    asked_at: str
    """ISO 8601, UTC."""
    receipt: Receipt | None
    failure: str | None
    """What went wrong, in words for the user."""
    feedback: Feedback | None


class TurnsTable:
    """The turns of one person's conversations. A change is on disk when the call returns."""

    def __init__(self, database: ConversationsDatabase, owner: str) -> None:
        self._database = database
        self._owner = owner

    # -- writing

    def ask(self, view: View | None, position: int, question: str) -> View:
        """Record a question before it is answered; returns what its window then shows, with ids that cannot be guessed.

        The question replaces the turns from `position` on, as when it is edited or asked again. If the last of these was
        asked in another window, nothing is replaced: this window continues in a new conversation, with a copy of the
        turns before the question.

        Args:
            view: what the window shows; None, or a conversation that is gone, starts a new one.
            position: the number of questions before this one in the window.
            question: also the title of a new conversation.
        """
        with self._database.changing() as database:
            conversation = self._conversation(database, view, position, question)
            database.execute("DELETE FROM turns WHERE conversation = ? AND position >= ?", (conversation, position))
            turn = new_id()
            database.execute(
                """INSERT INTO turns (id, conversation, position, question, asked_at)
                SELECT ?, ?, coalesce(max(position) + 1, 0), ?, ? FROM turns WHERE conversation = ?""",
                (turn, conversation, question, now(), conversation),
            )
            _touch(database, conversation)
            if self._database.place is None:
                _forget_oldest(database)
        return View(conversation, turn)

    def answered(self, turn: str, receipt: Receipt) -> None:
        """Record the answer to a turn; does nothing if the turn was deleted meanwhile."""
        self._end(turn, "receipt = ?, failure = NULL", receipt_json(receipt, indent=None))

    def failed(self, turn: str, text: str) -> None:
        """Record why a turn has no answer; does nothing if the turn was deleted meanwhile."""
        self._end(turn, "failure = ?", text)

    def withdraw(self, view: View, position: int) -> View | None:
        """Delete the turns from `position` on; returns what the window then shows, None if nothing is left.

        If the last turn was asked in another window, nothing is deleted.
        """
        with self._database.changing() as database:
            if not self._owns(database, view.conversation) or _last_turn(database, view.conversation) != view.last_turn:
                return view
            database.execute(
                "DELETE FROM turns WHERE conversation = ? AND position >= ?", (view.conversation, position)
            )
            last = _last_turn(database, view.conversation)
            _forget_empty(database)
        return None if last is None else View(view.conversation, last)

    # -- reading

    def get(self, turn: str) -> KeptTurn | None:
        """Return a turn; None if it does not exist (any more)."""
        return next(iter(self._found("turns.id = ?", turn)), None)

    def of(self, conversation: str) -> tuple[KeptTurn, ...]:
        """Return the turns of a conversation, in order; empty if it is gone."""
        return self._found("turns.conversation = ?", conversation)

    def between(self, conversation: str, first: int, end: int) -> tuple[KeptTurn, ...]:
        """Return the turns of a conversation at the positions [first, end), in order."""
        return self._found("turns.conversation = ? AND position >= ? AND position < ?", conversation, first, end)

    def has_ended(self, turn: str) -> bool:
        """Return whether a turn was answered, failed, or is gone."""
        with self._database.reading() as database:
            return not database.row("SELECT 1 FROM turns WHERE id = ? AND receipt IS NULL AND failure IS NULL", (turn,))

    def exchanges_before(self, turn: str, most: int) -> tuple[Exchange, ...]:
        """Return at most `most` exchanges directly before a turn, in order, for rewriting a follow-up.

        The cost does not grow with the conversation.
        """
        return self._exchanges(turn, "<", most)

    def exchanges_until(self, turn: str, most: int) -> tuple[Exchange, ...]:
        """Return at most `most` exchanges in order, of which the turn's is the last."""
        return self._exchanges(turn, "<=", most)

    # -- helpers

    def _exchanges(self, turn: str, order: Literal["<", "<="], most: int) -> tuple[Exchange, ...]:
        with self._database.reading() as database:
            rows = database.rows(
                f"""SELECT earlier.id, earlier.question, earlier.receipt FROM turns AS earlier
                JOIN turns AS this ON earlier.conversation = this.conversation AND earlier.position {order} this.position
                WHERE this.id = ? ORDER BY earlier.position DESC LIMIT ?""",
                (turn, most),
            )
        return tuple(_exchange(question, _receipt(earlier, text)[0]) for earlier, question, text in reversed(rows))

    def _found(self, condition: str, *values: str | int) -> tuple[KeptTurn, ...]:
        with self._database.reading() as database:
            rows = database.rows(
                f"""SELECT turns.id, turns.conversation, position, question, asked_at, turns.receipt, failure,
                    verdict, note, given_at, feedback.receipt
                FROM turns JOIN conversations ON conversations.id = turns.conversation AND owner = ?
                LEFT JOIN feedback ON feedback.turn = turns.id WHERE {condition} ORDER BY position""",
                (self._owner, *values),
            )
        return tuple(_kept_turn(*row) for row in rows)

    def _owns(self, database: Database, conversation: str) -> bool:
        return (
            database.row("SELECT 1 FROM conversations WHERE id = ? AND owner = ?", (conversation, self._owner))
            is not None
        )

    def _conversation(self, database: Database, view: View | None, position: int, question: str) -> str:
        """Return the id of the conversation for a question, new if need be; needs a transaction."""
        if view is None or not self._owns(database, view.conversation):
            return _new_conversation(database, self._owner, title_of(question))
        if _last_turn(database, view.conversation, position) in (None, view.last_turn):
            return view.conversation
        title = database.value("SELECT title FROM conversations WHERE id = ?", (view.conversation,))
        copy = _new_conversation(database, self._owner, title if position else title_of(question))
        seen = database.rows(
            """SELECT position, question, asked_at, receipt, failure FROM turns
            WHERE conversation = ? AND position < ? ORDER BY position""",
            (view.conversation, position),
        )
        database.execute_many(
            """INSERT INTO turns (id, conversation, position, question, asked_at, receipt, failure)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            [(new_id(), copy, *row) for row in seen],
        )
        return copy

    def _end(self, turn: str, change: str, value: str) -> None:
        with self._database.changing() as database:
            rows = database.rows(f"UPDATE turns SET {change} WHERE id = ? RETURNING conversation", (value, turn))
            for (conversation,) in rows:
                _touch(database, conversation)


def title_of(words: str) -> str:
    """Return words as a conversation's title: one line, shortened to 80 characters."""
    line = " ".join(words.split()) or "Untitled"
    return line if len(line) <= _TITLE_CHARACTERS else f"{line[: _TITLE_CHARACTERS - 1].rstrip()}…"


def new_id() -> str:
    """Return an id that cannot be guessed."""
    return secrets.token_hex(12)


def _last_turn(database: Database, conversation: str, position: int = 0) -> str | None:
    """Return the id of a conversation's last turn at or after `position`; None if there is no such turn."""
    last: str | None = database.value(
        "SELECT id FROM turns WHERE conversation = ? AND position >= ? ORDER BY position DESC LIMIT 1",
        (conversation, position),
    )
    return last


def _new_conversation(database: Database, owner: str, title: str) -> str:
    conversation = new_id()
    database.execute(
        "INSERT INTO conversations (id, title, updated_at, owner) VALUES (?, ?, ?, ?)",
        (conversation, title, now(), owner),
    )
    return conversation


def _touch(database: Database, conversation: str) -> None:
    database.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", (now(), conversation))


def _forget_oldest(database: Database) -> None:
    """Keep only the newest turns."""
    database.execute(
        "DELETE FROM turns WHERE number <= (SELECT number FROM turns ORDER BY number DESC LIMIT 1 OFFSET ?)",
        (_TURNS_IN_MEMORY,),
    )
    _forget_empty(database)


def _forget_empty(database: Database) -> None:
    """Delete conversations that have neither turns nor feedback."""
    database.execute(
        "DELETE FROM conversations WHERE id NOT IN (SELECT conversation FROM turns UNION SELECT conversation FROM feedback)"
    )


def _kept_turn(
    turn: str,
    conversation: str,
    position: int,
    question: str,
    asked_at: str,
    receipt: str | None,
    failure: str | None,
    verdict: Verdict | None,
    note: str,
    given_at: str,
    judged: str,
) -> KeptTurn:
    found, broken = _receipt(turn, receipt)
    said = read_feedback(turn, verdict, note, given_at, judged) if verdict else None
    return KeptTurn(turn, conversation, position, question, asked_at, found, broken or failure, said)


def _receipt(turn: str, text: str | None) -> tuple[Receipt | None, str | None]:
    """Return a turn's receipt if it has one, or why it cannot be read, so that the other turns can still be shown."""
    try:
        return parse_receipt(text) if text is not None else None, None
    except BrokenReceipt as error:
        logger.warning("turn %s: %s", turn, error)
        return None, str(error)


def _exchange(question: str, receipt: Receipt | None) -> Exchange:
    if receipt is None:
        return Exchange(question, question, "")
    titles = dict.fromkeys(quote.citation.title for quote in receipt.quotes)
    return Exchange(question, receipt.searched_for, receipt.text, receipt.short_answer, tuple(titles))
