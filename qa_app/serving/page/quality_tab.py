"""The Quality tab: the last evaluation over this corpus, or how to make one."""

import asyncio
import shlex
from collections.abc import AsyncIterator
from concurrent.futures import Future
from pathlib import Path

import gradio as gr

from embeddings.errors import ArticlesError
from embeddings.index import Index, Snapshot
from qa_app.assistant import encoder_words, reader_words
from qa_app.evaluation.metrics.mistakes import in_words, worst
from qa_app.evaluation.report.charts import charts
from qa_app.evaluation.report.excerpts import in_context
from qa_app.evaluation.results import Circumstances, Result, last_result_file, read_result
from qa_app.rendering.html import render
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.loading import LOADING
from qa_app.serving.page.notices import failed, said
from qa_app.serving.startup import Service
from qa_app.serving.waiting import promised

_MISTAKES = 10
_QUESTIONS = "questions.jsonl"


class QualityTab:
    """What the tab's events call."""

    def __init__(self, service: "Future[Service]") -> None:
        self._service = service

    def build(self, tab: gr.Tab) -> None:
        """Lay the tab out; to be called inside `tab`."""
        shown = gr.HTML(said(LOADING), elem_id="quality", padding=False)

        # Looked for each time the tab is opened: an evaluation may have ended meanwhile. Awaited, as in loading.py.
        async def show() -> AsyncIterator[str]:
            try:
                if not self._service.done():
                    yield said(LOADING)
                service = await promised(self._service)
                yield await asyncio.to_thread(quality_html, service)
            except ArticlesError as error:
                yield failed(str(error))

        tab.select(show, None, shown, concurrency_limit=None, **QUIET)


def quality_html(service: Service) -> str:
    """Return the last result over the service's index, how to make one, or what is wrong with it."""
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


def differences(then: Circumstances, index: Index, now: Snapshot, threshold: float) -> list[str]:
    """Return in what the present index and threshold differ from those measured, in words."""
    found = []
    if encoder_words(index.encoder.identity) != then.encoder:
        found.append("the encoder is another")
    elif now.build_name != then.build:
        found.append("the articles were re-embedded")
    elif now.generation != then.generation:
        found.append("the articles have changed")
    if reader_words() != then.reader:
        found.append("the reader is another")
    if abs(threshold - then.threshold) > 1e-9:
        found.append(f"answers now need a confidence of {threshold:.3g}, not {then.threshold:.3g}")
    return found


def result_html(result: Result, snapshot: Snapshot, stale: list[str], index: Path) -> str:
    """Return a result: in words, as figures, as curves, and its worst mistakes.

    Args:
        result: what was measured.
        snapshot: the articles as they are now, for the context of evidence.
        stale: in what they differ from those measured; empty when they don't.
        index: its folder, for the commands.
    """

    def text_of(path: str) -> str | None:
        document = snapshot.document(path)
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
    """Return the commands that measure an index, by their names in the template."""
    make = ["python", "-m", "qa_app", "make-questions", "--index", str(index), "--out", _QUESTIONS]
    return {"make_questions": shlex.join(make), "measure": _measure(index, _QUESTIONS)}


def _measure(index: Path, questions: str) -> str:
    return shlex.join(["python", "-m", "qa_app", "eval", questions, "--index", str(index)])
