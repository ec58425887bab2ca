"""`python -m qa_app eval`: answer the questions in a file and measure the answers."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from embeddings.errors import ArticlesError
from qa_app.assistant import Assistant, open_assistant
from qa_app.commands.options import Subparsers, add_command, add_threshold_argument, share
from qa_app.config import AnswerConfig, with_threshold
from qa_app.evaluation.metrics.comparison import Comparison, compare
from qa_app.evaluation.metrics.measures import measures
from qa_app.evaluation.question_files import Question, read_questions
from qa_app.evaluation.report.tables import calibration_text, comparison_text, measures_table
from qa_app.evaluation.results import (
    Circumstances,
    Outcome,
    Result,
    last_result_file,
    read_result,
    result_json,
    write_result,
)
from qa_app.evaluation.run import circumstances, judge_all
from qa_app.evaluation.threshold_fitting import fit_threshold
from qa_app.threshold import FittedThreshold, forget_threshold, store_threshold, threshold_file

_OFF = "off"


def add_eval(commands: Subparsers) -> None:
    """Add the command."""
    text = "Answer the questions in a file and measure the results: right answers, evidence, citations, abstention."
    parser = add_command(commands, "eval", run_eval, text, as_json=True)
    add = parser.add_argument
    add(
        "questions",
        type=Path,
        metavar="QUESTIONS.jsonl",
        help='lines of {"id", "question", "answers", "evidence", "unanswerable"}',
    )
    add("--out", type=Path, metavar="FILE", help="also write the full result, for a later --against")
    add(
        "--against",
        type=Path,
        metavar="RESULT",
        help="compare with an earlier result; exit status 1 if a main figure got worse by more than chance",
    )
    add("--report", type=Path, metavar="FILE", help="also write an HTML page with curves and mistakes")
    threshold = parser.add_mutually_exclusive_group()
    add_threshold_argument(threshold)
    threshold.add_argument(
        "--calibrate",
        type=_rate_or_off,
        metavar="RATE",
        help="fit the threshold so that at most this share, 0 to 1, of the answers given to these questions is wrong, "
        "and store it with the index; 'off' removes it",
    )


def run_eval(options: argparse.Namespace) -> int:
    """Evaluate; returns the exit status: 1 if a comparison shows a loss, else 0.

    Raises:
        ArticlesError: something is wrong; raised before the first answer if it can be known by then.
    """
    questions = read_questions(options.questions)
    before = read_result(options.against) if options.against else None
    for file in filter(None, (options.out, options.report)):
        _check_place(file)
    assistant = open_assistant(options.index, with_threshold(options.threshold))
    about = circumstances(assistant, options.questions, assistant.config.answer.threshold)
    outcomes = judge_all(assistant, questions, _warn, _shown)

    fitted, failure = None, None
    if options.calibrate is not None:
        try:
            about, fitted = _calibrate(options.calibrate, outcomes, about, options.index)
        except ArticlesError as error:  # the figures are still shown, with the old threshold
            failure = error
    result = Result(about, measures(outcomes, about.threshold), outcomes)
    _keep(result, options.index)
    if options.out:
        write_result(result, options.out)
    comparison = compare(before, result) if before else None
    if options.json:
        print(json.dumps(_json(result, comparison, fitted), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print(_text(result, comparison, fitted, options))
    if options.report:
        _report(result, options.report, assistant)
    if failure:
        raise failure
    return 1 if comparison and comparison.is_loss else 0


def _calibrate(
    rate: float | str, outcomes: Sequence[Outcome], about: Circumstances, index: Path
) -> tuple[Circumstances, FittedThreshold | None]:
    """Fit and store the threshold, or remove it; returns the circumstances with the threshold now in force.

    Raises:
        RateNotReached: no threshold reaches the rate; nothing was stored.
        IndexUnwritable: the threshold cannot be stored or removed.
    """
    if isinstance(rate, str):
        forget_threshold(index)
        return replace(about, threshold=AnswerConfig.threshold), None
    fit = fit_threshold(outcomes, rate)
    low, high = fit.interval
    fitted = FittedThreshold(
        threshold=fit.threshold,
        wanted_rate=rate,
        rate=fit.rate,
        rate_low=low,
        rate_high=high,
        coverage=fit.coverage,
        questions=fit.judged,
        given=fit.given,
        questions_file=about.questions_file,
        questions_sha256=about.questions_sha256,
        encoder=about.encoder,
        reader=about.reader,
        fitted_at=about.made_at,
    )
    store_threshold(fitted, index)
    return replace(about, threshold=fit.threshold), fitted


def _keep(result: Result, index: Path) -> None:
    """Store the result with the index, for the page. An index that cannot be written can still be measured."""
    file = last_result_file(index)
    try:
        write_result(result, file)
    except OSError as error:
        _warn(f"the result was not written to {file} ({error.strerror}), so the page will not show it")


def _report(result: Result, file: Path, assistant: Assistant) -> None:
    from qa_app.evaluation.report.html_report import write_report

    with assistant.index.snapshot() as snapshot:

        def text_of(path: str) -> str | None:
            document = snapshot.document_called(path)
            return document.text if document else None

        write_report(result, file, text_of)


def _text(
    result: Result, comparison: Comparison | None, fitted: FittedThreshold | None, options: argparse.Namespace
) -> str:
    parts = [measures_table(result.measures, result.circumstances.threshold)]
    if fitted:
        parts.append(calibration_text(fitted, str(threshold_file(options.index))))
    elif options.calibrate == _OFF:
        parts.append("The fitted threshold was removed; the default applies again.")
    if comparison:
        parts.append(comparison_text(comparison, str(options.against)))
    return "\n\n".join(parts)


def _json(result: Result, comparison: Comparison | None, fitted: FittedThreshold | None) -> dict[str, Any]:
    values = result_json(result)
    if comparison:
        values["comparison"] = {**asdict(comparison), "is_loss": comparison.is_loss}
    if fitted:
        values["calibration"] = asdict(fitted)
    return values


def _shown(questions: Sequence[Question]) -> Iterable[Question]:
    bar: Iterable[Question] = tqdm(questions, unit="question", file=sys.stderr, disable=not sys.stderr.isatty())
    return bar


def _warn(sentence: str) -> None:
    print(f"warning: {sentence}", file=sys.stderr)


def _check_place(file: Path) -> None:
    if not file.absolute().parent.is_dir() or file.is_dir():
        raise ArticlesError(
            f"{file} cannot be written: it is a folder, or its folder does not exist.",
            "Name a file in a folder that exists.",
        )


def _rate_or_off(text: str) -> float | str:
    return _OFF if text == _OFF else share(text)
