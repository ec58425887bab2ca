import gradio as gr
import pytest

from qa_app.generation.opening import WriterConfig
from qa_app.serving.page.wording_tab import WordingTab


def test_a_server_is_taken_as_it_is_given() -> None:
    config, said = WordingTab(None).use(" http://127.0.0.1:1/v1 ", "small", 9, True)
    assert config == WriterConfig("http://127.0.0.1:1/v1", "small", 9.0, 9.0, True)
    assert "worded by small" in said


@pytest.mark.parametrize("where", ["", "nowhere/at/all.gguf", "http://"])
def test_what_cannot_be_used_is_said_and_changes_nothing(where: str) -> None:
    config, said = WordingTab(None).use(where, "", None, False)
    assert config == gr.skip() and 'role="alert"' in said
