import pytest

from qa_app.routing.periods import Period
from qa_app.routing.time_asked import time_asked


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("Who is the current mayor of Brill?", None),
        ("What does a ticket cost nowadays?", None),
        ("What is today's toll?", None),
        ("Who led the choir in 2021?", Period("2021-01-01", "2021-12-31")),
        ("What did it cost in May 2020?", Period("2020-05-01", "2020-05-31")),
        ("Who led the choir before 2019?", Period(None, "2018-12-31")),
    ],
)
def test_the_time_that_a_question_states(question: str, period: Period | None) -> None:
    asked = time_asked(question)
    assert asked is not None
    assert asked.period == period


@pytest.mark.parametrize("question", ["Who leads the choir?", "How do you know?", "What snow fell in 21 hours?"])
def test_questions_without_a_time(question: str) -> None:
    assert time_asked(question) is None
