import pytest

from qa_app.evaluation.metrics.measures import calibration_error, measures
from tests.qa_app.evaluation.outcomes import plain, told, unanswerable

# At 0.5, answers 1, 2, 3, 6 and 8 are given: 1 and 2 are right, 3 is wrong, 6 answers an unanswerable question.
OUTCOMES = (
    told(1, 0.9, exact=True, sentences=3),
    told(2, 0.8, exact=False, contains=True, rank=2),
    told(3, 0.7, exact=False, rank=0),
    told(4, 0.4, exact=True, rank=4),
    unanswerable(5, 0.1),
    unanswerable(6, 0.6),
    plain(7, 0.3),
    plain(8, 0.9),
)


def test_every_figure_by_hand() -> None:
    found = {measure.name: (measure.value, measure.count) for measure in measures(OUTCOMES, 0.5)}
    expected = {
        "exact match": (1 / 4, 4),
        "F1": (1 / 4, 4),
        "contains": (2 / 4, 4),
        "gold in 1": (1 / 4, 4),
        "gold in 3": (2 / 4, 4),
        "gold in 5": (3 / 4, 4),
        "gold in 10": (3 / 4, 4),
        "MRR": ((1 + 1 / 2 + 0 + 1 / 4) / 4, 4),
        "cited": (2 / 4, 4),
        "first cited": (1 / 4, 4),
        "sentences an answer": ((3 + 1 + 1 + 1 + 1) / 5, 5),
        "quotes exact": (1.0, 8),
        "answerable abstained": (1 / 4, 4),
        "unanswerable abstained": (1 / 2, 2),
        # Exactly right: 0.9 and 0.4; unanswerable: 0.1 and 0.6.
        "AUROC": (3 / 4, 4),
        # By confidence: right, right, wrong, (0.6) wrong, (0.4) right, (0.1) wrong.
        "AURC": ((0 + 0 + 1 / 3 + 2 / 4 + 2 / 5 + 3 / 6) / 6, 6),
        "risk": (2 / 4, 4),
        "coverage": (5 / 8, 8),
        "calibration error": ((0.1 + 0.2 + 0.7 + 0.6 + 0.1 + 0.6) / 6, 6),
        "latency p50": (40.0, 8),
        "latency p95": (80.0, 8),
    }
    assert list(found) == list(expected)
    for name, pair in expected.items():
        assert found[name] == pytest.approx(pair), name


def test_intervals_contain_their_figures_and_shares_are_from_0_to_1() -> None:
    for measure in measures(OUTCOMES * 5, 0.5):
        assert measure.low <= measure.value <= measure.high, measure
        assert measure.unit in ("mean", "ms") or 0 <= measure.low <= measure.high <= 1


def test_a_threshold_of_0_withholds_only_answers_without_a_quote() -> None:
    found = {m.name: m.value for m in measures((told(1, 0.0, exact=True), told(2, 0.0, exact=True, sentences=0)), 0.0)}
    assert found["coverage"] == 0.5
    assert found["contains"] == 0.5


def test_figures_without_data_are_left_out() -> None:
    names = [measure.name for measure in measures((plain(1, 0.9), plain(2, 0.1)), 0.5)]
    assert names == ["sentences an answer", "quotes exact", "coverage", "latency p50", "latency p95"]
    assert measures((), 0.5) == ()


def test_without_unanswerable_questions_there_is_no_auroc() -> None:
    names = [measure.name for measure in measures((told(1, 0.9, exact=True), told(2, 0.9, exact=False)), 0.5)]
    assert "AUROC" not in names and "unanswerable abstained" not in names and "AURC" in names


def test_figures_are_the_same_every_time() -> None:
    assert measures(OUTCOMES, 0.5) == measures(OUTCOMES, 0.5)


def test_calibration_error_is_the_distance_of_confidence_and_truth() -> None:
    assert calibration_error([0.25, 0.25, 0.25, 0.25], [True, False, False, False]) == pytest.approx(0)
    assert calibration_error([0.95, 0.95, 0.15, 1.0], [True, True, True, True]) == pytest.approx((0.1 + 0.85) / 4)
    assert calibration_error([], []) == 0
    with pytest.raises(ValueError, match="2 confidences"):
        calibration_error([0.1, 0.2], [True])
