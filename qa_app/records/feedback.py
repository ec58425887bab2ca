"""Users' feedback on answers, each with a copy of the receipt of the judged answer."""

import logging
from dataclasses import dataclass
from typing import Literal, get_args

from embeddings.errors import ArticlesError
from embeddings.storage.private_database import now
from qa_app.records.conversations_database import ConversationGone, ConversationsDatabase
from qa_app.records.receipts import BrokenReceipt, Receipt, parse_receipt

logger = logging.getLogger(__name__)

NOTE_CHARACTERS = 10_000
"""The longest note."""

Verdict = Literal["right", "wrong answer", "wrong evidence"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class NoteTooLong(ArticlesError):
    """A note on an answer is too long; nothing was changed."""


@dataclass(frozen=True)
class Feedback:
    """A user's feedback on an answer."""

    turn: str
    """The turn's id; the turn itself may have been asked again since."""
    verdict: Verdict
    note: str
    """Empty if the user left none."""
    given_at: str
    """ISO 8601, UTC."""
    receipt: Receipt
    """Of the judged answer."""


class FeedbackTable:
    """The feedback on answers, given by one person. A change is on disk when the call returns."""

    def __init__(self, database: ConversationsDatabase, owner: str) -> None:
        self._database = database
        self._owner = owner

    def give(self, turn: str, verdict: Verdict | None, note: str = "") -> None:
        """Store feedback on an answer, replacing any earlier feedback; the verdict None deletes it.

        Raises:
            ConversationGone: the person has no such turn, or it has no answer.
            NoteTooLong: the note is longer than `NOTE_CHARACTERS`.
            ValueError: the verdict is not one of `VERDICTS`.
        """
        if len(note) > NOTE_CHARACTERS:
            raise NoteTooLong(f"The note has {len(note):,} characters.", f"Shorten it to {NOTE_CHARACTERS:,}.")
        if verdict is not None and verdict not in VERDICTS:
            raise ValueError(f"unknown verdict {verdict!r}: it must be one of {', '.join(VERDICTS)}")
        with self._database.changing() as database:
            if verdict is None:
                database.execute(
                    """DELETE FROM feedback WHERE turn = ?
                    AND conversation IN (SELECT id FROM conversations WHERE owner = ?)""",
                    (turn, self._owner),
                )
                return
            kept = database.execute(
                """INSERT INTO feedback (turn, conversation, verdict, note, given_at, receipt)
                SELECT turns.id, conversation, ?, ?, ?, receipt
                FROM turns JOIN conversations ON conversations.id = conversation AND owner = ?
                WHERE turns.id = ? AND receipt IS NOT NULL
                ON CONFLICT (turn) DO UPDATE SET conversation = excluded.conversation, verdict = excluded.verdict,
                    note = excluded.note, given_at = excluded.given_at, receipt = excluded.receipt""",
                (verdict, note.strip(), now(), self._owner, turn),
            )
        if not kept:
            raise ConversationGone("answer")

    def all(self) -> list[Feedback]:
        """Return everyone's feedback, oldest first, including feedback on answers that were replaced since."""
        with self._database.reading() as database:
            rows = database.rows("SELECT turn, verdict, note, given_at, receipt FROM feedback ORDER BY given_at, turn")
        return [kept for row in rows if (kept := read_feedback(*row))]


def read_feedback(turn: str, verdict: Verdict, note: str, given_at: str, receipt: str) -> Feedback | None:
    """Return a row of the table as feedback; None, with a warning, if its receipt cannot be read."""
    try:
        return Feedback(turn, verdict, note, given_at, parse_receipt(receipt))
    except BrokenReceipt as error:
        logger.warning("skipped the feedback on turn %s: %s", turn, error)
        return None
