"""A URL that stands for a file is refused, wherever Gradio would download it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from gradio import processing_utils

from qa_app.serving.no_fetching import fetch_nothing

_URL = "http://192.0.2.1/x.txt"


@pytest.fixture(autouse=True)
def set_back() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processing_utils, "async_ssrf_protected_get", processing_utils.async_ssrf_protected_get)
        yield


def test_no_download_of_gradio_fetches(tmp_path: Path) -> None:
    fetch_nothing()
    file = {"path": _URL, "url": _URL, "meta": {"_type": "gradio.FileData"}}
    with gr.Blocks():
        component = gr.File()
    with pytest.raises(gr.Error, match="not addresses"):
        asyncio.run(processing_utils.async_move_files_to_cache(file, component))
    with pytest.raises(gr.Error, match="not addresses"):
        processing_utils.ssrf_protected_download(_URL, str(tmp_path))
    assert list(tmp_path.rglob("*.txt")) == []
