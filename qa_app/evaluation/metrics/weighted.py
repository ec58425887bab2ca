"""Weighted statistics of questions: with weights of 1 they give a figure, with the counts of a resample its bootstrap.

Each function takes values of n questions and returns a `Statistic`, which takes the weights of any number of resamples at
once. Its value is NaN for a resample that has nothing to count.
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
    """Return a statistic of n questions that counts only the chosen ones; `statistic` is of those alone."""
    columns = np.flatnonzero(np.asarray(chosen, dtype=bool))
    return lambda weights: statistic(weights[:, columns])


def mean(values: Sequence[float]) -> Statistic:
    """Return the mean; for flags, the share."""
    numbers = np.asarray(values, dtype=float)
    return lambda weights: _ratio(np.asarray(weights @ numbers), weights.sum(axis=1))


def quantile(values: Sequence[float], share: float) -> Statistic:
    """Return the nearest-rank quantile: the lowest value that at least a `share`, 0..1, of the values do not exceed."""
    numbers = np.asarray(values, dtype=float)
    order = np.argsort(numbers, kind="stable")

    def statistic(weights: Weights) -> Values:
        reached = np.cumsum(weights[:, order], axis=1)  # (resamples, n)
        wanted = share * reached[:, -1:] - 1e-9  # 0.95 * 20 must not come out above 19
        return np.asarray(numbers[order][np.argmax(reached >= wanted, axis=1)])

    return statistic


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> Statistic:
    """Return the area under the ROC curve, 0..1: how likely a positive scores above a negative, ties counting half.

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
    El-Yaniv 2019, arXiv 1805.08206, section 2). Equal confidences are given or withheld together, so their order does not matter.
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
    """Return the expected calibration error, 0..1: how far confidence and the share of right answers differ.

    The mean over bins of equal width, weighted by their numbers of answers (Guo et al. 2017, arXiv 1706.04599, equation 5).
    """
    numbers = np.asarray(confidences, dtype=float)
    apart = np.zeros((len(numbers), bins))
    places = np.minimum((numbers * bins).astype(int), bins - 1)
    apart[np.arange(len(numbers)), places] = numbers - np.asarray(right, dtype=float)
    return lambda weights: _ratio(np.abs(weights @ apart).sum(axis=1), weights.sum(axis=1))


def value(statistic: Statistic, count: int) -> float:
    """Return a statistic's value when each of `count` questions counts once."""
    return float(statistic(np.ones((1, count)))[0])


def _ties(scores: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the ascending order of scores, (n,), and where each distinct score starts in it."""
    order = np.argsort(scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)


def _ratio(above: Values, below: Values) -> Values:
    return np.asarray(np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0))
