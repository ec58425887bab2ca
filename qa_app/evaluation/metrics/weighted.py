"""Statistics of questions that count with a weight: with ones they are the figure, with a resample's counts its bootstrap.

Each function takes what is known of n questions and returns a `Statistic`, which takes weights of any number of resamples
at once. Where a resample holds nothing that the statistic is about, its value is NaN.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float64]
"""(resamples, n), how often each question counts, 0 or more."""
Values = npt.NDArray[np.float64]
"""(resamples,)"""
Statistic = Callable[[Weights], Values]


def of(chosen: Sequence[bool], statistic: Statistic) -> Statistic:
    """Return a statistic of the chosen ones among n questions; it must be of as many as are chosen."""
    columns = np.flatnonzero(np.asarray(chosen, dtype=bool))
    return lambda weights: statistic(weights[:, columns])


def mean(values: Sequence[float]) -> Statistic:
    """Return the mean; of flags the share."""
    numbers = np.asarray(values, dtype=float)
    return lambda weights: _ratio(np.asarray(weights @ numbers), weights.sum(axis=1))


def quantile(values: Sequence[float], share: float) -> Statistic:
    """Return the lowest of the values that at least a `share` of them, 0..1, do not exceed (the nearest rank)."""
    numbers = np.asarray(values, dtype=float)
    order = np.argsort(numbers, kind="stable")

    def statistic(weights: Weights) -> Values:
        reached = np.cumsum(weights[:, order], axis=1)  # (resamples, n)
        wanted = share * reached[:, -1:] - 1e-9  # 0.95 * 20 must not come out above 19
        return np.asarray(numbers[order][np.argmax(reached >= wanted, axis=1)])

    return statistic


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> Statistic:
    """Return the area under the ROC curve, 0..1: how probably a positive scores above a negative, ties counting half.

    The Mann-Whitney statistic over the number of pairs (Hanley and McNeil 1982, Radiology 143:29-36).
    """
    flags = np.asarray(positive, dtype=float)
    order, starts = _ties(np.asarray(scores, dtype=float))

    def statistic(weights: Weights) -> Values:
        sorted_weights = weights[:, order]
        positives = np.add.reduceat(sorted_weights * flags[order], starts, axis=1)  # (resamples, distinct scores)
        negatives = np.add.reduceat(sorted_weights * (1 - flags[order]), starts, axis=1)
        below = np.cumsum(negatives, axis=1) - negatives
        pairs = positives.sum(axis=1) * negatives.sum(axis=1)
        return _ratio((positives * (below + negatives / 2)).sum(axis=1), pairs)

    return statistic


def aurc(confidences: Sequence[float], right: Sequence[bool]) -> Statistic:
    """Return the area under the risk-coverage curve, 0..1, lower is better.

    The mean over questions of the share of wrong ones among all with at least their confidence (Geifman, Uziel and
    El-Yaniv 2019, arXiv 1805.08206, section 2). Equal confidences are given or withheld together, so order is no matter.
    """
    wrong = 1 - np.asarray(right, dtype=float)
    order, starts = _ties(-np.asarray(confidences, dtype=float))

    def statistic(weights: Weights) -> Values:
        sorted_weights = weights[:, order]
        counts = np.add.reduceat(sorted_weights, starts, axis=1)  # (resamples, distinct confidences)
        errors = np.add.reduceat(sorted_weights * wrong[order], starts, axis=1)
        answered = np.cumsum(counts, axis=1)
        risks = np.cumsum(errors, axis=1) / np.maximum(answered, 1e-12)
        return _ratio((counts * risks).sum(axis=1), answered[:, -1])

    return statistic


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> Statistic:
    """Return the expected calibration error, 0..1: how far confidence and share of right answers lie apart.

    The mean over bins of equal width, by how many answers each holds (Guo et al. 2017, arXiv 1706.04599, equation 5).
    """
    numbers = np.asarray(confidences, dtype=float)
    apart = np.zeros((len(numbers), bins))
    places = np.minimum((numbers * bins).astype(int), bins - 1)
    apart[np.arange(len(numbers)), places] = numbers - np.asarray(right, dtype=float)
    return lambda weights: _ratio(np.abs(weights @ apart).sum(axis=1), weights.sum(axis=1))


def value(statistic: Statistic, count: int) -> float:
    """Return a statistic of `count` questions that count once each."""
    return float(statistic(np.ones((1, count)))[0])


def _ties(scores: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the ascending order of scores, (n,), and where in it each distinct score begins."""
    order = np.argsort(scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)


def _ratio(above: Values, below: Values) -> Values:
    return np.asarray(np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0))
