import pytest

from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.records.conversations import Conversations
from qa_app.records.conversations_database import ConversationGone
from qa_app.records.receipts import receipt
from qa_app.records.saved_quotes import saved_quotes_markdown
from qa_app.records.turns import KeptTurn

QUESTION = "what rainwater system does Arkadag use?"


def _kept(conversations: Conversations, assistant: Assistant) -> KeptTurn:
    view = conversations.turns.ask(None, 0, QUESTION)
    with assistant.index.snapshot() as snapshot:
        conversations.turns.answered(view.last_turn, receipt(answer(assistant, QUESTION), assistant, snapshot))
    turn = conversations.turns.get(view.last_turn)
    assert turn
    return turn


def test_a_quote_is_saved_once_and_outlives_its_conversation(assistant: Assistant) -> None:
    conversations = Conversations(None)
    turn = _kept(conversations, assistant)
    assert conversations.saved_quotes.save(turn, 1) and not conversations.saved_quotes.save(turn, 1)
    with pytest.raises(ConversationGone, match="quote no longer exists"):
        conversations.saved_quotes.save(turn, 99)
    conversations.delete(turn.conversation)
    (saved,) = conversations.saved_quotes.all()
    assert turn.receipt and saved.quote == turn.receipt.quotes[0] and saved.question == QUESTION
    conversations.saved_quotes.annotate(saved.id, "for *me*")
    text = saved_quotes_markdown(conversations.saved_quotes.all())
    assert "**a rainwater collection system**" in text and r"for \*me\*" in text
    assert "Arkadag delegation visits Kazan, 17 May 2024, Arkadag\\_delegation\\_visits\\_Kazan.txt" in text
    conversations.saved_quotes.forget(saved.id)
    assert conversations.saved_quotes.all() == []
