import pytest

from qa_app.routing.parts import Comparison, comparison, parts


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("Who built the tower? When was it finished?", ["Who built the tower?", "When was it finished?"]),
        ("How high is the tower and who built it?", ["How high is the tower?", "who built it?"]),
        ("Where is the tower, how high is it, and when did it open?", ["Where is the tower?", "how high is it?", "when did it open?"]),
        ("1) Who built it?\n2) What did it cost?", ["Who built it?", "What did it cost?"]),
        ("- Who built it\n- What did it cost", ["Who built it", "What did it cost"]),
    ],
)  # fmt: skip
def test_several_questions_are_told_apart(message: str, questions: list[str]) -> None:
    assert parts(message) == questions


@pytest.mark.parametrize(
    "message",
    [
        "When and where was the tower built?",
        "Who designed and built the tower?",
        "When the tower burned, who saved the bells?",
        "What is the tower, which was finished in 1901, used for?",
        "What load may a version 1. and 2.0 device draw?",
        "Which songs did she write between 1990 and 2000?",
        "Who knows where to go and what to do?",
        "I saw the tower. How high is it?",
    ],
)
def test_one_question_stays_whole(message: str) -> None:
    assert parts(message) == [message]


def test_a_comparison_has_two_sides() -> None:
    assert comparison("Compare the old tower with the new one.") == Comparison(("the old tower", "the new one"))
    asked = comparison("What is the difference between the mill and the dam?")
    assert asked == Comparison(("the mill", "the dam"), may_be_fact=True)
    assert comparison("How high is the tower compared to the mill?") is None


def test_which_of_two_is_asked_of_each() -> None:
    asked = comparison("Which is heavier, the old mill or the new one?")
    assert asked and asked.asked == ("How heavy is the old mill?", "How heavy is the new one?") and asked.may_be_fact
    cost = comparison("What costs more, a berth or a meal?")
    assert cost and cost.asked == ("How much does a berth cost?", "How much does a meal cost?")
    bigger = comparison("which was larger: the pier or the quay")
    assert bigger and bigger.asked == ("How large was the pier?", "How large was the quay?")


def test_what_is_compared_of_the_first_is_compared_of_the_other() -> None:
    price = comparison("Compare the price of the pier and the mill.")
    assert price is not None and price.sides == ("the price of the pier", "the price of the mill")
    assert price.asked == ("What is the price of the pier?", "What is the price of the mill?")
    history = comparison("Compare the history of the pier and the mill.")
    assert history == Comparison(("the history of the pier", "the history of the mill"))
    assert comparison("Compare the Bank of Oslo and the mill.") == Comparison(("the Bank of Oslo", "the mill"))
    assert comparison("Compare the price of oil with that of coal") == Comparison(("the price of oil", "that of coal"))
