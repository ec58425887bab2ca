import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from qa_app.evaluation.metrics.judging import given, right
from qa_app.evaluation.results import Outcome
from qa_app.evaluation.threshold_fitting import Fit, RateNotReached, fit_threshold
from tests.qa_app.evaluation.outcomes import plain, told, unanswerable

OUTCOMES = [
    told(1, 0.9, exact=True),
    told(2, 0.8, exact=True),
    unanswerable(3, 0.7),
    told(4, 0.6, exact=True),
    told(5, 0.3, exact=False),
    plain(6, 0.2),
]


def test_the_lowest_threshold_by_hand() -> None:
    # Threshold 0.3: 2 of 5 wrong; 0.6: 1 of 4; 0.8: none.
    assert fit_threshold(OUTCOMES, 0.4) == Fit(0.0, 0.4, 5, 5)
    assert fit_threshold(OUTCOMES, 0.39) == Fit(0.45, 0.25, 4, 5)
    assert fit_threshold(OUTCOMES, 0.25) == Fit(0.45, 0.25, 4, 5)
    assert fit_threshold(OUTCOMES, 0.2) == Fit(0.75, 0.0, 2, 5)
    assert fit_threshold(OUTCOMES, 0).coverage == 2 / 5


def test_answers_with_the_same_confidence_go_together() -> None:
    same = [told(1, 0.5, exact=True), told(2, 0.5, exact=False), told(3, 0.4, exact=False)]
    assert fit_threshold(same, 0.5) == Fit(0.45, 0.5, 2, 3)


def test_neighbouring_confidences_are_distinguished() -> None:
    close = [told(1, 0.50000002, exact=True), told(2, 0.50000001, exact=False)]
    fit = fit_threshold(close, 0)
    assert 0.50000001 < fit.threshold <= 0.50000002


def test_the_error_for_an_unreachable_rate_has_the_lowest_rate_and_its_coverage() -> None:
    hard = [told(1, 0.9, exact=False), told(2, 0.8, exact=True), told(3, 0.7, exact=True), unanswerable(4, 0.1)]
    with pytest.raises(
        RateNotReached, match=r"the lowest is 33\.3%, with 3 of 4 questions answered \(75\.0%\)"
    ) as told_so:
        fit_threshold(hard, 0.1)
    rate = float(told_so.value.next_step.rpartition(" ")[2])
    assert fit_threshold(hard, rate).given == 3


def test_questions_that_cannot_be_judged_are_refused() -> None:
    with pytest.raises(RateNotReached, match="None of the answers can be judged"):
        fit_threshold([plain(1, 0.5), told(2, 0.5, exact=True, sentences=0)], 1)


@pytest.mark.parametrize(
    ("fit", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (Fit(0.5, 81 / 263, 263, 300), 0.2553, 0.3662),
        (Fit(0.5, 15 / 148, 148, 300), 0.0624, 0.1605),
        (Fit(0.5, 0.0, 20, 30), 0.0, 0.1611),
        (Fit(0.5, 1 / 29, 29, 30), 0.0061, 0.1718),
    ],
)
def test_the_rates_interval_is_wilsons(fit: Fit, low: float, high: float) -> None:
    assert fit.interval == pytest.approx((low, high), abs=5e-5)


answers = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30)


@drawn(answers, st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]))
def test_no_lower_threshold_would_do(rows: list[tuple[int, bool]], rate: float) -> None:
    outcomes = [told(i, confidence / 20, exact=is_right) for i, (confidence, is_right) in enumerate(rows)]

    def reached(threshold: float) -> float | None:
        kept: list[Outcome] = [outcome for outcome in outcomes if given(outcome, threshold)]
        return sum(not right(outcome) for outcome in kept) / len(kept) if kept else None

    lower = {0.0, *(outcome.confidence for outcome in outcomes)}
    possible = [t for t in lower if (risk := reached(t)) is not None and risk <= rate]
    if not possible:
        with pytest.raises(RateNotReached):
            fit_threshold(outcomes, rate)
        return
    fit = fit_threshold(outcomes, rate)
    assert reached(fit.threshold) == fit.rate <= rate
    assert fit.given == sum(given(outcome, min(possible)) for outcome in outcomes)
