import xml.etree.ElementTree as ET

import pytest

from qa_app.evaluation.metrics.curves import Bin, Latencies, RiskPoint
from qa_app.evaluation.report.charts import Chart, charts, latency_chart, reliability_chart, risk_chart
from qa_app.rendering.html import ENVIRONMENT
from tests.qa_app.evaluation.results_made import outcome, result

CURVE = [RiskPoint(0.9, 0.25, 0.0), RiskPoint(0.6, 0.75, 1 / 3), RiskPoint(0.2, 1.0, 0.5)]


def _drawn(*drawings: Chart) -> ET.Element:
    template = ENVIRONMENT.from_string('{% import "report/charts.html" as drawn %}{{ drawn.charts(charts) }}')
    return ET.fromstring(template.render(charts=drawings))


def _numbers(words: str) -> list[tuple[float, float]]:
    pairs = [pair.split(",") for pair in words.split()]
    return [(float(x), float(y)) for x, y in pairs]


def test_the_curve_goes_right_and_up_and_the_dot_lies_at_the_threshold() -> None:
    figure = _drawn(risk_chart(CURVE, 0.5))
    line = figure.find(".//polyline")
    dot = figure.find(".//circle")
    assert line is not None and dot is not None
    points = _numbers(line.attrib["points"])
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert (float(dot.attrib["cx"]), float(dot.attrib["cy"])) == points[1]
    assert "75 % of the questions get an answer and 33 % of the answers are wrong" in "".join(figure.itertext())


def test_a_threshold_above_all_confidences_has_no_dot_and_says_so() -> None:
    figure = _drawn(risk_chart(CURVE, 0.95))
    assert figure.find(".//circle") is None
    assert "no question gets an answer" in "".join(figure.itertext())


def test_a_long_curve_is_thinned_but_ends_where_it_ends() -> None:
    curve = [RiskPoint(1 - i / 5000, i / 5000, 0.1) for i in range(1, 5001)]
    line = _drawn(risk_chart(curve, 0.5)).find(".//polyline")
    assert line is not None
    points = _numbers(line.attrib["points"])
    assert len(points) < 250 and points[-1][0] == 318.0


def test_a_dot_is_as_large_in_area_as_its_answers_are_many() -> None:
    figure = _drawn(reliability_chart([Bin(0.1, 0.2, 25), Bin(0.9, 0.85, 100)]))
    small, large = (float(dot.attrib["r"]) for dot in figure.iter("circle"))
    assert large**2 == pytest.approx(4 * small**2)
    assert "100 answers of 90 % confidence on average, 85 % of them right" in "".join(figure.itertext())


def test_the_percentiles_are_drawn_and_told() -> None:
    figure = _drawn(latency_chart(Latencies((0.0, 50.0, 100.0), (3, 1), 40.0, 90.0)))
    first, second = (float(bar.attrib["height"]) for bar in figure.iter("rect"))
    assert first == pytest.approx(3 * second, rel=0.01)
    words = "".join(figure.itertext())
    assert "at most 40 ms (p50)" in words and "at most 90 ms (p95)" in words


def test_each_chart_is_named_and_described_for_who_does_not_see_it() -> None:
    drawings = list(_drawn(*charts(result([outcome(0.9), outcome(0.3, contains=False)]))).iter("svg"))
    assert len(drawings) == 3
    for drawing in drawings:
        by_id = {e.attrib["id"]: e.text for e in drawing if "id" in e.attrib}
        assert by_id[drawing.attrib["aria-labelledby"]] and by_id[drawing.attrib["aria-describedby"]]


def test_what_cannot_be_judged_has_only_its_times() -> None:
    assert [one.name for one in charts(result([outcome(0.9, answers=(), gold=(), is_cited=None)]))] == ["latency"]
    assert not list(charts(result([])))
