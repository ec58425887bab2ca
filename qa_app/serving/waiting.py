"""Wait for the service that a newly started server is still loading."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.serving.service import Service

_T = TypeVar("_T")


def wait_for(service: "Future[Service]") -> Service:
    """Wait for the service and return it.

    Raises:
        gr.Error: it could not be opened.
    """
    try:
        return service.result()
    except ArticlesError as error:
        raise gr.Error(str(error), print_exception=False) from error


async def promised(promise: "Future[_T]") -> _T:
    """Wait for a future without blocking a thread; return its result or raise its error."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: object) -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(done.set)

    promise.add_done_callback(tell)
    await done.wait()
    return promise.result()  # by the one who asks: `OwnService` looks who that is
