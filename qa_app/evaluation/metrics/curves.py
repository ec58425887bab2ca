"""Compute the points of the curves from outcomes; `charts.py` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from qa_app.evaluation.metrics.judging import right
from qa_app.evaluation.results import Outcome


@dataclass(frozen=True)
class RiskPoint:
    """The result of giving only answers with at least this confidence."""

    threshold: float
    coverage: float
    """Share of the questions that get an answer, above 0 up to 1."""
    risk: float
    """Share of those answers that are wrong, 0..1."""


@dataclass(frozen=True)
class Bin:
    """The answers with a confidence in one of the equal parts of 0..1."""

    confidence: float
    """Their mean confidence, 0..1."""
    right: float
    """The share of right ones, 0..1."""
    count: int


@dataclass(frozen=True)
class Latencies:
    """A histogram of how long answers took."""

    edges_ms: tuple[float, ...]
    """Of the bars, ascending; one more than bars. A bar counts [edge, next edge), the last one everything from its edge."""
    counts: tuple[int, ...]
    p50_ms: float
    p95_ms: float


def risk_coverage(outcomes: Sequence[Outcome]) -> list[RiskPoint]:
    """Return a point for each confidence, highest first, over the questions whose answers can be judged.

    El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification", definitions 2 to 4. Any answer to
    an unanswerable question is wrong.
    """
    judged = sorted(((o.confidence, right(o)) for o in outcomes if right(o) is not None), reverse=True)
    points, wrong = [], 0
    for i, (confidence, is_right) in enumerate(judged, start=1):
        wrong += not is_right
        if i == len(judged) or judged[i][0] != confidence:  # equal confidences are given or withheld together
            points.append(RiskPoint(confidence, i / len(judged), wrong / i))
    return points


def reliability(outcomes: Sequence[Outcome], bins: int = 10) -> list[Bin]:
    """Return the bins of equal width that have answers, ascending: are answers with 0.7 right seven times in ten?

    Right means what the confidence promises: an exact match of the short answer, if the file gives answers. Guo et al. 2017, arXiv 1706.04599, section 2; a confidence of 1 is in the last bin.
    """
    held: dict[int, list[tuple[float, bool]]] = {}
    for outcome in outcomes:
        is_right = bool(outcome.exact_match) if outcome.answers and not outcome.unanswerable else right(outcome)
        if is_right is not None:
            held.setdefault(min(int(outcome.confidence * bins), bins - 1), []).append((outcome.confidence, is_right))
    return [
        Bin(sum(c for c, _ in own) / len(own), sum(r for _, r in own) / len(own), len(own))
        for _, own in sorted(held.items())
    ]


def latencies(outcomes: Sequence[Outcome], bars: int = 20) -> Latencies | None:
    """Return a histogram of the answer times up to twice the 95th percentile; the last bar includes longer times.

    Percentiles are nearest-rank: the smallest time that at least that share of the answers do not exceed. None without
    outcomes.
    """
    times = sorted(outcome.latency_ms for outcome in outcomes)
    if not times:
        return None
    p50, p95 = (times[ceil(share * len(times)) - 1] for share in (0.5, 0.95))
    end = max(min(times[-1], 2 * p95), 1e-3)
    width = end / bars
    counts = [0] * bars
    for time in times:
        counts[min(int(time / width), bars - 1)] += 1
    return Latencies(tuple(i * width for i in range(bars + 1)), tuple(counts), p50, p95)
