from types import SimpleNamespace
from typing import cast

import gradio as gr
import pytest

from qa_app.serving.access import refuse_other_sites


def _request(origin: str | None) -> gr.Request:
    headers = {"host": "127.0.0.1:7860"} | ({"origin": origin} if origin else {})
    return cast(gr.Request, SimpleNamespace(headers=headers))


@pytest.mark.parametrize("origin", [None, "http://127.0.0.1:7860"])
def test_this_page_may_change_things(origin: str | None) -> None:
    refuse_other_sites(_request(origin))


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999"])
def test_another_site_may_not(origin: str) -> None:
    with pytest.raises(gr.Error):
        refuse_other_sites(_request(origin))
