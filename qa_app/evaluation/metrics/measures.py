"""Compute the figures from outcomes, with their intervals. docs/evaluation.md defines them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_app.evaluation.metrics import weighted
from qa_app.evaluation.metrics.bootstrap import bootstrap, interval
from qa_app.evaluation.metrics.judging import RANKED, given, right
from qa_app.evaluation.metrics.weighted import Statistic
from qa_app.evaluation.results import Measure, Outcome


@dataclass(frozen=True)
class Figure:
    """A named statistic of questions: one row of the table."""

    name: str
    """Also the key for comparing two results."""
    statistic: Statistic
    """Takes weights of all questions, including those that it is not counted over."""
    count: int
    """Number of questions that it is counted over."""
    unit: str
    """As in `Measure`."""


def measures(outcomes: Sequence[Outcome], threshold: float) -> tuple[Measure, ...]:
    """Return the figures that can be counted over these outcomes, with their intervals.

    Args:
        outcomes: of answers with abstention switched off.
        threshold: confidence, 0..1, below which an answer is withheld.
    """
    kept = figures(outcomes, threshold)
    if not kept:
        return ()
    resampled = bootstrap([figure.statistic for figure in kept], len(outcomes))
    return tuple(
        Measure(f.name, weighted.value(f.statistic, len(outcomes)), *interval(values), f.count, f.unit)
        for f, values in zip(kept, resampled, strict=True)
    )


def figures(outcomes: Sequence[Outcome], threshold: float) -> list[Figure]:
    """Return the figures that can be counted over these outcomes, in the order of the table."""
    found: list[Figure] = []

    def add(
        name: str,
        counted: Callable[[Outcome], bool],
        statistic: Callable[[list[Outcome]], Statistic],
        unit: str = "share",
    ) -> None:
        chosen = [counted(outcome) for outcome in outcomes]
        if any(chosen):
            own = [outcome for outcome, is_chosen in zip(outcomes, chosen, strict=True) if is_chosen]
            found.append(Figure(name, weighted.of(chosen, statistic(own)), len(own), unit))

    def mean(number: Callable[[Outcome], float]) -> Callable[[list[Outcome]], Statistic]:
        return lambda own: weighted.mean([number(outcome) for outcome in own])

    def is_given(outcome: Outcome) -> bool:
        return given(outcome, threshold)

    # A withheld answer counts as wrong: the user did not get it.
    add("exact match", _has_answers, mean(lambda o: is_given(o) * (o.exact_match or 0.0)))
    add("F1", _has_answers, mean(lambda o: is_given(o) * (o.f1 or 0.0)))
    add("contains", _has_answers, mean(lambda o: is_given(o) and bool(o.contains)))
    for k in (1, 3, 5, RANKED):
        add(f"gold in {k}", _has_gold, mean(_gold_within(k)))
    add("MRR", _has_gold, mean(_reciprocal_rank), "score")
    add("cited", _has_gold, mean(lambda o: is_given(o) and bool(o.cited)))
    add("first cited", _has_gold, mean(lambda o: is_given(o) and bool(o.first_cited)))
    add("sentences an answer", is_given, mean(lambda o: len(o.citations)), "mean")
    add("quotes exact", lambda o: bool(o.citations), mean(lambda o: all(cited.exact for cited in o.citations)))
    add("answerable abstained", lambda o: _is_judged(o) and not o.unanswerable, mean(lambda o: not is_given(o)))
    add("unanswerable abstained", lambda o: o.unanswerable, mean(lambda o: not is_given(o)))
    if any(map(_words_right, outcomes)) and any(outcome.unanswerable for outcome in outcomes):
        add("AUROC", lambda o: _words_right(o) or o.unanswerable, _auroc, "score")
    add("AURC", _is_judged, _aurc, "score")
    add("risk", lambda o: _is_judged(o) and is_given(o), mean(lambda o: not right(o)))
    add("coverage", lambda o: True, mean(is_given))
    add("calibration error", _is_judged, _calibration_error, "score")
    add("latency p50", lambda o: True, lambda own: weighted.quantile([o.latency_ms for o in own], 0.5), "ms")
    add("latency p95", lambda o: True, lambda own: weighted.quantile([o.latency_ms for o in own], 0.95), "ms")
    return found


def calibration_error(confidences: Sequence[float], is_right: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error, 0..1, of answers with these confidences; 0 without answers.

    See `qa_app.evaluation.metrics.weighted.calibration_error`.
    """
    if len(confidences) != len(is_right):
        raise ValueError(f"{len(confidences)} confidences, but {len(is_right)} answers")
    if not confidences:
        return 0.0
    return weighted.value(weighted.calibration_error(confidences, is_right, bins), len(confidences))


def _has_answers(outcome: Outcome) -> bool:
    return outcome.exact_match is not None


def _has_gold(outcome: Outcome) -> bool:
    return outcome.gold_rank is not None


def _gold_within(k: int) -> Callable[[Outcome], bool]:
    return lambda outcome: 0 < (outcome.gold_rank or 0) <= k


def _reciprocal_rank(outcome: Outcome) -> float:
    return 1 / outcome.gold_rank if outcome.gold_rank and outcome.gold_rank <= RANKED else 0.0


def _is_judged(outcome: Outcome) -> bool:
    return right(outcome) is not None


def _words_right(outcome: Outcome) -> bool:
    """Return whether the answer is exactly right; judged by its citations if the file gives no answers."""
    return bool(outcome.exact_match) if _has_answers(outcome) else bool(outcome.cited)


def _auroc(own: list[Outcome]) -> Statistic:
    return weighted.auroc([o.confidence for o in own], [not o.unanswerable for o in own])


def _aurc(own: list[Outcome]) -> Statistic:
    return weighted.aurc([o.confidence for o in own], [bool(right(o)) for o in own])


def _calibration_error(own: list[Outcome]) -> Statistic:
    return weighted.calibration_error([o.confidence for o in own], [bool(right(o)) for o in own])
