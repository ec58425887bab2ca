"""Wait for the service that a newly started server is still loading."""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.serving.startup import Service

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
    # Shielded: a visitor who leaves must not cancel the future for the others.
    return await asyncio.shield(asyncio.wrap_future(promise))
