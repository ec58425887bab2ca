"""Two results of the same questions side by side: what got better, what got worse, and whether that is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.errors import ArticlesError
from qa_app.evaluation.metrics import weighted
from qa_app.evaluation.metrics.bootstrap import bootstrap, chance, interval
from qa_app.evaluation.metrics.judging import given, right
from qa_app.evaluation.metrics.measures import figures
from qa_app.evaluation.results import Circumstances, Outcome, Result

HEADLINES = ("exact match", "contains", "gold in 5", "cited", "unanswerable abstained", "risk")
"""The figures of which a loss counts: answers, words, evidence, citations, abstention, trust."""
_LOWER_IS_BETTER = ("risk",)
_LEVEL = 0.05


class NothingInCommon(ArticlesError):
    """Two results share no question."""


@dataclass(frozen=True)
class Change:
    """A figure then and now, over the questions that both results hold."""

    name: str
    before: float
    now: float
    low: float
    high: float
    """The 95 % paired bootstrap interval of `now - before`, ends included."""
    unit: str
    verdict: str | None
    """Of a headline "better", "worse" or "within chance"; of other figures, which are shown but not judged, None."""


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
    """What `--against` says."""

    compared: int
    """Questions in both results, by id and text."""
    only_before: tuple[str, ...]
    only_now: tuple[str, ...]
    """Ids of questions that are in one result only; they are not compared."""
    circumstances: tuple[str, ...]
    """What else differs between the two, in words."""
    changes: tuple[Change, ...]
    better: tuple[Turned, ...]
    worse: tuple[Turned, ...]
    """The greatest change first."""

    @property
    def is_loss(self) -> bool:
        """Tell whether a headline got worse by more than chance."""
        return any(change.verdict == "worse" for change in self.changes)


def compare(before: Result, now: Result) -> Comparison:
    """Compare two results, each at its own threshold.

    Raises:
        NothingInCommon: no question is in both.
    """
    then = {_key(outcome): outcome for outcome in before.outcomes}
    pairs = [(then[_key(outcome)], outcome) for outcome in now.outcomes if _key(outcome) in then]
    if not pairs:
        raise NothingInCommon(
            "The two results have no question in common: an id and its text must be the same in both.",
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
    """Return the figures that both sides have; the headlines judged at 5 % in all, by Holm's method.

    The k-th smallest of m probabilities is held against 0.05 / (m - k + 1), until one fails (Holm 1979, Scandinavian
    Journal of Statistics 6:65-70): so a harmless change fails one time in twenty, not one in twenty for each headline.
    """
    then = {figure.name: figure for figure in figures([pair[0] for pair in pairs], threshold_before)}
    present = {figure.name: figure for figure in figures([pair[1] for pair in pairs], threshold_now)}
    names = [name for name in present if name in then]
    resampled = bootstrap([side[name].statistic for name in names for side in (then, present)], len(pairs))
    differences = {name: resampled[2 * i + 1] - resampled[2 * i] for i, name in enumerate(names)}
    beyond = _holm({name: chance(differences[name]) for name in names if name in HEADLINES})
    changes = []
    for name in names:
        before, now = (weighted.value(side[name].statistic, len(pairs)) for side in (then, present))
        verdict = None
        if name in HEADLINES:
            gained = (now < before) == (name in _LOWER_IS_BETTER)
            verdict = ("better" if gained else "worse") if name in beyond and now != before else "within chance"
        changes.append(Change(name, before, now, *interval(differences[name]), present[name].unit, verdict))
    return tuple(changes)


def _holm(probabilities: dict[str, float]) -> set[str]:
    """Return the names whose difference is more than chance."""
    beyond: set[str] = set()
    for name in sorted(probabilities, key=probabilities.__getitem__):
        if probabilities[name] > _LEVEL / (len(probabilities) - len(beyond)):
            break
        beyond.add(name)
    return beyond


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
    """Return "right", "wrong" or "withheld"; to withhold is right for an unanswerable question."""
    if given(outcome, threshold):
        return "right" if right(outcome) else "wrong" if right(outcome) is False else "not judged"
    return "right" if outcome.unanswerable else "withheld"


def _gain(turned: Turned) -> tuple[int, float]:
    """Return by how much an answer got better, below 0 when it got worse: by rightness, then by F1.

    A withheld answer is as little right as a wrong one.
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
    return [f"gold answers: other ones now for {changed} of the questions compared"] if changed else []
