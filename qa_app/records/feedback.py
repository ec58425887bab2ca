"""What people said of answers, each with a copy of the receipt that was judged."""

import logging
from dataclasses import dataclass
from typing import Literal, get_args

from qa_app.records.conversations_database import ConversationGone, ConversationsDatabase, now
from qa_app.records.receipts import BrokenReceipt, Receipt, parse_receipt

logger = logging.getLogger(__name__)

Verdict = Literal["right", "wrong answer", "wrong evidence"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class Feedback:
    """What a person said of an answer."""

    turn: str
    """The turn's id; the turn itself may have been asked again since."""
    verdict: Verdict
    note: str
    """Empty when none was left."""
    given_at: str
    """ISO 8601, UTC."""
    receipt: Receipt
    """Of the answer that was judged."""


class FeedbackTable:
    """The feedback of all conversations. A change is on the disk when the call returns."""

    def __init__(self, database: ConversationsDatabase) -> None:
        self._database = database

    def give(self, turn: str, verdict: Verdict | None, note: str = "") -> None:
        """Keep what a person says of an answer in place of what was said before; None takes it back.

        Raises:
            ConversationGone: there is no such turn, or it has no answer.
            ValueError: the verdict is not one of `VERDICTS`.
        """
        if verdict is not None and verdict not in VERDICTS:
            raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}: {verdict}")
        with self._database.changing() as database:
            if verdict is None:
                database.execute("DELETE FROM feedback WHERE turn = ?", (turn,))
                return
            kept = database.execute(
                """INSERT OR REPLACE INTO feedback (turn, conversation, verdict, note, given_at, receipt)
                SELECT id, conversation, ?, ?, ?, receipt FROM turns WHERE id = ? AND receipt IS NOT NULL""",
                (verdict, note.strip(), now(), turn),
            )
        if not kept:
            raise ConversationGone("answer")

    def all(self) -> list[Feedback]:
        """Return all feedback, oldest first, also of answers that were asked again since."""
        with self._database.reading() as database:
            rows = database.rows("SELECT turn, verdict, note, given_at, receipt FROM feedback ORDER BY given_at, rowid")
        return [kept for row in rows if (kept := read_feedback(*row))]


def read_feedback(turn: str, verdict: Verdict, note: str, given_at: str, receipt: str) -> Feedback | None:
    """Return a row of the table; None, with a warning, when its receipt cannot be read."""
    try:
        return Feedback(turn, verdict, note, given_at, parse_receipt(receipt))
    except BrokenReceipt as error:
        logger.warning("the feedback on turn %s is left out: %s", turn, error)
        return None
