"""Measure answers against a question file, without network access and without a language model as judge."""

from qa_app.evaluation.question_files import Gold, Question, read_questions, write_questions
from qa_app.evaluation.results import Measure, Outcome, Result, read_result, write_result
from qa_app.evaluation.run import judge_all
from qa_app.evaluation.threshold_fitting import fit_threshold

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
