"""Conversations for tests."""

from qa_app.records.conversations import Conversations
from qa_app.records.turns import View
from tests.qa_app.records.receipts_made import article, made, quote

TOWER = article("The tower is 90 metres high. It was built in 1911.")
RECEIPT = made(quote(TOWER, 0, 28, short=(13, 22)))


def talked(kept: Conversations, *questions: str) -> tuple[View, list[str]]:
    """Ask questions, each of which is answered by `RECEIPT`; returns what the window shows, and the turns' ids."""
    view, turns = None, []
    for position, question in enumerate(questions):
        view = kept.turns.ask(view, position, question)
        kept.turns.answered(view.last_turn, RECEIPT)
        turns.append(view.last_turn)
    assert view is not None
    return view, turns
