"""The Gradio API: publishes `qa_app.serving.tools` as /ask, /search and /read_article."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.rendering.answer_json import AnswerJson, ArticleJson, LimitsJson, PassageJson, TurnJson
from qa_app.serving import tools
from qa_app.serving.service import Service
from qa_app.serving.waiting import wait_for

_T = TypeVar("_T")


def publish_api(service: "Future[Service]", concurrent: int) -> None:
    """Add the endpoints to the `gr.Blocks` being built; each serves at most `concurrent` callers at once."""

    def called(deed: str, tool: Callable[[Service], _T]) -> _T:
        opened = wait_for(service)
        opened.note(deed, "by the API")
        try:
            with opened.foreground.answering():
                return tool(opened)
        except tools.BadCall as error:  # repeats only the request, so it names no path of this machine
            raise gr.Error(str(error), print_exception=False) from error
        except ArticlesError as error:
            raise gr.Error(str(opened.told(error)), print_exception=False) from error

    def ask(question: str, history: list[TurnJson] | None = None, limits: LimitsJson | None = None) -> AnswerJson:
        """Answer a question from the articles. Each citation's quote is exactly `text[start:end]` of its document.
        `history` is the conversation so far, used to rewrite a follow-up question; `limits` say which documents to search.
        """
        return called(
            "asked",
            lambda opened: opened.metrics.measured(
                "API",
                question,
                lambda: tools.ask(opened.assistant, question, history or [], opened.corpus.unfinished(), limits),
            ),
        )

    def search(query: str, k: int = 5, limits: LimitsJson | None = None) -> list[PassageJson]:
        """Return the `k` best passages for a query, best first, with their text and scores."""
        return called("searched", lambda opened: tools.search(opened.assistant, query, k, limits))

    def read_article(document: str, start: int = 0, end: int | None = None, folder: str | None = None) -> ArticleJson:
        """Return the characters [start, end) of an article, to which all offsets refer. Reads 20,000 without `end`.
        `folder` is that of the citation, if it has one."""
        return called("read", lambda opened: tools.read_article(opened.assistant, document, start, end, folder))

    for endpoint in (ask, search, read_article):
        gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=concurrent)  # type: ignore[attr-defined]
