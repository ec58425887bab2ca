"""Ctrl-C and SIGTERM stop a server or a sync soon, whatever it is doing."""

import contextlib
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client

from tests.preloaded import ROOT
from tests.serving import Served, serving

# Far less than the running work would take, with a margin for a busy machine.
_SOON_S = 12
_QUESTION = "what rainwater system does Arkadag use?"


def _until(condition: object, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.05)


def _client(server: Served) -> Client:
    return Client(server.url, verbose=False, analytics_enabled=False)


@pytest.fixture
def endless_writer() -> Iterator[tuple[str, threading.Event]]:
    """A server of OpenAI's protocol whose answer never ends: its address, and an event set once it is asked."""
    asked, ended = threading.Event(), threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            word = json.dumps({"choices": [{"index": 0, "delta": {"content": "word "}}]})
            with contextlib.suppress(OSError):
                while not ended.is_set():
                    self.wfile.write(f"data: {word}\n\n".encode())
                    asked.set()
                    ended.wait(1)

        def log_message(self, *_: object) -> None:
            """Log nothing, to keep the test's output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1", asked
    ended.set()
    server.shutdown()
    server.server_close()


def _post(server: Served, path: str, values: dict[str, object]) -> None:
    """Call one of the page's functions as the page does."""
    body, headers = json.dumps(values | {"session_hash": "visitor"}).encode(), {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"{server.url}/gradio_api/{path}", body, headers), timeout=60)


def _stopped(server: Served, number: signal.Signals) -> tuple[int, float, list[str]]:
    """Send a signal; return the exit status, the seconds until the exit, and the printed lines."""
    began = time.monotonic()
    server.process.send_signal(number)
    status = server.process.wait(60)
    return status, time.monotonic() - began, server.log.read_text().splitlines()


def test_a_server_stops_during_an_answer(tmp_path: Path, endless_writer: tuple[str, threading.Event]) -> None:
    where, asked = endless_writer
    with serving(tmp_path, "--writer", where, "--writer-model", "endless") as server:
        client = _client(server)
        client.predict(_QUESTION, api_name="/ask")
        (submit,) = (d["id"] for d in client.config["dependencies"] if "submit" in str(d["targets"]))
        wording = {"where": where, "model": "endless", "limit": 60.0, "hide": False}
        limits: dict[str, list[str]] = {"articles": [], "folders": [], "labels": []}
        question = {"question": _QUESTION, "position": 0, "conversation": None, "last_turn": None, "as_is": False}
        question |= {"wording": wording, "limits": limits}
        _post(server, "queue/join", {"data": [], "fn_index": submit, "event_data": question})
        with urllib.request.urlopen(f"{server.url}/gradio_api/queue/data?session_hash=visitor", timeout=60):
            _until(asked.is_set)
            status, seconds, printed = _stopped(server, signal.SIGTERM)
    assert status in (0, 1) and seconds < _SOON_S
    assert len(printed) == 2 and "Traceback" not in str(printed)


def test_a_server_stops_while_models_load(tmp_path: Path) -> None:
    with serving(tmp_path, gated=True) as server:
        status, seconds, printed = _stopped(server, signal.SIGTERM)
    assert (status, printed[-1:]) == (1, ["stopped"]) and len(printed) <= 2 and seconds < _SOON_S


def _many_articles(folder: Path) -> None:
    """Write files that take minutes to encode; the last one alone takes longer than `_SOON_S`."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(20):
        (folder / f"{i:02}.txt").write_text(
            "\n\n".join(f"Tower {i} has {n} steps and a bell. " * 12 for n in range(40))
        )
    (folder / "zz.txt").write_text("\n\n".join(f"Bridge {n} spans the river. " * 20 for n in range(8000)))


def test_a_server_stops_during_a_sync(tmp_path: Path) -> None:
    _many_articles(tmp_path / "articles")
    with serving(tmp_path) as server:
        store = server.index / "builds"
        _until(lambda: list(store.rglob("articles.sqlite")))
        time.sleep(2)
        status, seconds, printed = _stopped(server, signal.SIGTERM)
    assert (status, printed[-1:]) == (1, ["stopped"]) and len(printed) <= 2 and seconds < _SOON_S


def test_a_server_whose_parent_ignored_ctrl_c_stops_on_sigterm(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server inherits it, like a background job of a shell
    try:
        with serving(tmp_path, gated=True, forked=False) as server:
            server.process.send_signal(signal.SIGINT)
            server.say("go")
            assert _client(server).predict(_QUESTION, api_name="/ask")["citations"]
            server.process.send_signal(signal.SIGINT)
            time.sleep(0.5)
            assert server.process.poll() is None  # Ctrl-C stays ignored
            status, seconds, printed = _stopped(server, signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, before)
    assert status in (0, 1) and seconds < _SOON_S and "Traceback" not in str(printed)


def test_a_sync_stops_after_the_current_file_on_sigterm_and_at_once_on_the_second(tmp_path: Path) -> None:
    _many_articles(tmp_path / "articles")
    command = [
        sys.executable,
        "-m",
        "embeddings",
        "sync",
        str(tmp_path / "articles"),
        "--index",
        str(tmp_path / "index"),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        _until(lambda: list((tmp_path / "index").rglob("articles.sqlite")))
        time.sleep(1)
        os.kill(process.pid, signal.SIGTERM)
        assert process.stderr is not None and "Stopping after this file" in "".join(
            process.stderr.readline() for _ in range(2)
        )
        os.kill(process.pid, signal.SIGTERM)
        output, errors = process.communicate(timeout=_SOON_S)
    assert process.returncode == 1
    assert "stopped" in errors or "Stopped before the end" in output
