"""The points of the curves, compared with cases worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.evaluation.metrics.curves import RiskPoint, latencies, reliability, risk_coverage
from tests.qa_app.evaluation.results_made import outcome


def test_risk_rises_with_each_wrong_answer_and_equal_confidences_come_together() -> None:
    outcomes = [
        outcome(0.2, contains=False),
        outcome(0.9),
        outcome(0.6, contains=False),
        outcome(0.6),
    ]
    assert risk_coverage(outcomes) == [RiskPoint(0.9, 0.25, 0.0), RiskPoint(0.6, 0.75, 1 / 3), RiskPoint(0.2, 1.0, 0.5)]


def test_any_answer_to_an_unanswerable_question_is_a_risk_and_what_the_file_does_not_judge_is_left_out() -> None:
    outcomes = [outcome(0.9, unanswerable=True), outcome(0.8), outcome(0.7, answers=(), gold=(), is_cited=None)]
    assert risk_coverage(outcomes) == [RiskPoint(0.9, 0.5, 1.0), RiskPoint(0.8, 1.0, 0.5)]


def test_a_question_without_answers_is_judged_by_its_evidence() -> None:
    outcomes = [outcome(0.9, answers=(), is_cited=False), outcome(0.8, answers=(), is_cited=True)]
    assert [point.risk for point in risk_coverage(outcomes)] == [1.0, 0.5]


def test_bins_hold_mean_confidence_share_exactly_right_and_count() -> None:
    outcomes = [
        outcome(0.11, contains=False),
        outcome(0.19),
        outcome(1.0),
        outcome(0.95, exact=0.0),  # the quote contains the words, but the short answer differs
        outcome(0.1, unanswerable=True),
    ]
    low, high = reliability(outcomes)
    assert low.confidence == pytest.approx(0.4 / 3) and low.right == pytest.approx(1 / 3) and low.count == 3
    assert high.confidence == pytest.approx(0.975) and high.right == 0.5 and high.count == 2


def test_percentiles_are_nearest_rank_and_slow_ones_are_in_the_last_bar() -> None:
    times = latencies(
        [outcome(0.5, latency_ms=float(ms)) for ms in range(1, 20)] + [outcome(0.5, latency_ms=1000.0)], bars=2
    )
    assert times is not None
    assert (times.p50_ms, times.p95_ms) == (10.0, 19.0)
    assert times.edges_ms == (0.0, 19.0, 38.0)
    assert times.counts == (18, 2)


def test_no_outcomes_give_no_points() -> None:
    assert risk_coverage([]) == [] and reliability([]) == [] and latencies([]) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0, 1e6)), min_size=1, max_size=60))
def test_every_answer_is_counted_once(rows: list[tuple[float, bool, float]]) -> None:
    outcomes = [outcome(confidence, contains=right, latency_ms=ms) for confidence, right, ms in rows]
    curve, bins, times = risk_coverage(outcomes), reliability(outcomes), latencies(outcomes)
    assert curve[-1].coverage == 1.0
    assert curve[-1].risk == pytest.approx(sum(not right for _, right, _ in rows) / len(rows))
    assert [p.threshold for p in curve] == sorted({confidence for confidence, _, _ in rows}, reverse=True)
    assert sum(one.count for one in bins) == len(rows)
    assert times is not None and sum(times.counts) == len(rows) and times.p50_ms <= times.p95_ms
