"""Wait for what a server that has just started promised its visitors."""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

import gradio as gr

from embeddings.errors import ArticlesError
from qa_app.serving.startup import Service

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


async def promised(promise: "Future[_T]") -> _T:
    """Return what was promised when it is there, or raise why it will not be; costs no thread meanwhile."""
    # Shielded: a visitor who goes away must not cancel what the others wait for.
    return await asyncio.shield(asyncio.wrap_future(promise))
