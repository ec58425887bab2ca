"""`python app.py` and its API, called by other programs."""

import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from embeddings.sync import sync
from tests.fakes import WordEncoder
from tests.preloaded import ROOT, run
from tests.serving import Served


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.url, verbose=False, analytics_enabled=False)


def test_ask_answers_with_exact_citations(client: Client, served: Served) -> None:
    found = client.predict("what rainwater system does Arkadag use?", api_name="/ask")
    assert "rainwater collection system" in found["answer"]
    for citation in found["citations"]:
        text = (served.folder / citation["document"]).read_text(encoding="utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_search_returns_passages(client: Client) -> None:
    passages = client.predict("rainwater", 3, api_name="/search")
    assert len(passages) == 3 and "rainwater" in passages[0]["text"]


def test_a_bad_call_says_why(client: Client) -> None:
    with pytest.raises(AppError, match="k must be from 1 to 100"):
        client.predict("rainwater", 0, api_name="/search")
    with pytest.raises(AppError, match="question is empty"):
        client.predict(" ", api_name="/ask")


def test_ask_takes_the_conversation_so_far(client: Client) -> None:
    history = [{"role": "user", "content": "Who visited Kazan?"}, {"role": "assistant", "content": "A delegation."}]
    found = client.predict("what rainwater system does Arkadag use?", history, api_name="/ask")
    assert "rainwater collection system" in found["answer"] and found["searched_for"]
    with pytest.raises(AppError, match=r"Turn 2 of the history: 'content' is missing\."):
        client.predict("And then?", [history[0], {"role": "user"}], api_name="/ask")


def test_offsets_refer_to_the_text_of_read_article(client: Client, served: Served) -> None:
    citation = client.predict("what rainwater system does Arkadag use?", api_name="/ask")["citations"][0]
    place = (citation["document"], citation["start"], citation["end"])
    assert client.predict(*place, api_name="/read_article")["text"] == citation["quote"]
    whole = client.predict(citation["document"], api_name="/read_article")
    text = (served.folder / citation["document"]).read_text(encoding="utf-8")
    assert (whole["text"], whole["start"], whole["end"], whole["length"]) == (text, 0, len(text), len(text))
    with pytest.raises(AppError, match=r"There is no article none\.txt"):
        client.predict("none.txt", api_name="/read_article")


def test_only_the_api_endpoints_are_published_with_types_and_descriptions(client: Client) -> None:
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/ask", "/search", "/read_article"}
    assert endpoints["/search"]["parameters"][1]["python_type"]["type"] == "int"
    assert [p["parameter_has_default"] for p in endpoints["/ask"]["parameters"]] == [False, True, True]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run(["app.py", *arguments])


def _fails_in_one_line(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and words in done.stderr


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        _fails_in_one_line(_run("--index", str(tmp_path), "--port", str(port)), f"Port {port}")


def test_a_missing_folder(tmp_path: Path) -> None:
    _fails_in_one_line(_run(str(tmp_path / "none"), "--index", str(tmp_path / "index")), "There is no folder")


def test_an_index_belongs_to_its_folder(tmp_path: Path) -> None:
    articles, index = tmp_path / "articles", tmp_path / "index"
    shutil.copytree(ROOT / "seeds", articles)
    sync(articles, index, WordEncoder())
    refused = _run(str(ROOT / "seeds"), "--index", str(index))
    _fails_in_one_line(refused, "--change-folder")
    assert str(articles) in refused.stderr and str(ROOT / "seeds") in refused.stderr
    shutil.rmtree(articles)  # without a folder argument, the index's own folder is used, not the seeds
    _fails_in_one_line(_run("--index", str(index)), f"There is no folder {articles}")


def test_an_index_from_another_model(tmp_path: Path) -> None:
    sync(ROOT / "seeds", tmp_path / "index", WordEncoder())
    _fails_in_one_line(
        _run("--index", str(tmp_path / "index"), "--encoder", "all-MiniLM-L6-v2"), "python -m embeddings reembed"
    )


def test_help_names_every_option() -> None:
    text = _run("--help").stdout
    assert all(
        option in text
        for option in ("folder", "--index", "--encoder", "--change-folder", "--host", "--port", "--share", "--mcp")
    )


@pytest.mark.parametrize("arguments", [("--port", "many"), ("--change-folder",)])
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    done = _run(*arguments)
    assert done.returncode == 2


@pytest.mark.parametrize(("host", "status"), [("evil.example:7860", 400), ("localhost:7860", 200), ("[::1]:7860", 200)])
def test_a_foreign_host_name_is_refused(served: Served, host: str, status: int) -> None:
    request = urllib.request.Request(f"{served.url}/gradio_api/info", headers={"Host": host})
    try:
        with urllib.request.urlopen(request) as answer:
            assert answer.status == status
    except urllib.error.HTTPError as error:
        assert error.code == status
