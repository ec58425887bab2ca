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
from qa_app.evaluation.report.charts import charts_html
from qa_app.evaluation.report.sections import circumstances_html, legend_html, measures_html, outcome_html
from qa_app.evaluation.results import Circumstances, Result, last_result_file, read_result
from qa_app.rendering.html import escape
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.loading import LOADING
from qa_app.serving.promises import promised
from qa_app.serving.startup import Service

_MISTAKES = 10


class QualityTab:
    """What the tab's events call."""

    def __init__(self, service: "Future[Service]") -> None:
        self._service = service

    def build(self, tab: gr.Tab) -> None:
        """Lay the tab out; to be called inside `tab`."""
        shown = gr.HTML(_said(LOADING), elem_id="quality", padding=False)

        # Looked for each time the tab is opened: an evaluation may have ended meanwhile. Awaited, as in loading.py.
        async def show() -> AsyncIterator[str]:
            try:
                if not self._service.done():
                    yield _said(LOADING)
                service = await promised(self._service)
                yield await asyncio.to_thread(quality_html, service)
            except ArticlesError as error:
                yield failed_html(error)

        tab.select(show, None, shown, concurrency_limit=None, **QUIET)


def quality_html(service: Service) -> str:
    """Return the last result over the service's index, how to make one, or what is wrong with it."""
    index = service.assistant.index
    file = last_result_file(index.path)
    if not file.exists():
        return missing_html(index.path)
    try:
        result = read_result(file)
    except ArticlesError as error:
        return failed_html(error) + how_html(index.path)
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

    old = ""
    if stale:
        old = f'<p class="stale" role="status"><strong>Out of date.</strong> Since this was measured, {escape(", and ".join(stale))}. Measure again: <code>{_eval(index, result.circumstances.questions_file)}</code></p>'
    mistakes = "".join(
        f'<p class="kind">{kind.value}</p>{outcome_html(outcome, text_of, openers=True)}'
        for kind, outcome in worst(result, _MISTAKES)
    )
    listed = f"{legend_html()}{mistakes}" if mistakes else '<p class="hint">None.</p>'
    return f"""<div class="quality">{old}<p class="plain">{in_words(result)}</p>{circumstances_html(result.circumstances)}
<h2>Figures</h2>{measures_html(result.measures)}<h2>Curves</h2>{charts_html(result)}<h2>Worst mistakes</h2>{listed}
<details><summary>Measure again, or on other questions</summary>{how_html(index)}</details></div>"""


def missing_html(index: Path) -> str:
    """Return what stands in the tab before the first evaluation."""
    return f'<div class="quality"><p class="plain">Nothing was measured over these articles yet.</p>{how_html(index)}</div>'


def how_html(index: Path) -> str:
    """Return how to measure, as commands for this index."""
    make = shlex.join(["python", "-m", "qa_app", "make-questions", "--index", str(index), "--out", "questions.jsonl"])
    return f"""<ol class="how"><li>Draft questions from the articles: <code>{escape(make)}</code></li>
<li>Edit the file: reword the questions, add answers, delete what is no use.</li>
<li>Measure: <code>{_eval(index, "questions.jsonl")}</code></li><li>Open this tab again.</li></ol>"""


def failed_html(error: ArticlesError) -> str:
    return f'<p class="job failed" role="alert">{escape(str(error))}</p>'


def _eval(index: Path, questions: str) -> str:
    return escape(shlex.join(["python", "-m", "qa_app", "eval", questions, "--index", str(index)]))


def _said(words: str) -> str:
    return f'<p role="status">{escape(words)}</p>'
