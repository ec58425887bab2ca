"""The Quality panel: shows the last evaluation of this corpus, or how to run one."""

import json
import shlex
from pathlib import Path

from embeddings.errors import ArticlesError
from embeddings.index import Index, Snapshot
from qa_app.assistant import encoder_words, reader_words
from qa_app.evaluation.drafting.drafts import draft_line, draft_questions
from qa_app.evaluation.metrics.mistakes import in_words, worst
from qa_app.evaluation.report.charts import charts
from qa_app.evaluation.report.excerpts import in_context
from qa_app.evaluation.results import Circumstances, Result, last_result_file, read_result
from qa_app.rendering.html import render
from qa_app.serving.page.chat import File
from qa_app.serving.page.notices import failed
from qa_app.serving.service import Service

_MISTAKES = 10
_QUESTIONS = "questions.jsonl"
_DRAFTS = 50


def quality_html(service: Service) -> str:
    """Return the last result for the service's index, or how to get one, or why it cannot be read."""
    index = service.assistant.index
    file = last_result_file(index.path)
    if not file.exists():
        return render("page/quality_missing.html", **_commands(index.path))
    try:
        result = read_result(file)
    except ArticlesError as error:
        return failed(str(error)) + render("page/how_to_measure.html", **_commands(index.path))
    with index.snapshot() as snapshot:
        stale = differences(result.circumstances, index, snapshot, service.assistant.config.answer.threshold)
        return result_html(result, snapshot, stale, index.path)


def drafted_questions(service: Service) -> File:
    """Return a question file drafted from the articles.

    Raises:
        ArticlesError: no sentence of the articles fits a template.
    """
    with service.assistant.index.snapshot() as snapshot:
        documents = filter(None, (snapshot.document(*address) for address in snapshot.addresses()))
        drafts = draft_questions(documents, _DRAFTS)
    if not drafts:
        raise ArticlesError(
            "No sentence of the articles fits a template.", "Write the questions by hand: docs/evaluation.md"
        )
    lines = [json.dumps(draft_line(draft, i), ensure_ascii=False) for i, draft in enumerate(drafts, start=1)]
    return {"name": _QUESTIONS, "text": "\n".join(lines) + "\n"}


def differences(then: Circumstances, index: Index, now: Snapshot, threshold: float) -> list[str]:
    """Return the differences between the current index and threshold and those measured, in words."""
    found = []
    if encoder_words(index.encoder.identity) != then.encoder:
        found.append("the encoder was changed")
    elif now.build_name != then.build:
        found.append("the articles were re-embedded")
    elif now.generation != then.generation:
        found.append("the articles have changed")
    if reader_words(index.encoder.identity.name) != then.reader:
        found.append("the reader was changed")
    if abs(threshold - then.threshold) > 1e-9:
        found.append(f"answers now need a confidence of {threshold:.3g}, not {then.threshold:.3g}")
    return found


def result_html(result: Result, snapshot: Snapshot, stale: list[str], index: Path) -> str:
    """Return a result as HTML: a summary, figures, curves and the worst mistakes.

    Args:
        result: the evaluation.
        snapshot: the current articles, for the context of evidence.
        stale: differences to what was measured; empty if there are none.
        index: folder of the index, for the commands.
    """

    def text_of(path: str) -> str | None:
        document = snapshot.document_called(path)
        return None if document is None else document.text

    return render(
        "page/quality.html",
        result=result,
        in_words=in_words(result),
        differences=stale,
        measure_again=_measure(index, result.circumstances.questions_file),
        charts=charts(result),
        mistakes=[(kind, in_context(outcome, text_of)) for kind, outcome in worst(result, _MISTAKES)],
        **_commands(index),
    )


def _commands(index: Path) -> dict[str, str]:
    """Return the commands that measure an index, by name in the template."""
    make = ["python", "-m", "qa_app", "make-questions", "--index", str(index), "--out", _QUESTIONS]
    return {"make_questions": shlex.join(make), "measure": _measure(index, _QUESTIONS)}


def _measure(index: Path, questions: str) -> str:
    return shlex.join(["python", "-m", "qa_app", "eval", questions, "--index", str(index)])
