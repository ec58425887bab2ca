"""What of an answer is right, and what a person gets of it."""

from qa_app.evaluation.results import Outcome


def right(outcome: Outcome) -> bool | None:
    """Tell whether a person would call the answer right, were it given; None where the line says nothing.

    With answers: the quoted sentences hold one of them. Else with evidence: it is cited. No answer to an unanswerable
    question is.
    """
    if outcome.unanswerable:
        return False
    return outcome.contains if outcome.answers else outcome.cited


def given(outcome: Outcome, threshold: float) -> bool:
    """Tell whether a person would get the answer at a threshold, 0..1; one without a citation is none."""
    return bool(outcome.citations) and outcome.confidence >= threshold
