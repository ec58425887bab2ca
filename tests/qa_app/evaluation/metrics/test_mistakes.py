from dataclasses import replace

import pytest

from qa_app.evaluation.metrics.mistakes import Kind, by_kind, in_words, kind_of, worst
from qa_app.evaluation.results import Outcome
from tests.qa_app.evaluation.results_made import outcome, result

RIGHT, WRONG = outcome(0.9), outcome(0.8, contains=False)
WITHHELD, MISSED = outcome(0.4), outcome(0.3, contains=False)
ANSWERED, REFUSED = outcome(0.7, unanswerable=True), outcome(0.2, unanswerable=True)
UNJUDGED = outcome(0.6, answers=(), gold=(), is_cited=None)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (RIGHT, Kind.RIGHT), (WRONG, Kind.WRONG), (WITHHELD, Kind.WITHHELD), (MISSED, Kind.MISSED),
        (ANSWERED, Kind.ANSWERED), (REFUSED, Kind.REFUSED), (UNJUDGED, Kind.UNJUDGED),
        (replace(WRONG, citations=()), Kind.MISSED),  # without a citation nothing is shown
    ],
)  # fmt: skip
def test_the_kind_of_each_outcome(one: Outcome, kind: Kind) -> None:
    assert kind_of(one, 0.5) is kind


def test_the_threshold_itself_is_enough() -> None:
    assert kind_of(outcome(0.5), 0.5) is Kind.RIGHT


def test_confidently_wrong_first_then_answered_then_withheld() -> None:
    surer = outcome(0.95, contains=False)
    made = result([WITHHELD, REFUSED, ANSWERED, WRONG, RIGHT, surer, MISSED])
    assert [o for _, o in worst(made, 10)] == [surer, WRONG, ANSWERED, WITHHELD, MISSED]
    assert len(worst(made, 2)) == 2
    assert sum(map(len, by_kind(made).values())) == 7


def test_in_words() -> None:
    made = result([RIGHT, RIGHT, WRONG, WITHHELD, ANSWERED, REFUSED, REFUSED])
    assert in_words(made) == (
        "Of 4 questions that the articles answer, the assistant answered 2 with the expected words, 1 otherwise, and left 1 "
        "unanswered. Of 3 questions that the articles don't answer, the assistant left 2 unanswered (67%)."
    )


def test_words_for_evidence_alone_and_for_nothing() -> None:
    assert "with the expected passage," in in_words(result([outcome(0.9, answers=())]))
    assert "1 question could not be judged" in in_words(result([UNJUDGED]))
    assert in_words(result([])) == "The file contains no questions."
