"""How far figures may be chance: the percentile bootstrap over questions (Efron 1979, Annals of Statistics 7:1-26)."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from qa_app.evaluation.metrics.weighted import Statistic, Values, Weights

RESAMPLES = 2000
_SEED = 20240517
# Resamples that are counted at a time: 4,000 questions are 8 MB of weights.
_BLOCK = 250


def bootstrap(statistics: Sequence[Statistic], count: int) -> npt.NDArray[np.float64]:
    """Return each statistic of each resample of `count` questions, (statistics, RESAMPLES).

    All statistics see the same resamples, the same ones in every call: the difference of two rows of the same questions is
    the paired bootstrap (Koehn 2004, EMNLP, "Statistical significance tests for machine translation evaluation").
    """
    blocks = [np.array([statistic(weights) for statistic in statistics]) for weights in _resamples(count)]
    return np.concatenate(blocks, axis=1)


def interval(values: Values) -> tuple[float, float]:
    """Return the 95 % interval, ends included, of a statistic's resamples; those without a value (NaN) are left out."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def chance(differences: Values) -> float:
    """Return how probable a difference at least as far from 0 is by chance alone, 0..1, two-sided.

    Twice the smaller share of resamples on one side of 0; 0 itself is on both (Efron and Tibshirani 1993, chapter 15.4).
    One is added to each count, so that no finite number of resamples makes it 0.
    """
    known = differences[~np.isnan(differences)]
    smaller = min(int((known <= 0).sum()), int((known >= 0).sum()))
    return min(1.0, 2 * (smaller + 1) / (len(known) + 1))


def _resamples(count: int) -> Iterator[Weights]:
    """Yield how often each question is drawn, (_BLOCK, count) at a time, RESAMPLES rows in all."""
    draw = np.random.default_rng(_SEED)
    rows = np.arange(_BLOCK)[:, None] * count
    for _ in range(RESAMPLES // _BLOCK):
        drawn = draw.integers(count, size=(_BLOCK, count)) + rows
        yield np.bincount(drawn.ravel(), minlength=_BLOCK * count).reshape(_BLOCK, count).astype(float)
