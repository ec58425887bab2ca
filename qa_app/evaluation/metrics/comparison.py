"""Compare two results on the same questions: what got better, what got worse, and whether that is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.errors import ArticlesError
from qa_app.evaluation.metrics import weighted
from qa_app.evaluation.metrics.bootstrap import bootstrap, chance, interval
from qa_app.evaluation.metrics.judging import given, right
from qa_app.evaluation.metrics.measures import figures
from qa_app.evaluation.results import Circumstances, Outcome, Result

HEADLINES = ("exact match", "contains", "gold in 5", "cited", "unanswerable abstained", "risk")
"""The figures that count as a loss when they get worse."""
_LOWER_IS_BETTER = ("risk",)
_LEVEL = 0.05


class NothingInCommon(ArticlesError):
    """Two results share no question."""


@dataclass(frozen=True)
class Change:
    """A figure before and now, over the questions in both results."""

    name: str
    before: float
    now: float
    low: float
    high: float
    """The 95 % paired bootstrap interval of `now - before`, ends included."""
    unit: str
    verdict: str | None
    """"better", "worse" or "within chance" for a headline; None for other figures, which are shown but not judged."""


@dataclass(frozen=True)
class Turned:
    """A question whose answer got better or worse."""

    id: str
    question: str
    before: str
    """"right", "wrong" or "withheld"."""
    now: str
    f1_before: float | None
    f1_now: float | None
    """0..1, 0 where the answer was withheld; None without gold answers."""


@dataclass(frozen=True)
class Comparison:
    """What `eval --against` reports."""

    compared: int
    """Questions in both results, by id and text."""
    only_before: tuple[str, ...]
    only_now: tuple[str, ...]
    """Ids of the questions in one result only, which are not compared."""
    circumstances: tuple[str, ...]
    """What else differs between the two, in words."""
    changes: tuple[Change, ...]
    better: tuple[Turned, ...]
    worse: tuple[Turned, ...]
    """Greatest change first."""

    @property
    def is_loss(self) -> bool:
        """Whether a headline got worse by more than chance."""
        return any(change.verdict == "worse" for change in self.changes)


def compare(before: Result, now: Result) -> Comparison:
    """Compare two results, each at its own threshold.

    Raises:
        NothingInCommon: they share no question.
    """
    then = {_key(outcome): outcome for outcome in before.outcomes}
    pairs = [(then[_key(outcome)], outcome) for outcome in now.outcomes if _key(outcome) in then]
    if not pairs:
        raise NothingInCommon(
            "The two results have no question in common: id and text must be the same in both.",
            "Compare results of the same question file.",
        )
    both = {_key(outcome) for _, outcome in pairs}
    thresholds = before.circumstances.threshold, now.circumstances.threshold
    turned = [_turned(*pair, *thresholds) for pair in pairs]
    ranked = sorted(turned, key=_gain)
    return Comparison(
        compared=len(pairs),
        only_before=tuple(outcome.id for outcome in before.outcomes if _key(outcome) not in both),
        only_now=tuple(outcome.id for outcome in now.outcomes if _key(outcome) not in both),
        circumstances=(*_differences(before.circumstances, now.circumstances), *_other_gold(pairs)),
        changes=_changes(pairs, *thresholds),
        better=tuple(one for one in reversed(ranked) if _gain(one) > (0, 0)),
        worse=tuple(one for one in ranked if _gain(one) < (0, 0)),
    )


def _key(outcome: Outcome) -> tuple[str, str]:
    return outcome.id, outcome.question


def _changes(
    pairs: Sequence[tuple[Outcome, Outcome]], threshold_before: float, threshold_now: float
) -> tuple[Change, ...]:
    """Return the figures that both sides have, with the headlines tested at 5 % overall by Holm's method.

    The k-th smallest of m p-values is compared with 0.05 / (m - k + 1), until one is above (Holm 1979, Scandinavian
    Journal of Statistics 6:65-70): a harmless change fails one time in twenty, not one in twenty for each headline.
    """
    then = {figure.name: figure for figure in figures([pair[0] for pair in pairs], threshold_before)}
    present = {figure.name: figure for figure in figures([pair[1] for pair in pairs], threshold_now)}
    names = [name for name in present if name in then]
    resampled = bootstrap([side[name].statistic for name in names for side in (then, present)], len(pairs))
    differences = {name: resampled[2 * i + 1] - resampled[2 * i] for i, name in enumerate(names)}
    significant = _holm({name: chance(differences[name]) for name in names if name in HEADLINES})
    changes = []
    for name in names:
        before, now = (weighted.value(side[name].statistic, len(pairs)) for side in (then, present))
        verdict = None
        if name in HEADLINES:
            gained = (now < before) == (name in _LOWER_IS_BETTER)
            verdict = ("better" if gained else "worse") if name in significant and now != before else "within chance"
        changes.append(Change(name, before, now, *interval(differences[name]), present[name].unit, verdict))
    return tuple(changes)


def _holm(p_values: dict[str, float]) -> set[str]:
    """Return the names whose difference is more than chance."""
    significant: set[str] = set()
    for name in sorted(p_values, key=p_values.__getitem__):
        if p_values[name] > _LEVEL / (len(p_values) - len(significant)):
            break
        significant.add(name)
    return significant


def _turned(before: Outcome, now: Outcome, threshold_before: float, threshold_now: float) -> Turned:
    return Turned(
        now.id,
        now.question,
        _verdict(before, threshold_before),
        _verdict(now, threshold_now),
        _f1(before, threshold_before),
        _f1(now, threshold_now),
    )


def _verdict(outcome: Outcome, threshold: float) -> str:
    """Return "right", "wrong", "withheld" or "not judged"; withholding is right for an unanswerable question."""
    if given(outcome, threshold):
        return "right" if right(outcome) else "wrong" if right(outcome) is False else "not judged"
    return "right" if outcome.unanswerable else "withheld"


def _gain(turned: Turned) -> tuple[int, float]:
    """Return how much an answer got better, below 0 if it got worse: by rightness first, then by F1.

    A withheld answer is no better than a wrong one.
    """
    if "not judged" in (turned.before, turned.now):
        return 0, 0.0
    turn = (turned.now == "right") - (turned.before == "right")
    return turn, (turned.f1_now or 0.0) - (turned.f1_before or 0.0)


def _f1(outcome: Outcome, threshold: float) -> float | None:
    return None if outcome.f1 is None else outcome.f1 * given(outcome, threshold)


def _differences(before: Circumstances, now: Circumstances) -> list[str]:
    """Return what differs between the circumstances, in words."""
    compared = {
        "questions": (before.questions_sha256[:8], now.questions_sha256[:8]),
        "corpus folder": (before.folder, now.folder),
        "corpus": (_corpus(before), _corpus(now)),
        "encoder": (before.encoder, now.encoder),
        "reader": (before.reader, now.reader),
        "threshold": (f"{before.threshold:g}", f"{now.threshold:g}"),
    }
    return [
        f"{name}: {then} before, {at_present} now"
        for name, (then, at_present) in compared.items()
        if then != at_present
    ]


def _corpus(circumstances: Circumstances) -> str:
    return (
        f"{circumstances.documents} articles, {circumstances.chunks} chunks "
        f"(build {circumstances.build}, generation {circumstances.generation})"
    )


def _other_gold(pairs: Sequence[tuple[Outcome, Outcome]]) -> list[str]:
    changed = sum((a.answers, a.unanswerable) != (b.answers, b.unanswerable) for a, b in pairs)
    return [f"gold answers: changed for {changed} of the questions compared"] if changed else []
