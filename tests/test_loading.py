"""The page is served first: what visitors and the terminal see while the models load."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.client import Job
from gradio_client.exceptions import AppError
from gradio_client.utils import Status

from embeddings.sync import sync
from tests.fakes import WordEncoder
from tests.preloaded import ROOT, run
from tests.serving import Served, serving

_QUESTION = "what rainwater system does Arkadag use?"
_PAGE_ALONE = """
import sys
import app, qa_app.serving.server
print(sorted({"torch", "transformers", "sentence_transformers", "faiss"} & set(sys.modules)))
"""


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[Served]:
    """A running server that has loaded nothing yet; that it runs shows that the page needs no model."""
    with serving(tmp_path, gated=True) as server:
        yield server


@pytest.fixture
def client(gated: Served) -> Client:
    return Client(gated.url, verbose=False, analytics_enabled=False)


def _waiting(client: Client) -> Job:
    """Ask a question and return its job once it is waiting in the server."""
    asked = client.submit(_QUESTION, api_name="/ask")
    deadline = time.monotonic() + 60
    while asked.status().code is not Status.PROCESSING:
        assert time.monotonic() < deadline and not asked.done()
        time.sleep(0.02)
    return asked


def test_the_page_imports_no_model_library() -> None:
    done = subprocess.run([sys.executable, "-c", _PAGE_ALONE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_question_and_a_search_during_loading_are_answered(gated: Served, client: Client) -> None:
    asked = client.submit(_QUESTION, api_name="/ask")
    searched = client.submit("rainwater", 2, api_name="/search")
    assert not asked.done() and not searched.done()
    gated.say("go")
    assert "rainwater collection system" in str(asked.result(timeout=120)["citations"])
    assert len(searched.result(timeout=120)) == 2


def test_a_failed_load_is_reported_to_waiting_visitors_and_the_terminal(gated: Served, client: Client) -> None:
    asked = _waiting(client)
    gated.say("lost")
    with pytest.raises(AppError, match=r"The encoder is lost\. Install it again\."):
        asked.result(timeout=60)
    assert gated.process.wait(60) == 1
    assert gated.log.read_text().splitlines()[1:] == ["error: The encoder is lost. Install it again."]


def test_ctrl_c_during_loading_exits_despite_a_waiting_visitor(gated: Served, client: Client) -> None:
    _waiting(client)
    gated.process.send_signal(signal.SIGINT)
    assert gated.process.wait(60) == 1
    assert gated.log.read_text().splitlines()[1:] == ["stopped"]


def test_a_damaged_index_is_refused_before_the_page_is_served(tmp_path: Path) -> None:
    sync(ROOT / "seeds", tmp_path / "index", WordEncoder())
    (store,) = (tmp_path / "index").rglob("articles.sqlite")
    store.write_bytes(b"no database" * 1000)
    done = run(["app.py", "--index", str(tmp_path / "index"), "--port", "0"])
    assert (done.returncode, done.stdout) == (1, "")
    assert "is damaged" in done.stderr and done.stderr.count("\n") == 1


def test_without_mcp_it_is_not_served(gated: Served) -> None:
    request = urllib.request.Request(f"{gated.url}/mcp", b"{}", {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code in (404, 405)
