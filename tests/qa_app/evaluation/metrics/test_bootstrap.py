import time

import numpy as np
import pytest

from qa_app.evaluation.metrics.bootstrap import RESAMPLES, bootstrap, chance, interval
from qa_app.evaluation.metrics.weighted import aurc, auroc, mean, of


def test_the_interval_of_a_share_is_the_binomial_one() -> None:
    # 30 of 100: the normal approximation is 0.3 +- 1.96 * sqrt(0.3 * 0.7 / 100).
    low, high = interval(bootstrap([mean([True] * 30 + [False] * 70)], 100)[0])
    assert low == pytest.approx(0.3 - 0.0898, abs=0.015)
    assert high == pytest.approx(0.3 + 0.0898, abs=0.015)


def test_the_interval_covers_the_truth_19_times_in_20() -> None:
    draw = np.random.default_rng(1)
    covered = 0
    for _ in range(200):
        low, high = interval(bootstrap([mean((draw.random(100) < 0.4).tolist())], 100)[0])
        covered += low <= 0.4 <= high
    assert 180 <= covered <= 198


def test_every_call_draws_the_same_resamples() -> None:
    assert (bootstrap([mean([1, 2, 3])], 3) == bootstrap([mean([1, 2, 3])], 3)).all()


def test_statistics_of_one_call_see_the_same_resamples() -> None:
    values = bootstrap([mean([1, 0, 0, 1]), mean([0, 1, 1, 0])], 4)
    assert values.shape == (2, RESAMPLES)
    assert values.sum(axis=0) == pytest.approx(1.0)


def test_resamples_without_a_value_are_left_out() -> None:
    values = bootstrap([of([True, False, False], mean([1.0]))], 3)[0]
    assert np.isnan(values).any()
    assert interval(values) == (1.0, 1.0)


def test_the_chance_of_a_difference() -> None:
    assert chance(np.zeros(100)) == 1
    assert chance(np.full(1999, -0.1)) == pytest.approx(2 / 2000)
    assert chance(np.array([-1.0] * 10 + [1.0] * 989)) == pytest.approx(2 * 11 / 1000)
    assert chance(np.array([-1.0] * 989 + [1.0] * 10 + [np.nan] * 50)) == pytest.approx(2 * 11 / 1000)


def test_four_thousand_questions_take_seconds() -> None:
    draw = np.random.default_rng(0)
    scores, right = draw.random(4000).tolist(), (draw.random(4000) < 0.5).tolist()
    started = time.process_time()
    bootstrap([auroc(scores, right), aurc(scores, right), mean(scores)], 4000)
    assert time.process_time() - started < 10
