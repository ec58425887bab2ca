"""Sort outcomes by what the user got for each question, worst first."""

from collections.abc import Sequence
from enum import Enum

from qa_app.evaluation.metrics.judging import given, right
from qa_app.evaluation.results import Outcome, Result


class Kind(Enum):
    """What the user got for a question, worst first."""

    WRONG = "Answered wrongly"
    ANSWERED = "Answered, though the articles don't say"
    WITHHELD = "Right, but withheld"
    MISSED = "Withheld, and it would have been wrong"
    UNJUDGED = "Not judged: the file gives neither answers nor evidence"
    REFUSED = "Rightly refused"
    RIGHT = "Right"


MISTAKES = (Kind.WRONG, Kind.ANSWERED, Kind.WITHHELD, Kind.MISSED)


def kind_of(outcome: Outcome, threshold: float) -> Kind:
    """Return what the user got at a threshold, 0..1."""
    is_right, is_given = right(outcome), given(outcome, threshold)
    if outcome.unanswerable:
        return Kind.ANSWERED if is_given else Kind.REFUSED
    if is_right is None:
        return Kind.UNJUDGED
    if is_given:
        return Kind.RIGHT if is_right else Kind.WRONG
    return Kind.WITHHELD if is_right else Kind.MISSED


def by_kind(result: Result) -> dict[Kind, list[Outcome]]:
    """Return the outcomes of each kind that occurs: worst kinds first, in each kind the most confident outcomes first."""
    sorted_out: dict[Kind, list[Outcome]] = {kind: [] for kind in Kind}
    for outcome in sorted(result.outcomes, key=lambda o: -o.confidence):
        sorted_out[kind_of(outcome, result.circumstances.threshold)].append(outcome)
    return {kind: own for kind, own in sorted_out.items() if own}


def worst(result: Result, count: int) -> list[tuple[Kind, Outcome]]:
    """Return at most `count` mistakes, worst first."""
    sorted_out = by_kind(result)
    return [(kind, outcome) for kind in MISTAKES for outcome in sorted_out.get(kind, [])][:count]


def in_words(result: Result) -> str:
    """Return a summary of the result in two or three plain sentences."""
    counts = {kind: len(own) for kind, own in by_kind(result).items()}
    correct, wrong = counts.get(Kind.RIGHT, 0), counts.get(Kind.WRONG, 0)
    withheld = counts.get(Kind.WITHHELD, 0) + counts.get(Kind.MISSED, 0)
    answered, refused = counts.get(Kind.ANSWERED, 0), counts.get(Kind.REFUSED, 0)
    sentences = []
    if answerable := correct + wrong + withheld:
        sentences.append(
            f"Of {_questions(answerable)} that the articles answer, the assistant answered {correct} "
            f"{_rightly(result.outcomes)}, {wrong} otherwise, and left {withheld} unanswered."
        )
    if unanswerable := answered + refused:
        sentences.append(
            f"Of {_questions(unanswerable)} that the articles don't answer, the assistant left {refused} unanswered "
            f"({refused / unanswerable:.0%})."
        )
    if unjudged := counts.get(Kind.UNJUDGED, 0):
        sentences.append(f"{_questions(unjudged)} could not be judged: the file gives neither answers nor evidence.")
    return " ".join(sentences) or "The file contains no questions."


def _questions(count: int) -> str:
    return f"{count} question{'' if count == 1 else 's'}"


def _rightly(outcomes: Sequence[Outcome]) -> str:
    """Return what makes an answer count as right, in words: the expected words, passage, or either."""
    answerable = [o for o in outcomes if not o.unanswerable and right(o) is not None]
    if all(o.answers for o in answerable):
        return "with the expected words"
    return "with the expected words or passage" if any(o.answers for o in answerable) else "with the expected passage"
