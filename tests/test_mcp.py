"""The MCP server, called by a real client over HTTP, on the same port as the page."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from qa_app.serving import mcp_server
from qa_app.serving.mcp_server import McpMissing, check_mcp
from tests.serving import Served

_QUESTION = "what rainwater system does Arkadag use?"


def _talk(served: Served, talk: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    async def session() -> Any:
        async with (
            streamable_http_client(f"{served.url}/mcp") as (reading, writing, _),
            ClientSession(reading, writing) as client,
        ):
            await client.initialize()
            return await talk(client)

    return asyncio.run(session())


def _call(served: Served, tool: str, **arguments: Any) -> CallToolResult:
    result: CallToolResult = _talk(served, lambda client: client.call_tool(tool, arguments))
    return result


def _values(served: Served, tool: str, **arguments: Any) -> Any:
    result = _call(served, tool, **arguments)
    assert not result.isError, result.content
    return result.structuredContent


def _failure(served: Served, tool: str, **arguments: Any) -> str:
    result = _call(served, tool, **arguments)
    (content,) = result.content
    assert result.isError and isinstance(content, TextContent)
    return content.text


def test_lists_exactly_three_tools_with_descriptions_and_types(served: Served) -> None:
    tools = {tool.name: tool for tool in _talk(served, lambda client: client.list_tools()).tools}
    assert set(tools) == {"ask", "search", "read_article"}
    for tool in tools.values():
        assert tool.description and tool.outputSchema
    assert tools["ask"].inputSchema["required"] == ["question"]
    assert set(tools["ask"].inputSchema["properties"]) == {"question", "history", "limits"}
    assert tools["search"].inputSchema["properties"]["k"] == {"default": 5, "title": "K", "type": "integer"}


def test_a_quote_matches_read_article_at_its_offsets(served: Served) -> None:
    answer = _values(served, "ask", question=_QUESTION)
    assert not answer["abstained"] and "rainwater collection system" in answer["answer"]
    for citation in answer["citations"]:
        place = {key: citation[key] for key in ("document", "start", "end")}
        article = _values(served, "read_article", **place)
        file = (served.folder / citation["document"]).read_text(encoding="utf-8")
        assert citation["quote"] == article["text"] == file[citation["start"] : citation["end"]]
        assert article["title"] == citation["title"] and article["length"] == len(file)


def test_search_returns_passages_with_offsets(served: Served) -> None:
    passages = _values(served, "search", query="rainwater", k=2)["result"]
    assert len(passages) == 2 and "rainwater" in passages[0]["text"]
    place = {key: passages[0][key] for key in ("document", "start", "end")}
    assert _values(served, "read_article", **place)["text"] == passages[0]["text"]


def test_the_text_of_a_result_is_json(served: Served) -> None:
    result = _call(served, "ask", question=_QUESTION)
    (content,) = result.content
    assert isinstance(content, TextContent) and json.loads(content.text) == result.structuredContent


def test_ask_takes_the_conversation_so_far(served: Served) -> None:
    history = [{"role": "user", "content": "Who visited Kazan?"}, {"role": "assistant", "content": "A delegation."}]
    assert _values(served, "ask", question=_QUESTION, history=history)["citations"]


def test_many_calls_at_once_are_answered(served: Served) -> None:
    async def talk(client: ClientSession) -> list[CallToolResult]:
        return await asyncio.gather(*(client.call_tool("ask", {"question": _QUESTION}) for _ in range(5)))

    results = _talk(served, talk)
    assert [result.structuredContent["answer"] for result in results] == [results[0].structuredContent["answer"]] * 5


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": " "}, "The question is empty. Type a question."),
        ("ask", {}, "question"),
        ("ask", {"question": "x", "history": [{"role": "user"}]}, "content"),
        ("search", {"query": "rain", "k": 0}, "k must be from 1 to 100. It was 0."),
        ("read_article", {"document": "../README.md"}, "There is no article ../README.md."),
        (
            "read_article",
            {"document": "Arkadag_delegation_visits_Kazan.txt", "start": 9, "end": 3},
            "has no characters [9, 3)",
        ),
        ("remove_article", {"document": "x"}, "remove_article"),
    ],
)
def test_a_bad_call_says_why(served: Served, tool: str, arguments: dict[str, Any], words: str) -> None:
    assert words in _failure(served, tool, **arguments)


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_a_web_page_of_another_host_is_refused(served: Served, header: dict[str, str]) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    request = urllib.request.Request(f"{served.url}/mcp", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:  # served if the header is missing
        assert len(json.load(answer)["result"]["tools"]) == 3
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{served.url}/mcp", body, headers | header), timeout=10)
    assert refused.value.code in (400, 403, 421)  # by the page's check or MCP's, whichever runs first


def test_the_terminal_prints_its_address(served: Served) -> None:
    deadline = time.monotonic() + 20
    while f"MCP (streamable HTTP) at {served.url}/mcp\n" not in served.log.read_text():
        assert time.monotonic() < deadline  # printed a moment after the page is up
        time.sleep(0.05)


def test_a_missing_package_is_reported_with_the_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_server, "find_spec", lambda name: None)
    with pytest.raises(McpMissing, match=r"pip install -r requirements\.txt"):
        check_mcp()
