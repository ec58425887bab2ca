"""A running server as who runs it sees it: its counts, its log, and how it ends."""

import json
import signal
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.reliability.asking import ask, wait_until_ready
from qa_app.serving.server import _FINISHING_S
from tests.serving import serving


def _counts(url: str) -> str:
    with urllib.request.urlopen(f"{url}/metrics", timeout=60) as answer:
        return str(answer.read().decode())


def test_a_question_that_is_being_answered_gets_its_answer_before_the_server_ends(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        wait_until_ready(server.url)
        ask(server.url, "who inspected the reconstruction in Fizuli?")  # loads what the first question needs
        with ThreadPoolExecutor() as people:
            asked = people.submit(ask, server.url, "what rainwater system does Arkadag use?")
            while "articles_answering 1.0" not in _counts(server.url) and not asked.done():
                time.sleep(0.01)
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            # On a busy machine an answer may take longer than it has.
            assert asked.result(60).outcome == "answered" or time.monotonic() - began > _FINISHING_S
        assert server.process.wait(60) == 0


def test_counts_and_log_tell_what_happens_and_not_what_is_asked(tmp_path: Path) -> None:
    with serving(tmp_path, "--log", "json") as server:
        wait_until_ready(server.url)
        assert ask(server.url, "what rainwater system does Arkadag use?").outcome == "answered"
        with urllib.request.urlopen(f"{server.url}/metrics", timeout=60) as answer:
            counts, request = answer.read().decode(), answer.headers["X-Request-ID"]
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
    for count in (
        'articles_answers_total{by="API",kind="fact"} 1.0',
        'articles_answer_seconds_count{by="API"} 1.0',
        "articles_answering 0.0",
        "articles_waiting 0.0",
        "articles_job_running 0.0",
        "articles_job_failed 0.0",
    ):
        assert count in counts
    assert 'articles_requests_total{part="API",status="200"} 2.0' in counts
    log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    (answered,) = [line for line in lines if line["message"] == "answered"]
    assert answered["by"] == "API" and answered["kind"] == "fact" and answered["seconds"] > 0
    requests = {line["request"]: line for line in lines if line["message"] == "request"}
    assert requests[answered["request"]]["part"] == "API"
    assert requests[request]["part"] == "monitor" and requests[request]["status"] == 200
    assert "rainwater" not in log
