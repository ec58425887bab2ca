"""Compute the charts of an evaluation; the template `report/charts.html` draws them as SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from qa_app.evaluation.metrics.curves import Bin, Latencies, RiskPoint, latencies, reliability, risk_coverage
from qa_app.evaluation.results import Result
from qa_app.rendering.readable import percent

# More points than pixels add nothing.
_MAX_POINTS = 200
_LARGEST_DOT = 16.0

Point = tuple[float, float]
"""A point in a chart: 0..1 to the right and upwards."""
Ticks = tuple[tuple[float, str], ...]
"""Positions on an axis, 0..1, with their labels."""
_SHARES: Ticks = tuple((tick, f"{tick:.0%}") for tick in (0.0, 0.25, 0.5, 0.75, 1.0))


@dataclass(frozen=True)
class Frame:
    """Size and margins of the drawing, in SVG units."""

    width: int = 340
    height: int = 250
    left: int = 58
    right: int = 22
    top: int = 18
    bottom: int = 42

    def x(self, share: float) -> float:
        """Return the x coordinate in the drawing of a position, 0..1."""
        return round(self.left + share * (self.width - self.left - self.right), 1)

    def y(self, share: float) -> float:
        """Return the y coordinate in the drawing of a position, 0..1 upwards."""
        return round(self.height - self.bottom - share * (self.height - self.bottom - self.top), 1)


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    """In the drawing's units."""
    kind: str
    """"dot" or "mark", which stands out."""
    told: str = ""
    """Shown on hover."""


@dataclass(frozen=True)
class Bar:
    """A bar from `low` to `high` on the horizontal axis, `height` high; all 0..1."""

    low: float
    high: float
    height: float


@dataclass(frozen=True)
class Marker:
    """A vertical line with a name."""

    x: float
    name: str


@dataclass(frozen=True)
class Chart:
    """The contents of a chart, and its description in words."""

    name: str
    title: str
    told: str
    x_label: str
    y_label: str
    x_ticks: Ticks = _SHARES
    y_ticks: Ticks = _SHARES
    line: tuple[Point, ...] = ()
    bars: tuple[Bar, ...] = ()
    guides: tuple[tuple[Point, ...], ...] = ()
    """Dashed lines, as points to connect."""
    dots: tuple[Dot, ...] = ()
    markers: tuple[Marker, ...] = ()
    frame: Frame = Frame()


def charts(result: Result) -> Iterator[Chart]:
    """Yield the charts for which there are enough outcomes."""
    if curve := risk_coverage(result.outcomes):
        yield risk_chart(curve, result.circumstances.threshold)
    if bins := reliability(result.outcomes):
        yield reliability_chart(bins)
    if times := latencies(result.outcomes):
        yield latency_chart(times)


def risk_chart(curve: Sequence[RiskPoint], threshold: float) -> Chart:
    """Return the risk-coverage curve, with the current threshold marked.

    Args:
        curve: by falling threshold, as `risk_coverage` gives it; not empty.
        threshold: 0..1.
    """
    step = max(1, len(curve) // _MAX_POINTS)
    line = tuple((point.coverage, point.risk) for point in (*curve[:-1:step], curve[-1]))
    answered = [point for point in curve if point.threshold >= threshold]
    guides: tuple[tuple[Point, ...], ...] = ()
    dots: tuple[Dot, ...] = ()
    told = f"At the current threshold, {percent(threshold)} %, no question gets an answer."
    if answered:
        x, y = answered[-1].coverage, answered[-1].risk
        guides = (((x, 0), (x, y), (0, y)),)
        dots = (Dot(x, y, 5, "mark"),)
        told = (
            f"At the current threshold, {percent(threshold)} %, {percent(x)} % of the questions get an answer "
            f"and {percent(y)} % of the answers are wrong (the dot)."
        )
    return Chart(
        "risk",
        "Risk and coverage",
        f"{told} Further left, only answers with a higher confidence are given.",
        "share of questions answered",
        "share of answers wrong",
        line=line,
        guides=guides,
        dots=dots,
    )


def reliability_chart(bins: Sequence[Bin]) -> Chart:
    """Return the share of right answers by confidence; the area of a dot is the number of answers. `bins` is not empty."""
    most = max(one.count for one in bins)
    dots = tuple(
        Dot(
            one.confidence,
            one.right,
            _LARGEST_DOT * sqrt(one.count / most),
            "dot",
            f"confidence {percent(one.confidence)} %: {percent(one.right)} % of {one.count} right",
        )
        for one in bins
    )
    worst = max(bins, key=lambda one: one.count * abs(one.confidence - one.right))
    return Chart(
        "reliability",
        "Confidence and accuracy",
        "On the dashed line, confidence equals the share of right answers; a dot's area is its number of answers. The largest gap: "
        f"{worst.count} answers of {percent(worst.confidence)} % confidence on average, {percent(worst.right)} % of them right.",
        "confidence",
        "share right",
        guides=(((0, 0), (1, 1)),),
        dots=dots,
    )


def latency_chart(times: Latencies) -> Chart:
    """Return how long answers took, with the median and the 95th percentile."""
    end, most = times.edges_ms[-1], max(times.counts)
    edges = pairwise(edge / end for edge in times.edges_ms)
    return Chart(
        "latency",
        "Time an answer",
        f"Half of the answers took at most {times.p50_ms:.0f} ms (p50), 95 of 100 at most {times.p95_ms:.0f} ms (p95); "
        "the last bar contains all slower answers.",
        "milliseconds an answer",
        "answers",
        x_ticks=tuple((tick, f"{tick * end:.0f}") for tick, _ in _SHARES),
        y_ticks=((0, "0"), (1, str(most))),
        bars=tuple(Bar(low, high, count / most) for (low, high), count in zip(edges, times.counts, strict=True)),
        markers=(Marker(times.p50_ms / end, "p50"), Marker(times.p95_ms / end, "p95")),
    )
