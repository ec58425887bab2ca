"""Fit the abstention threshold for a wanted error rate on judged outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, sqrt
from operator import itemgetter

from embeddings.errors import ArticlesError
from qa_app.evaluation.metrics.judging import given, right
from qa_app.evaluation.results import Outcome

FEW = 20
"""With fewer judged questions, a fitted threshold means little."""


class RateNotReached(ArticlesError):
    """No threshold reaches the wanted rate on these questions, or their answers cannot be judged."""


@dataclass(frozen=True)
class Fit:
    """A threshold and its effect on the questions that it was fitted on."""

    threshold: float
    """0..1"""
    rate: float
    """The share of wrong answers among those given, 0..1; any answer to an unanswerable question is wrong."""
    given: int
    judged: int
    """Number of questions whose answers can be judged."""

    @property
    def coverage(self) -> float:
        return self.given / self.judged

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the rate; see `wilson`."""
        return wilson(self.rate, self.given)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval, ends included, of a share of `count` >= 1 (Wilson 1927, JASA 22:209-212; z = 1.96).

    The bootstrap does not serve here: without a wrong answer its interval is 0 to 0, which claims too much.
    """
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def fit_threshold(outcomes: Sequence[Outcome], rate: float) -> Fit:
    """Return the lowest threshold at which at most `rate`, 0..1, of the answers given are wrong.

    Answers with the same confidence are given or withheld together. Every threshold above the highest withheld
    confidence and up to the lowest given one has the same effect on these questions; the result is near the middle, with
    as few digits as possible.

    Raises:
        RateNotReached: no threshold reaches the rate; the message has the lowest rate that one reaches.
    """
    fits = _fits(outcomes)
    if not fits:
        raise RateNotReached(
            "None of the answers can be judged: the question file does not say what is right.",
            'Add "answers", "evidence" or "unanswerable" to its lines.',
        )
    for fit in fits:
        if fit.rate <= rate:
            return fit
    lowest = min(fits, key=lambda fit: (fit.rate, -fit.given))
    raise RateNotReached(
        f"No threshold brings the share of wrong answers down to {rate:.1%} on these questions; the lowest is "
        f"{lowest.rate:.1%}, with {lowest.given} of {lowest.judged} questions answered ({lowest.coverage:.1%}). "
        "Nothing was stored.",
        f"Allow at least that: --calibrate {ceil(lowest.rate * 1000) / 1000:g}",
    )


def _fits(outcomes: Sequence[Outcome]) -> list[Fit]:
    """Return a fit for each threshold that has a different effect than the one below, lowest first."""
    judged = [outcome for outcome in outcomes if right(outcome) is not None]
    answered = sorted((outcome.confidence, not right(outcome)) for outcome in judged if given(outcome, 0.0))
    kept, wrong = len(answered), sum(is_wrong for _, is_wrong in answered)
    fits: list[Fit] = []
    withheld = None
    for confidence, same in groupby(answered, key=itemgetter(0)):
        threshold = 0.0 if withheld is None else _between(withheld, confidence)
        fits.append(Fit(threshold, wrong / kept, kept, len(judged)))
        flags = [is_wrong for _, is_wrong in same]
        kept, wrong, withheld = kept - len(flags), wrong - sum(flags), confidence
    return fits


def _between(low: float, high: float) -> float:
    """Return a number in (low, high], near the middle, with as few decimals as possible."""
    middle = (low + high) / 2
    for digits in range(2, 17):
        number = round(middle, digits)
        if low < number <= high:
            return number
    return high
