from types import SimpleNamespace
from typing import cast

import gradio as gr
import pytest

from qa_app.generation.opening import WriterConfig
from qa_app.serving.page.wording_tab import WordingTab

_REQUEST = cast(gr.Request, SimpleNamespace(headers={"host": "127.0.0.1:7860"}))


def test_a_server_is_taken_as_it_is_given() -> None:
    config, said = WordingTab(None).use(" http://127.0.0.1:1/v1 ", "small", 9, True, _REQUEST)
    assert config == WriterConfig("http://127.0.0.1:1/v1", "small", 9.0, 9.0, True)
    assert "worded by small" in said


@pytest.mark.parametrize("where", ["", "nowhere/at/all.gguf", "http://"])
def test_what_cannot_be_used_is_said_and_changes_nothing(where: str) -> None:
    config, said = WordingTab(None).use(where, "", None, False, _REQUEST)
    assert config == gr.skip() and 'role="alert"' in said


def test_another_site_may_not_choose() -> None:
    request = cast(gr.Request, SimpleNamespace(headers={"host": "127.0.0.1:7860", "origin": "http://evil.example"}))
    with pytest.raises(gr.Error):
        WordingTab(None).use("http://127.0.0.1:1/v1", "", None, False, request)
