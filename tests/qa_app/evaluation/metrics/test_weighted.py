from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.evaluation.metrics.weighted import Statistic, aurc, auroc, calibration_error, mean, of, quantile, value


def test_a_mean_and_a_share() -> None:
    assert value(mean([1, 2, 6]), 3) == 3
    assert value(mean([True, False, False, False]), 4) == 0.25


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 30.0), (0.95, 50.0), (0.2, 10.0), (0.21, 20.0), (1.0, 50.0), (0.0, 10.0)]
)
def test_a_quantile_is_the_lowest_value_that_the_share_does_not_exceed(share: float, expected: float) -> None:
    assert value(quantile([50, 10, 40, 20, 30], share), 5) == expected


def test_the_95th_of_twenty_is_the_nineteenth() -> None:
    assert value(quantile(range(1, 21), 0.95), 20) == 19


def test_auroc_by_hand() -> None:
    # Pairs of a right and a wrong answer: 0.9 beats both, 0.4 beats 0.2 and ties with 0.4.
    assert value(auroc([0.9, 0.4, 0.4, 0.2], [True, True, False, False]), 4) == pytest.approx((2 + 1.5) / 4)
    assert value(auroc([0.1, 0.9], [True, False]), 2) == 0
    assert np.isnan(value(auroc([0.1, 0.9], [True, True]), 2))


def test_aurc_by_hand() -> None:
    # Coverage 1/4: no error; 2/4: 1 of 2; 3/4: 1 of 3; 4/4: 2 of 4.
    assert value(aurc([0.9, 0.8, 0.7, 0.6], [True, False, True, False]), 4) == pytest.approx(
        (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4
    )
    assert value(aurc([0.5, 0.4], [True, True]), 2) == 0
    assert value(aurc([0.5, 0.4], [False, False]), 2) == 1


def test_answers_with_the_same_confidence_are_given_together_in_any_order() -> None:
    # Both answers with 0.5 have the risk 1/2, all three have 2/3.
    for right in ([True, False, False], [False, True, False]):
        assert value(aurc([0.5, 0.5, 0.1], right), 3) == pytest.approx((1 / 2 + 1 / 2 + 2 / 3) / 3)


def test_calibration_error_by_hand() -> None:
    assert value(calibration_error([0.25] * 4, [True, False, False, False]), 4) == pytest.approx(0)
    assert value(calibration_error([0.95, 0.95, 0.15, 1.0], [True] * 4), 4) == pytest.approx((0.1 + 0.85) / 4)


scored = st.lists(st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 3)), min_size=2, max_size=30)


@given(scored)
def test_a_weight_is_a_repetition(rows: list[tuple[int, bool, int]]) -> None:
    repeated = [(score, right) for score, right, weight in rows for _ in range(weight)]
    if not repeated:
        return
    weights = np.array([[float(weight) for *_, weight in rows]])

    makers: list[Callable[[list[float], list[bool]], Statistic]] = [
        auroc,
        aurc,
        calibration_error,
        lambda scores, right: quantile(scores, 0.95),
        lambda scores, right: mean(right),
    ]
    for make in makers:
        counted = make([row[0] / 8 for row in rows], [row[1] for row in rows])(weights)[0]
        longhand = make([row[0] / 8 for row in repeated], [row[1] for row in repeated])
        assert counted == pytest.approx(value(longhand, len(repeated)), nan_ok=True)


@given(scored)
def test_auroc_is_scikit_learns(rows: list[tuple[int, bool, int]]) -> None:
    from sklearn.metrics import roc_auc_score  # slow to import

    scores, right = [row[0] / 8 for row in rows], [row[1] for row in rows]
    if len(set(right)) == 2:
        assert value(auroc(scores, right), len(rows)) == pytest.approx(roc_auc_score(right, scores))


@given(scored)
def test_aurc_is_the_mean_risk_over_every_question_as_the_threshold(rows: list[tuple[int, bool, int]]) -> None:
    risks = []
    for threshold, *_ in rows:
        given_answers = [right for score, right, _ in rows if score >= threshold]
        risks.append(given_answers.count(False) / len(given_answers))
    assert value(aurc([row[0] for row in rows], [row[1] for row in rows]), len(rows)) == pytest.approx(np.mean(risks))


def test_a_statistic_of_the_chosen_ones_only() -> None:
    assert of([True, False, True], mean([1, 3]))(np.array([[1.0, 7.0, 1.0], [0.0, 7.0, 2.0]])).tolist() == [2, 3]


def test_a_resample_with_nothing_to_count_has_no_value() -> None:
    assert np.isnan(of([True, False], mean([1]))(np.array([[0.0, 2.0]]))).all()
