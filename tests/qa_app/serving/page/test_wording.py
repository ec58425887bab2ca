import pytest

from embeddings.errors import ArticlesError
from qa_app.generation.opening import WriterConfig
from qa_app.serving.page.wording import Wording, tried, wording_html, wording_of, writer_of
from tests.qa_app.generation.scripted import chat, error, scripted


def _named(where: str) -> Wording:
    return {"where": where, "model": "small", "limit": 9, "hide": True}


def test_a_server_is_taken_as_it_is_given() -> None:
    config = writer_of(_named(" http://127.0.0.1:1/v1 "))
    assert config == WriterConfig("http://127.0.0.1:1/v1", "small", 9.0, 9.0, True)
    assert writer_of(wording_of(config)) == config and writer_of(None) is None is wording_of(None)


def test_a_server_is_used_only_if_it_answers() -> None:
    with scripted(lambda _: chat("yes")) as server:
        assert tried(_named(server.url)) == "small"
    with pytest.raises(ArticlesError, match="cannot be reached"):
        tried(_named("http://127.0.0.1:9/v1"))
    with scripted(lambda _: error(500, "out of memory")) as server, pytest.raises(ArticlesError, match="out of memory"):
        tried(_named(server.url))


@pytest.mark.parametrize("where", ["", "nowhere/at/all.gguf", "http://"])
def test_what_cannot_be_used_is_refused(where: str) -> None:
    with pytest.raises(ArticlesError):
        tried(_named(where))


def test_the_panel_shows_the_writer_in_use() -> None:
    html = wording_html(WriterConfig("http://<b>", "small", hide_unsupported=True))
    assert "http://&lt;b&gt;" in html and 'value="model" checked' in html
    assert 'value="articles" checked' in wording_html(None)
