"""What the page says and does while the models are being loaded behind it."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import Any, TypeVar

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.serving.page.events import QUIET
from qa_app.serving.page.notices import failed, said
from qa_app.serving.startup import Opening, Service

LOADING = "Loading the models …"

_T = TypeVar("_T")


def wait_for(service: "Future[Service]") -> Service:
    """Return the service when it is there.

    Raises:
        gr.Error: it cannot be opened.
    """
    try:
        return service.result()
    except ArticlesError as error:
        raise gr.Error(str(error), print_exception=False) from error


def follow(page: gr.Blocks, opening: Opening, notice: gr.HTML, chatbot: gr.Chatbot) -> None:
    """Tell each page in `notice` what it waits for, and give it the example questions when they are known."""

    # Awaited, not asked for again and again: an open page costs no thread meanwhile, and is told at once.
    async def tell() -> AsyncIterator[str]:
        try:
            if not opening.service.done():
                yield said(f"{LOADING} Ask already: the answer comes when they are there.")
            await promised(opening.service)
            yield ""
            await promised(opening.examples)
        except ArticlesError as error:
            yield failed(str(error))

    def show_examples() -> Any:
        if opening.examples.exception():
            return gr.skip()
        return gr.Chatbot(examples=[{"text": question} for question in opening.examples.result()])

    told = page.load(tell, None, notice, concurrency_limit=None, **QUIET)
    told.then(show_examples, None, chatbot, **QUIET, queue=False)


async def promised(promise: "Future[_T]") -> _T:
    """Return what was promised when it is there, or raise why it will not be; costs no thread meanwhile."""
    # Shielded: a visitor who goes away must not cancel what the others wait for.
    return await asyncio.shield(asyncio.wrap_future(promise))
