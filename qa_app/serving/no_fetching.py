"""The server fetches nothing for its visitors: Gradio would download a URL that stands for a file in what a visitor sends.

The routes that fetch are closed by `guards/own_routes.py`.
"""

import gradio as gr
from gradio import processing_utils

# All of Gradio's downloads go through this function.
_FETCHER = "async_ssrf_protected_get"


async def _refuse(url: str) -> object:
    raise gr.Error("Send files, not addresses of files.", print_exception=False)


def fetch_nothing() -> None:
    """Make Gradio refuse to fetch.

    Raises:
        AttributeError: this Gradio fetches by another function; the server must not start.
    """
    getattr(processing_utils, _FETCHER)
    setattr(processing_utils, _FETCHER, _refuse)
