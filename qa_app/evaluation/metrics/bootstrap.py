"""Intervals and significance of figures: the percentile bootstrap over questions (Efron 1979, Annals of Statistics 7:1-26)."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from qa_app.evaluation.metrics.weighted import Statistic, Values, Weights

RESAMPLES = 2000
_SEED = 20240517
# Resamples per block: for 4,000 questions, 8 MB of weights.
_BLOCK = 250


def bootstrap(statistics: Sequence[Statistic], count: int) -> npt.NDArray[np.float64]:
    """Return each statistic on each resample of `count` questions, (statistics, RESAMPLES).

    All statistics see the same resamples, which are the same in every call: the difference of two rows is the paired
    bootstrap (Koehn 2004, EMNLP, "Statistical significance tests for machine translation evaluation").
    """
    blocks = [np.array([statistic(weights) for statistic in statistics]) for weights in _resamples(count)]
    return np.concatenate(blocks, axis=1)


def interval(values: Values) -> tuple[float, float]:
    """Return the 95 % interval, ends included, of a statistic's resamples, ignoring those without a value (NaN)."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def chance(differences: Values) -> float:
    """Return the two-sided p-value of a difference, 0..1, from the differences in its resamples.

    Twice the smaller share of resamples on one side of 0, with 0 on both sides (Efron and Tibshirani 1993, chapter 15.4).
    One is added to each count, so that the result is never 0.
    """
    known = differences[~np.isnan(differences)]
    smaller = min(int((known <= 0).sum()), int((known >= 0).sum()))
    return min(1.0, 2 * (smaller + 1) / (len(known) + 1))


def _resamples(count: int) -> Iterator[Weights]:
    """Yield how often each question is drawn, in blocks of (_BLOCK, count), RESAMPLES rows in all."""
    draw = np.random.default_rng(_SEED)
    rows = np.arange(_BLOCK)[:, None] * count
    for _ in range(RESAMPLES // _BLOCK):
        drawn = draw.integers(count, size=(_BLOCK, count)) + rows
        yield np.bincount(drawn.ravel(), minlength=_BLOCK * count).reshape(_BLOCK, count).astype(float)
