"""Measure answers against a question file: no network, no language model as judge."""

from qa_app.evaluation.calibration import fit_threshold
from qa_app.evaluation.question_files import Gold, Question, read_questions, write_questions
from qa_app.evaluation.results import Measure, Outcome, Result, read_result, write_result
from qa_app.evaluation.run import judge_all

# The metrics are in `qa_app.evaluation.metrics`, the report in `qa_app.evaluation.report`.
__all__ = [
    # Questions
    "Gold",
    "Question",
    "read_questions",
    "write_questions",
    # Answer and judge them
    "judge_all",
    "Measure",
    "Outcome",
    "Result",
    "read_result",
    "write_result",
    # Fit a threshold
    "fit_threshold",
]
