import pytest

from qa_app.question_kinds import wants_list, wants_sentences, wants_several


@pytest.mark.parametrize(
    "question",
    [
        "which projects interest the delegation?",
        "What other facilities are planned in Fizuli?",
        "Why did the presidents go there?",
        "what do we know about Arkadag",
        "Tell me about the Open Kazan app.",
        "List the members of the delegation",
        "Who were the members of the delegation?",
        "How does Open Kazan work?",
        "What kinds of problems can residents report?",
    ],
)
def test_lists_reasons_and_overviews_need_several_sentences(question: str) -> None:
    assert wants_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "what rainwater system does Arkadag use?",
        "Who is the chairman of Turkmennebit?",
        "When was the groundbreaking ceremony?",
        "How many high-rise buildings are there?",
        "Which city is Arkadag's twin?",
        "What does the focus group use?",
        "Which bus goes there?",
        "Which company makes the buses?",
    ],
)
def test_a_question_for_one_fact_needs_one_sentence(question: str) -> None:
    assert not wants_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "Why did the presidents go there?",
        "How does Open Kazan work?",
        "Tell me about the Open Kazan app.",
        "what do we know about Arkadag",
        "Is Arkadag twinned with Kazan?",
        "Do residents report leaks by telephone",
    ],
)
def test_reasons_methods_summaries_and_yes_or_no_need_whole_sentences(question: str) -> None:
    assert wants_sentences(question)


@pytest.mark.parametrize(
    "question",
    [
        "what rainwater system does Arkadag use?",
        "How many high-rise buildings are there?",
        "How much water is saved?",
        "Who built it, and is it open?",
        "Is the twin of Arkadag Kazan or Fizuli?",
        "Which projects interest the delegation?",
    ],
)
def test_other_questions_have_a_short_answer(question: str) -> None:
    assert not wants_sentences(question)


@pytest.mark.parametrize(
    "question", ["Which boats are in the harbour?", "List all people in the article.", "Who were the winners?"]
)
def test_a_plural_asks_for_a_list(question: str) -> None:
    assert wants_list(question)


@pytest.mark.parametrize(
    "question",
    ["Which boat won?", "Why did the boats sink?", "What is the news?", "Which of the boats sank, and is it old?"],
)
def test_other_questions_ask_for_no_list(question: str) -> None:
    assert not wants_list(question)


def test_a_verb_is_no_plural() -> None:
    for question in ("What happens if I lose the key?", "What causes the noise?", "What makes it shine?"):
        assert not wants_list(question)
    for question in (
        "What animals live there?",
        "What kinds of birds nest here?",
        "Which countries in Europe have a king?",
    ):
        assert wants_list(question)
