import pytest

from qa_app.questions import AnswerKind, answer_kind, wants_several


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
def test_lists_reasons_and_overviews_want_several_sentences(question: str) -> None:
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
def test_a_question_for_one_fact_does_not(question: str) -> None:
    assert not wants_several(question)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did it open?", AnswerKind.DATE),
        ("In which year was it built?", AnswerKind.DATE),
        ("How many towers?", AnswerKind.NUMBER),
        ("Who built it?", AnswerKind.NAME),
        ("Where is it?", AnswerKind.NAME),
        ("What rainwater system does Arkadag use?", AnswerKind.OTHER),
    ],
)
def test_the_kind_of_answer(question: str, kind: AnswerKind) -> None:
    assert answer_kind(question) is kind
