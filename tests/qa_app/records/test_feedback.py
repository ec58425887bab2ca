import pytest

from qa_app.records.conversations import Conversations
from qa_app.records.conversations_database import ConversationGone
from qa_app.records.feedback import NoteTooLong, Verdict
from tests.qa_app.records.conversations_made import RECEIPT, talked


def test_feedback_is_stored_with_its_receipt_changed_and_deleted(kept: Conversations) -> None:
    _, (turn,) = talked(kept, "a")
    kept.feedback.give(turn, "wrong answer", " it is 91 ")
    (said,) = kept.feedback.all()
    assert (said.turn, said.verdict, said.note, said.receipt) == (turn, "wrong answer", "it is 91", RECEIPT)
    found = kept.turns.get(turn)
    assert found is not None and found.feedback == said
    kept.feedback.give(turn, "right")
    assert [(f.verdict, f.note) for f in kept.feedback.all()] == [("right", "")]
    kept.feedback.give(turn, None)
    assert kept.feedback.all() == []


def test_feedback_outlives_asking_again_but_not_its_conversation(kept: Conversations) -> None:
    view, (turn,) = talked(kept, "a")
    kept.feedback.give(turn, "wrong evidence")
    kept.turns.ask(view, 0, "a")
    assert [f.turn for f in kept.feedback.all()] == [turn]
    kept.delete(view.conversation)
    assert kept.feedback.all() == []


def test_feedback_needs_an_answer_and_a_known_verdict(kept: Conversations) -> None:
    _, turn = kept.turns.ask(None, 0, "a")
    with pytest.raises(ConversationGone, match="answer"):
        kept.feedback.give(turn, "right")
    verdict: Verdict = "splendid"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="right, wrong answer, wrong evidence"):
        kept.feedback.give(turn, verdict)
    assert kept.feedback.all() == []


def test_a_note_is_limited(kept: Conversations) -> None:
    with pytest.raises(NoteTooLong, match="Shorten it to 10,000"):
        kept.feedback.give("x", "right", "x" * 10_001)
