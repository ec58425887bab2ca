"""Access to the running server: every function of the page, called as another web site or another machine would."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client

from tests.serving import ROOT, Served, serving

_QUESTION = "what rainwater system does Arkadag use?"


def _config(server: Served) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server.url}/config", timeout=60) as answer:
        return dict(json.load(answer))


def _server_functions(config: dict[str, Any]) -> set[tuple[int, str]]:
    """Return the functions that the page's components call, as (component, name)."""
    return {(c["id"], name) for c in config["components"] for name in c["props"].get("server_fns", [])}


def _status(server: Served, path: str, values: dict[str, Any], **headers: str) -> int:
    """Send a request as the page does; return the HTTP status."""
    request = urllib.request.Request(
        f"{server.url}/gradio_api/{path}", json.dumps(values).encode(), {"Content-Type": "application/json"} | headers
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_no_function_of_the_page_can_be_called_by_another_site(served: Served) -> None:
    config, other = _config(served), {"Origin": "http://evil.example"}
    assert {"respond"} <= {dependency["api_name"] for dependency in config["dependencies"]}
    for dependency in config["dependencies"]:
        values = {"data": [], "fn_index": dependency["id"], "session_hash": "other"}
        for path in ("queue/join", f"run/{dependency['api_name']}", f"call/{dependency['api_name']}"):
            assert _status(served, path, values, **other) == 403, dependency["api_name"]
    functions = _server_functions(config)
    changing = {"add", "remove", "label", "reembed", "stop_job", "set_read", "rename", "delete", "use_writer"}
    assert changing | {"feedback", "exported"} <= {name for _, name in functions}
    for component, name in functions:
        values = {"component_id": component, "fn_name": name, "data": "x", "session_hash": "other"}
        assert _status(served, "component_server", values, **other) == 403, name
    assert _status(served, "upload", {}, **other) == 403


@pytest.fixture(scope="module")
def for_others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that other machines can reach."""
    with serving(tmp_path_factory.mktemp("others"), "--host", "0.0.0.0") as server:
        yield server


def test_a_server_for_others_has_no_function_that_changes_the_articles(for_others: Served) -> None:
    config = _config(for_others)
    names = {dependency["api_name"] for dependency in config["dependencies"]}
    assert {"respond", "ask"} <= names
    assert {name for _, name in _server_functions(config)} == {
        "state", "rows", "start", "in_scope", "article", "original_page", "stopped", "undone", "opened", "exported", "feedback",
    }  # fmt: skip
    for component in config["components"]:
        for name in ("add", "remove", "label", "set_read", "conversations", "delete", "use_writer"):
            values = {"component_id": component["id"], "fn_name": name, "data": "x", "session_hash": "visitor"}
            assert _status(for_others, "component_server", values) == 404
    assert _status(for_others, "upload", {}) == 403
    assert sorted(file.name for file in for_others.folder.iterdir()) == sorted(
        file.name for file in (ROOT / "seeds").iterdir()
    )


def test_a_server_for_others_answers_and_reveals_no_local_path(for_others: Served) -> None:
    client = Client(for_others.url, verbose=False, analytics_enabled=False)
    found = client.predict(_QUESTION, api_name="/ask")
    assert "read-only" in for_others.log.read_text() and "read-only" in json.dumps(_config(for_others)["components"])
    assert "rainwater collection system" in found["answer"]
    told = json.dumps([_config(for_others), found, client.predict("rainwater", 3, api_name="/search")])
    assert str(for_others.folder.parent) not in told and str(Path.home()) not in told
