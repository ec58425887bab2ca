"""The curves of an evaluation as inline SVG, for the report and the page. Colours are classes of quality.css."""

from collections.abc import Iterable, Sequence
from math import sqrt

from qa_app.evaluation.metrics.curves import Bin, Latencies, RiskPoint, latencies, reliability, risk_coverage
from qa_app.evaluation.results import Result
from qa_app.rendering.html import escape

# The drawing's units; text of 12 is 12 pixels where a chart is as wide as its box.
_WIDTH, _HEIGHT = 340, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 22, 18, 42
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
# A curve of more points than pixels is only larger.
_MAX_POINTS = 200
_LARGEST_DOT = 16.0


def charts_html(result: Result) -> str:
    """Return the charts for which the outcomes say enough, each a figure with a caption."""
    drawn = []
    if curve := risk_coverage(result.outcomes):
        drawn.append(risk_chart(curve, result.circumstances.threshold))
    if bins := reliability(result.outcomes):
        drawn.append(reliability_chart(bins))
    if times := latencies(result.outcomes):
        drawn.append(latency_chart(times))
    return f'<div class="charts">{"".join(drawn)}</div>'


def risk_chart(curve: Sequence[RiskPoint], threshold: float) -> str:
    """Return risk against coverage, with the place of the threshold in force.

    Args:
        curve: by falling threshold, as `risk_coverage` gives it; not empty.
        threshold: 0..1.
    """
    step = max(1, len(curve) // _MAX_POINTS)
    shown = [*curve[:-1:step], curve[-1]]
    line = " ".join(f"{_x(point.coverage):.1f},{_y(point.risk):.1f}" for point in shown)
    parts = [f'<polyline class="line" points="{line}"/>']
    at = [point for point in curve if point.threshold >= threshold]
    told = f"At the threshold in force, {_percent(threshold)}, no question gets an answer."
    if at:
        place = at[-1]
        x, y = _x(place.coverage), _y(place.risk)
        parts.append(
            f'<path class="guide" d="M{x:.1f} {_y(0)}V{y:.1f}H{_x(0)}"/><circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
        )
        told = (
            f"At the threshold in force, {_percent(threshold)}, {_percent(place.coverage)} of the questions get an answer "
            f"and {_percent(place.risk)} of the answers are wrong (the dot)."
        )
    axes = _axes("share of questions answered", "share of answers wrong", _shares(_TICKS), _shares(_TICKS))
    return _figure(
        "risk", "Risk and coverage", f"{told} Further left only surer answers are given.", axes + "".join(parts)
    )


def reliability_chart(bins: Sequence[Bin]) -> str:
    """Return how often answers of a confidence are right; a dot's area is how many they are. `bins` is not empty."""
    most = max(one.count for one in bins)
    dots = "".join(
        f'<circle class="dot" cx="{_x(one.confidence):.1f}" cy="{_y(one.right):.1f}" r="{_LARGEST_DOT * sqrt(one.count / most):.1f}">'
        f"<title>confidence {_percent(one.confidence)}: {_percent(one.right)} of {one.count} right</title></circle>"
        for one in bins
    )
    diagonal = f'<path class="guide" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>'
    axes = _axes("confidence", "share right", _shares(_TICKS), _shares(_TICKS))
    worst = max(bins, key=lambda one: one.count * abs(one.confidence - one.right))
    told = (
        "On the dashed line a confidence keeps its promise; a dot's area is how many answers it stands for. The largest gap: "
        f"{worst.count} answers of {_percent(worst.confidence)} confidence on average, {_percent(worst.right)} of them right."
    )
    return _figure("reliability", "Confidence, kept or not", told, axes + diagonal + dots)


def latency_chart(times: Latencies) -> str:
    """Return how long answers took, with the median and the 95th percentile."""
    end, most = times.edges_ms[-1], max(times.counts)
    bars = "".join(
        f'<rect class="bar-of" x="{_x(low / end):.1f}" y="{_y(count / most):.1f}" width="{_x(high / end) - _x(low / end) - 1:.1f}" '
        f'height="{_y(0) - _y(count / most):.1f}"/>'
        for low, high, count in zip(times.edges_ms[:-1], times.edges_ms[1:], times.counts, strict=True)
    )
    marks = "".join(
        f'<path class="guide strong" d="M{_x(at / end):.1f} {_y(0)}V{_y(1)}"/>'
        f'<text x="{_x(at / end) - 3:.1f}" y="{_y(1) + line:.0f}" text-anchor="end">{name}</text>'
        for name, at, line in (("p50", times.p50_ms, 10), ("p95", times.p95_ms, 24))
    )
    axes = _axes(
        "milliseconds an answer",
        "answers",
        [(tick, f"{tick * end:.0f}") for tick in _TICKS],
        [(0.0, "0"), (1.0, str(most))],
    )
    told = (
        f"Half of the answers took at most {times.p50_ms:.0f} ms (p50), 95 of 100 at most {times.p95_ms:.0f} ms (p95); "
        "the last bar holds all that took longer."
    )
    return _figure("latency", "Time an answer", told, axes + bars + marks)


def _figure(name: str, title: str, told: str, drawing: str) -> str:
    """Return a drawing with what it shows in words: they are the caption, and what a screen reader says."""
    return f"""<figure class="chart"><figcaption><strong>{escape(title)}</strong> {escape(told)}</figcaption>
<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="chart-{name}-title" aria-describedby="chart-{name}-told">
<title id="chart-{name}-title">{escape(title)}</title><desc id="chart-{name}-told">{escape(told)}</desc>{drawing}</svg></figure>"""


def _axes(
    x_label: str, y_label: str, x_ticks: Iterable[tuple[float, str]], y_ticks: Iterable[tuple[float, str]]
) -> str:
    """Return the frame; ticks are places 0..1 with their words."""
    parts = [f'<path class="axis" d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}"/>']
    for at, words in x_ticks:
        parts.append(f'<text x="{_x(at):.1f}" y="{_y(0) + 15}" text-anchor="middle">{words}</text>')
    for at, words in y_ticks:
        parts.append(f'<path class="grid" d="M{_x(0)} {_y(at):.1f}H{_x(1)}"/>')
        parts.append(f'<text x="{_x(0) - 5}" y="{_y(at) + 4:.1f}" text-anchor="end">{words}</text>')
    parts.append(f'<text x="{(_x(0) + _x(1)) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{x_label}</text>')
    middle = (_y(0) + _y(1)) / 2
    parts.append(f'<text transform="translate(10 {middle}) rotate(-90)" text-anchor="middle">{y_label}</text>')
    return "".join(parts)


def _shares(ticks: Iterable[float]) -> list[tuple[float, str]]:
    return [(tick, f"{tick:.0%}") for tick in ticks]


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)


def _percent(share: float) -> str:
    """Return a share in percent; small ones keep a digit."""
    return f"{share * 100:.1f} %" if 0 < share < 0.1 else f"{share * 100:.0f} %"
