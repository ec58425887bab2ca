import pytest

from qa_app.rewriting.history import exchanges
from qa_app.types import Exchange, Turn


def test_messages_become_exchanges_and_later_questions_are_completed_from_earlier_ones() -> None:
    history = [
        Turn("system", "Answer briefly."),
        Turn("assistant", "Hello."),
        Turn("user", "Who did Luther marry?"),
        Turn("assistant", "Luther married Katharina von Bora. [1]"),
        Turn("assistant", "They had six children. [2]"),
        Turn("user", "When was she born?"),
    ]
    assert exchanges(history) == (
        Exchange(
            "Who did Luther marry?",
            "Who did Luther marry?",
            "Luther married Katharina von Bora. [1]\n\nThey had six children. [2]",
        ),
        Exchange("When was she born?", "When was Katharina von Bora born?", ""),
    )


@pytest.mark.parametrize("history", [[], [Turn("assistant", "Hello.")], [Turn("tool", "x"), Turn("system", "y")]])
def test_without_a_question_there_is_no_exchange(history: list[Turn]) -> None:
    assert exchanges(history) == ()
