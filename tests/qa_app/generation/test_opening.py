import argparse
from collections.abc import Sequence

import pytest

from qa_app.generation.opening import (
    WriterConfig,
    add_writer_arguments,
    given_writer,
    open_writer,
    open_writing,
    shared_writing,
)
from qa_app.generation.writer import WriterUnavailable
from qa_app.types import Turn
from tests.qa_app.generation.scripted import chat, scripted


def _given(arguments: Sequence[str]) -> WriterConfig | None:
    parser = argparse.ArgumentParser()
    add_writer_arguments(parser)
    return given_writer(parser.parse_args(arguments))


def test_without_the_option_there_is_no_writer() -> None:
    assert _given([]) is None


def test_the_options_name_the_writer_and_its_use() -> None:
    config = _given(["--writer", "http://127.0.0.1:1/v1", "--writer-model", "small", "--hide-unsupported"])
    assert config == WriterConfig("http://127.0.0.1:1/v1", "small", hide_unsupported=True)
    writing = open_writing(config)
    assert (writing.writer.name, writing.hide_unsupported) == ("small", True)


@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        ({"ARTICLES_WRITER_KEY": "own", "OPENAI_API_KEY": "other"}, "Bearer own"),
        ({"OPENAI_API_KEY": "other"}, "Bearer other"),
        ({"ARTICLES_WRITER_KEY": ""}, "Bearer none"),
        ({"ARTICLES_WRITER_KEY": "read-from-a-file\r\n"}, "Bearer read-from-a-file"),
    ],
)
def test_the_key_comes_from_the_environment_alone(
    variables: dict[str, str], sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ARTICLES_WRITER_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with scripted(lambda _: chat("Yes.")) as server:
        config = WriterConfig(server.url)
        list(open_writer(config).write([Turn("user", "Really?")], 5))
    assert server.requests[0].headers["authorization"] == sent and "own" not in repr(config)


def test_an_invalid_writer_is_refused() -> None:
    with pytest.raises(WriterUnavailable):
        open_writer(WriterConfig("nowhere"))
    with pytest.raises(WriterUnavailable):
        open_writer(WriterConfig("http://"))


def test_a_key_that_a_header_cannot_contain_is_refused_and_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTICLES_WRITER_KEY", "sk-secret\nsecond line")
    with pytest.raises(WriterUnavailable) as refused:
        open_writer(WriterConfig("http://127.0.0.1:1/v1"))
    assert "secret" not in str(refused.value)


def test_other_limits_do_not_load_a_local_model_again(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    class Model:
        name = "small"

        def __init__(self, where: str) -> None:
            loaded.append(where)

    monkeypatch.setattr("qa_app.generation.opening.LocalWriter", Model)
    first, second = (shared_writing(WriterConfig("a model of this test", time_limit_s=limit)) for limit in (9.0, 90.0))
    assert loaded == ["a model of this test"] and first.writer is second.writer
    assert (first.limits.total_s, second.limits.total_s) == (9.0, 90.0)
