import gradio as gr

from qa_app.generation.opening import WriterConfig
from qa_app.serving.page.build import build_page
from qa_app.serving.startup import Opening


def _page(private: bool) -> str:
    writer = WriterConfig("/models/small.gguf")
    return str(build_page(Opening(), private, writer).get_config_file())


def test_only_this_machine_sees_conversations_and_chooses_a_writer() -> None:
    for what in ("'conversations'", 'id="new-conversation"', "'use_writer'", "'quality'", "/models/small.gguf"):
        assert what in _page(True) and what not in _page(False)


def test_a_page_for_others_lists_the_articles_and_says_why_there_is_no_more() -> None:
    for what in ("add", "remove", "reembed", "stop_job", "set_read"):
        assert f"'{what}'" in _page(True) and f"'{what}'" not in _page(False)
    assert "article-list" in _page(False) and "read-only" in _page(False)
    assert 'id="read-only"' not in _page(True)


def test_a_page_that_nobody_uses_is_not_polled_as_often_as_gradio_does() -> None:
    assert gr.Blocks().queue()._queue.sleep_when_free < build_page(Opening())._queue.sleep_when_free
