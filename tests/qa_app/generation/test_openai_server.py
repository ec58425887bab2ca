"""The client, with a server that misbehaves in every way that a test can script."""

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_app.generation.openai_server import ServerWriter
from qa_app.generation.writer import WriterFailed, WriterUnavailable
from qa_app.types import Turn
from tests.preloaded import ROOT
from tests.qa_app.generation.scripted import Reply, Request, chat, chunk, error, scripted

_KEY = "sk-secret-3141592653"
_ASKED = [Turn("user", "Who won?")]


def _write(answer: Callable[[Request], Reply] | Reply, key: str | None = _KEY, wait_s: float = 5.0) -> list[str]:
    with scripted(answer if callable(answer) else lambda _: answer) as server:
        return [piece for piece in ServerWriter(server.url, "small", key, wait_s).write(_ASKED, 50) if piece]


def test_it_follows_the_protocol_and_yields_the_pieces() -> None:
    with scripted(lambda _: chat("Denver ", "won [1].")) as server:
        pieces = ServerWriter(server.url, "small", _KEY, 5.0).write(_ASKED, 50)
        assert [piece for piece in pieces if piece] == ["Denver ", "won [1]."]
    (request,) = server.requests
    assert request.path == "/v1/chat/completions" and request.headers["authorization"] == f"Bearer {_KEY}"
    wanted = {"model": "small", "stream": True, "temperature": 0.0, "max_tokens": 50}
    assert wanted.items() <= request.body.items()
    assert request.body["messages"] == [{"role": "user", "content": "Who won?"}]


def test_without_a_key_no_other_token_of_this_machine_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_of_somebody")
    with scripted(lambda _: chat("Yes.")) as server:
        list(ServerWriter(server.url, None, None, 5.0).write(_ASKED, 50))
    assert "hf_of_somebody" not in str(server.requests[0].headers)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (error(401, f"{_KEY} is no key of ours"), "HTTP 401.*no key of ours.*ARTICLES_WRITER_KEY"),
        (error(404, "model 'small' not found"), "HTTP 404.*not found.*--writer-model"),
        (error(500, "out of memory"), "HTTP 500.*out of memory.*server's log"),
        (Reply(["<html>Not here</html>"], 502), "HTTP 502"),
        (Reply([chunk("Denver won"), "data: {garbage\n\n"]), "something other than a chat reply"),
        (Reply(["data: []\n\n"]), "something other than a chat reply"),
        (Reply(['data: {"error": {"message": "overloaded"}}\n\n']), "while writing: .*overloaded"),
        (Reply([chunk("Denver won")]), "ended early"),
        (chat("Denver won", finish=None), "ended early"),
        (chat("Denver won", finish="length"), "stopped after 50 tokens"),
        (chat("Denver", 3.0, "won"), "did not answer within 0.3 s"),
    ],
)
def test_every_fault_is_reported_without_the_key(reply: Reply, words: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(WriterFailed, match=words) as failed:
        _write(reply, wait_s=0.3)
    assert _KEY not in str(failed.value) and _KEY not in caplog.text and "\n" not in str(failed.value)


def test_a_server_that_is_down() -> None:
    with socket.socket() as taken:  # bound but not listening, so connections are refused
        taken.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(WriterFailed, match=rf"{place} cannot be reached.*Start the server"):
            list(ServerWriter(f"http://{place}/v1", None, None, 5.0).write(_ASKED, 50))


def test_an_empty_reply_and_one_of_only_thinking_are_not_faults() -> None:
    assert _write(chat()) == []
    thinking = 'data: {"choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}, "finish_reason": null}]}\n\n'
    assert _write(Reply([thinking, chunk("Yes."), chunk(None, "stop"), 'data: {"choices": [], "usage": {}}\n\n'])) == [
        "Yes."
    ]


def test_closing_the_iterator_closes_the_connection() -> None:
    with scripted(lambda _: chat(*[piece for _ in range(500) for piece in (0.01, "word " * 400)])) as server:
        pieces = ServerWriter(server.url, None, None, 5.0).write(_ASKED, 50)
        next(pieces)
        pieces.close()  # type: ignore[attr-defined]
        assert server.gone.wait(3)


def test_the_key_is_not_in_the_repr() -> None:
    writer = ServerWriter("http://127.0.0.1:1/v1", "small", _KEY, 5.0)
    assert _KEY not in repr(writer) and _KEY not in writer.name


@pytest.mark.parametrize(
    "url", ["http://", "ftp://here/v1", "http://user:hunter2@here/v1", "http://here/v1?key=1", "http://here:many/v1"]
)
def test_an_invalid_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(WriterUnavailable, match=r"http://127.0.0.1:11434/v1") as refused:
        ServerWriter(url, None, None, 5.0)
    assert "hunter2" not in str(refused.value)


def test_it_waits_for_a_slow_first_word() -> None:
    started = time.monotonic()
    assert _write(chat(0.5, "Yes.")) == ["Yes."] and time.monotonic() - started >= 0.5


def test_no_other_server_is_contacted(tmp_path: Path, refused_connections: Path) -> None:
    before = refused_connections.read_text()
    script = """import sys
from qa_app.types import Turn
from qa_app.generation.openai_server import ServerWriter
print(*ServerWriter(sys.argv[1], None, None, 5.0).write([Turn("user", "Who won?")], 50), sep="")"""
    with scripted(lambda _: chat("Denver.")) as server:
        command = [sys.executable, "-c", script, server.url]
        environment = {**os.environ, "HF_HOME": str(tmp_path)}  # without a cache that would make a request needless
        output = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert output == "Denver.\n" and refused_connections.read_text() == before
