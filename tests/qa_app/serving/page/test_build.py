import gradio as gr

from qa_app.accounts import Role
from qa_app.generation.opening import WriterConfig
from qa_app.serving.page.build import build_page
from qa_app.serving.startup import Opening


def _page(role: Role) -> str:
    writer = WriterConfig("/models/small.gguf")
    return str(build_page(Opening(), role, writer).get_config_file())


def test_only_admins_see_places_of_this_machine_and_choose_a_writer() -> None:
    for what in ("'use_writer'", "'quality'", 'id="show-wording"', "/models/small.gguf"):
        assert what in _page(Role.ADMIN) and what not in _page(Role.EDITOR) and what not in _page(Role.READER)


def test_readers_change_nothing_are_told_so_and_keep_their_conversations() -> None:
    for what in ("add", "remove", "reembed", "stop_job", "set_read"):
        assert f"'{what}'" in _page(Role.EDITOR) and f"'{what}'" not in _page(Role.READER)
    reader = _page(Role.READER)
    assert "article-list" in reader and 'id="read-only"' in reader and 'id="read-only"' not in _page(Role.EDITOR)
    assert "'conversations'" in reader and "'save_quote'" in reader


def test_a_page_that_nobody_uses_is_not_polled_as_often_as_gradio_does() -> None:
    assert gr.Blocks().queue()._queue.sleep_when_free < build_page(Opening())._queue.sleep_when_free


def test_who_has_logged_in_finds_the_way_out() -> None:
    assert 'href="/account"' not in _page(Role.ADMIN)
    assert 'href="/account"' in str(build_page(Opening(), Role.READER, has_account=True).get_config_file())
