"""Fit the threshold of abstention for a wanted error rate on judged outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, sqrt
from operator import itemgetter

from embeddings.errors import ArticlesError
from qa_app.evaluation.metrics.judging import given, right
from qa_app.evaluation.results import Outcome

FEW = 20
"""With fewer judged questions a fitted threshold says little."""


class RateNotReached(ArticlesError):
    """No threshold holds the wanted rate on these questions, or they say nothing of it."""


@dataclass(frozen=True)
class Fit:
    """A threshold, and what it does to the questions that it was fitted on."""

    threshold: float
    """0..1"""
    rate: float
    """The share of wrong ones among the answers given, 0..1; an answer to an unanswerable question is wrong."""
    given: int
    judged: int
    """How many questions say what is right."""

    @property
    def coverage(self) -> float:
        return self.given / self.judged

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the rate; see `wilson`."""
        return wilson(self.rate, self.given)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of `count`, at least 1, ends included: Wilson's (1927, JASA 22:209-212), z = 1.96.

    Not the bootstrap's: where none is wrong that is 0 to 0, which is no promise for the next one.
    """
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def fit_threshold(outcomes: Sequence[Outcome], rate: float) -> Fit:
    """Return the lowest threshold at which at most `rate`, 0..1, of the answers given are wrong.

    Answers of one confidence are given or withheld together. Any threshold above the highest confidence that is withheld
    and not above the lowest that is given does the same to these questions; the one returned lies near the middle, with
    as few digits as that takes.

    Raises:
        RateNotReached: no threshold does that; the message has the lowest rate that one reaches.
    """
    fits = _fits(outcomes)
    if not fits:
        raise RateNotReached(
            "No question that was answered says what is right.",
            'Give the lines "answers", "evidence" or "unanswerable".',
        )
    for fit in fits:
        if fit.rate <= rate:
            return fit
    lowest = min(fits, key=lambda fit: (fit.rate, -fit.given))
    raise RateNotReached(
        f"No threshold brings the share of wrong answers down to {rate:.1%} on these questions; the lowest is "
        f"{lowest.rate:.1%}, with {lowest.given} of {lowest.judged} questions answered ({lowest.coverage:.1%}). "
        "Nothing was stored.",
        f"Ask for that or more: --calibrate {ceil(lowest.rate * 1000) / 1000:g}",
    )


def _fits(outcomes: Sequence[Outcome]) -> list[Fit]:
    """Return what each threshold does that does something else than a lower one, the lowest first."""
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
    """Return a number in (low, high], near the middle, of as few decimals as possible."""
    middle = (low + high) / 2
    for digits in range(2, 17):
        number = round(middle, digits)
        if low < number <= high:
            return number
    return high
