"""Format evaluation results as text tables for a terminal."""

from collections.abc import Sequence

from qa_app.evaluation.metrics.comparison import Change, Comparison, Turned
from qa_app.evaluation.results import Measure
from qa_app.evaluation.threshold_fitting import FEW
from qa_app.rendering.readable import counted, figure, number
from qa_app.threshold import FittedThreshold

_LISTED = 10
_QUESTION_CHARS = 90


def measures_table(measures: Sequence[Measure], threshold: float) -> str:
    """Return the figures, one per line, with intervals and counts."""
    rows = [("", "value", "95 % interval", "questions")]
    rows += [
        (m.name, figure(m.value, m.unit), f"{number(m.low, m.unit)} to {number(m.high, m.unit)}", f"{m.count:,}")
        for m in measures
    ]
    return f"{_aligned(rows)}\n\nThreshold {threshold:g}: answers with a lower confidence are withheld."


def comparison_text(comparison: Comparison, name: str) -> str:
    """Return the differences from the result called `name`."""
    lines = [f"Compared with {name}: {counted(comparison.compared, 'question')} in both."]
    lines += [f"  {difference}" for difference in comparison.circumstances]
    for ids, where in ((comparison.only_before, "there"), (comparison.only_now, "here")):
        if ids:
            lines.append(f"  {counted(len(ids), 'question')} only {where}, not compared: {_listed(ids)}")
    rows: list[tuple[str, ...]] = [("", "before", "now", "difference", "95 % interval", "")]
    rows += [_row(change) for change in comparison.changes]
    lines += ["", _aligned(rows), ""]
    lines += _turned("Better", comparison.better) + _turned("Worse", comparison.worse)
    worse = [change.name for change in comparison.changes if change.verdict == "worse"]
    lines.append(f"Worse by more than chance: {', '.join(worse)}." if worse else "No loss that is more than chance.")
    if comparison.compared < FEW:
        lines.append(f"With {counted(comparison.compared, 'question')} this says little.")
    return "\n".join(lines)


def calibration_text(fitted: FittedThreshold, place: str) -> str:
    """Return the effect of a fitted threshold, and where it was stored."""
    lines = [
        f"Threshold {fitted.threshold:g} fitted and stored in {place}: {fitted.given} of {fitted.questions} questions "
        f"answered ({fitted.coverage:.1%}), {fitted.rate:.1%} of these wrongly (wanted: at most {fitted.wanted_rate:.1%}).",
        f"On other questions of this kind expect {fitted.rate_low:.1%} to {fitted.rate_high:.1%} wrong (95 % interval), "
        "probably more than less, because it was chosen on these.",
    ]
    if fitted.questions < FEW:
        lines.append(f"It is based on {counted(fitted.questions, 'question')}: too few to rely on. Use at least {FEW}.")
    return "\n".join(lines)


def _signed(difference: float, unit: str) -> str:
    digits = number(difference, unit)
    return digits if digits.startswith("-") else f"+{digits}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows with the first and last column flush left where they hold words, figures flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    words = {0} | {i for i, head in enumerate(rows[0]) if not head}
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i in words else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _turned(title: str, turned: Sequence[Turned]) -> list[str]:
    lines = [f"{title}: {counted(len(turned), 'question')}"]
    for one in turned[:_LISTED]:
        f1 = "" if one.f1_before is None or one.f1_now is None else f", F1 {one.f1_before:.2f} to {one.f1_now:.2f}"
        question = one.question if len(one.question) <= _QUESTION_CHARS else f"{one.question[:_QUESTION_CHARS]}…"
        lines.append(f"  {one.id}  {question}  ({one.before} to {one.now}{f1})")
    if len(turned) > _LISTED:
        lines.append(f"  and {len(turned) - _LISTED:,} more; --json lists all")
    return [*lines, ""]


def _row(change: Change) -> tuple[str, ...]:
    return (
        change.name,
        figure(change.before, change.unit),
        figure(change.now, change.unit),
        _signed(change.now - change.before, change.unit),
        f"{_signed(change.low, change.unit)} to {_signed(change.high, change.unit)}",
        change.verdict or "",
    )


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_LISTED]) + (f" and {len(ids) - _LISTED:,} more" if len(ids) > _LISTED else "")
