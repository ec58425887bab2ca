"""Access to the running server: every function of the page, called as another web site, another user, a stranger or another role would."""

import json
import os
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError

from embeddings.labels import set_label
from qa_app.accounts import Accounts, Role, accounts_file
from qa_app.serving.guards.same_user import can_tell_users
from tests.qa_app.accounts.fast import PASSWORD, fast_accounts
from tests.serving import Served, serving

_QUESTION = "what rainwater system does Arkadag use?"


def _config(server: Served, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(f"{server.url}/config", headers=dict(headers or {}))
    with urllib.request.urlopen(request, timeout=60) as answer:
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


def test_a_page_of_another_port_reads_nothing(served: Served) -> None:
    for path in ("/config", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x"):
        request = urllib.request.Request(f"{served.url}{path}", headers={"Origin": "http://127.0.0.1:9999"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=60)
        assert refused.value.code == 403


@pytest.mark.skipif(not can_tell_users() or os.getuid() != 0, reason="only root can act as another user")
def test_another_user_of_the_machine_is_refused(served: Served) -> None:
    port = int(served.url.rpartition(":")[2])

    def status(user: int) -> bytes:
        """Return the first line of the answer to a process of that user, which need not be able to start a program."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.setuid(user)
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                os.write(writing, connection.recv(20))
            os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        with open(reading, "rb") as lines:
            return lines.read()

    assert b" 200 " in status(os.getuid()) and b" 403 " in status(65534)


# -- a server with accounts, that other machines can reach


@dataclass(frozen=True)
class WithAccounts:
    server: Served
    accounts: Accounts
    tokens: dict[str, str]
    """By the name of their account, which is also its role."""

    def as_role(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WithAccounts]:
    """A server with an account of each role; only editors see articles with the label "board"."""
    place = tmp_path_factory.mktemp("guarded")
    with closing(fast_accounts(accounts_file(place / "index"))) as accounts:
        for role in Role:
            accounts.add(role.word, role, PASSWORD)
        accounts.labels.set("board", Role.EDITOR)
        tokens = {role.word: accounts.tokens.make(accounts.person(role.word).id, role, "test", None) for role in Role}
        with serving(place, "--host", "0.0.0.0", "--mcp") as server:
            yield WithAccounts(server, accounts, tokens)


def _answers(server: Served, path: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{server.url}{path}", headers=headers), timeout=60
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_stranger_reaches_nothing(guarded: WithAccounts) -> None:
    for path in ("/config", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/call/ask/x", "/mcp"):
        assert _answers(guarded.server, path) == 401
    values = {"data": [_QUESTION, None, None]}
    for path in ("call/ask", "call/v2/ask", "run/ask", "queue/join", "component_server", "upload", "cancel"):
        assert _status(guarded.server, path, values) == 401
    with pytest.raises(AuthenticationError):
        Client(guarded.server.url, verbose=False, analytics_enabled=False)


def test_nothing_of_fastapi_and_no_file_is_served(guarded: WithAccounts) -> None:
    for path in (
        "/openapi.json",
        "/docs",
        "/redoc",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=http://192.0.2.1/",
    ):
        assert _answers(guarded.server, path, **guarded.as_role("admin")) == 404


def test_a_role_has_only_its_functions(guarded: WithAccounts) -> None:
    def names(role: str) -> set[str]:
        config = _config(guarded.server, guarded.as_role(role))
        functions = {name for _, name in _server_functions(config)}
        return functions | {dependency["api_name"] for dependency in config["dependencies"]}

    changing = {"add", "remove", "label", "reembed", "set_read"}
    assert {"ask", "search", "read_article", "article"} <= names("reader") and not changing & names("reader")
    assert changing <= names("editor") and changing <= names("admin")
    for component in _config(guarded.server, guarded.as_role("reader"))["components"]:
        for name in changing:
            values = {"component_id": component["id"], "fn_name": name, "data": "x", "session_hash": "reader"}
            assert _status(guarded.server, "component_server", values, **guarded.as_role("reader")) == 404
    assert _status(guarded.server, "upload", {}, **guarded.as_role("reader")) == 403


def test_a_hidden_article_is_found_by_editors_alone_through_api_and_mcp(guarded: WithAccounts) -> None:
    def told(role: str) -> str:
        headers = guarded.as_role(role)
        client = Client(guarded.server.url, headers=headers, verbose=False, analytics_enabled=False)
        found = [client.predict(_QUESTION, api_name="/ask"), client.predict("rainwater", 20, api_name="/search")]
        call = {"name": "ask", "arguments": {"question": _QUESTION}}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}).encode()
        kinds = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        request = urllib.request.Request(f"{guarded.server.url}/mcp", body, kinds | headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.dumps(found) + str(answer.read(), "utf-8")

    words = "rainwater collection system"
    assert words in told("reader")
    client = Client(guarded.server.url, headers=guarded.as_role("admin"), verbose=False, analytics_enabled=False)
    holding = {
        passage["document"] for passage in client.predict(_QUESTION, 50, api_name="/search") if words in passage["text"]
    }
    set_label(guarded.server.index, "board", sorted(holding), is_set=True)
    try:
        assert words not in told("reader") and words in told("editor")
    finally:
        set_label(guarded.server.index, "board", sorted(holding), is_set=False)


def test_a_person_logs_in_and_out_and_the_log_has_it(guarded: WithAccounts) -> None:
    jar = urllib.request.HTTPCookieProcessor()
    browser = urllib.request.build_opener(jar)
    form = urllib.parse.urlencode({"name": "reader", "password": PASSWORD}).encode()
    with browser.open(f"{guarded.server.url}/login", form, timeout=60) as page:
        assert page.url == f"{guarded.server.url}/" and "gradio" in page.read().decode().lower()
    with browser.open(f"{guarded.server.url}/logout", b"", timeout=60) as page:
        assert page.url == f"{guarded.server.url}/login"
    headers = guarded.as_role("editor")
    client = Client(guarded.server.url, headers=headers, verbose=False, analytics_enabled=False)
    client.predict("rainwater", 1, api_name="/search")
    deeds = {(deed.name, deed.deed) for deed in guarded.accounts.log.last(100)}
    assert {("reader", "logged in"), ("reader", "logged out"), ("editor", "searched")} <= deeds


def test_no_reader_is_told_a_place_on_this_machine(guarded: WithAccounts) -> None:
    headers = guarded.as_role("reader")
    client = Client(guarded.server.url, headers=headers, verbose=False, analytics_enabled=False)
    found = client.predict(_QUESTION, api_name="/ask")
    told = json.dumps([_config(guarded.server, headers), found, client.predict("rainwater", 3, api_name="/search")])
    assert str(guarded.server.folder.parent) not in told and str(Path.home()) not in told
