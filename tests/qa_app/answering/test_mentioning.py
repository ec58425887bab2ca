import pytest

from qa_app.answering.mentioning import is_phrase
from qa_app.assistant import Assistant
from qa_app.pipeline import answer


@pytest.mark.parametrize("message", ["rainwater?", "BI Group", "speed limit Lund bridge", "№ 5 boats"])
def test_a_few_words_that_ask_nothing(message: str) -> None:
    assert is_phrase(message)


@pytest.mark.parametrize(
    "message",
    ["Who built it?", "how long", "tell me more", "list boats", "the old pier of the lower town of Brill", "?"],
)
def test_questions_and_requests(message: str) -> None:
    assert not is_phrase(message)


def test_a_name_alone_is_answered_with_the_sentences_that_mention_it(town: Assistant) -> None:
    found = answer(town, "Greta Holm")
    assert [citation.quote for citation in found.citations] == [
        "The harbour master Greta Holm expects ninety boats in July."
    ]
    assert answer(town, "Greta Dahl").kind != "several"  # no sentence has both words
