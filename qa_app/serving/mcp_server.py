"""MCP, the Model Context Protocol: language models of other programs use what `qa_app.serving.tools` offers.

Served with the page at /mcp (streamable HTTP). A server of its own and not the page's: its tools are these three alone, give JSON
by a schema, and refuse a request that a web page of another host sends through the browser.
"""

import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from embeddings.errors import ArticlesError
from qa_app.rendering.answer_json import AnswerJson, ArticleJson, PassageJson, TurnJson
from qa_app.serving import tools
from qa_app.serving.startup import Service

PATH = "/mcp"
# As many as the page answers at once; more wait in line.
_CONCURRENT = 2
_INSTRUCTIONS = (
    "Answers from a folder of articles. Every quote is the exact text of its document at [start, end), in characters from 0. "
    "Cite the quotes; where an answer is abstained, the articles do not say."
)

_T = TypeVar("_T")


class McpMissing(ArticlesError):
    """The package that speaks MCP is not installed."""


def check_mcp() -> None:
    """Say at once that MCP cannot be served.

    Raises:
        McpMissing: with the command that installs it.
    """
    if find_spec("mcp") is None:
        raise McpMissing("--mcp needs the package mcp.", "Install it: pip install -r requirements.txt")


def mcp_options(service: "Future[Service]") -> dict[str, Any]:
    """Return what the page's web application takes to serve MCP too: routes, and what runs while they are served."""
    from mcp.server.fastmcp import FastMCP

    logging.basicConfig(format="%(name)s: %(message)s")  # before FastMCP does it in its way
    # The host turns on the check of the Host and Origin headers, for it is loopback.
    server = FastMCP(
        "articles",
        instructions=_INSTRUCTIONS,
        host="127.0.0.1",
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
    )
    # Made when it is first used: it belongs to the event loop.
    limiter: list[CapacityLimiter] = []

    async def called(tool: Callable[[Service], _T]) -> _T:
        """Call a tool in a thread, so that the page is served meanwhile."""
        if not limiter:
            limiter.append(CapacityLimiter(_CONCURRENT))

        def call() -> _T:
            return tool(service.result())

        return await to_thread.run_sync(call, limiter=limiter[0])

    async def ask(question: str, history: list[TurnJson] | None = None) -> AnswerJson:
        """Answer a question from the articles, in their exact words.

        `answer` is quoted sentences with [n]; `citations` says where each stands; `abstained` is true when the articles do not say.
        `history` is the conversation so far, from which a follow-up ("and who said that?") is rewritten; what was searched
        is `searched_for`.
        """
        return await called(
            lambda opened: tools.ask(opened.assistant, question, history or [], opened.corpus.unfinished())
        )

    async def search(query: str, k: int = 5) -> list[PassageJson]:
        """Find the k (1 to 100) passages of the articles that fit a query best, best first, with their words and places."""
        return await called(lambda opened: tools.search(opened.assistant, query, k))

    async def read_article(document: str, start: int = 0, end: int | None = None) -> ArticleJson:
        """Read the characters [start, end) of an article, named as in a citation or passage; without `end`, some 20,000.

        `length` says how long it is; read on from `end`.
        """
        return await called(lambda opened: tools.read_article(opened.assistant, document, start, end))

    for tool in (ask, search, read_article):
        server.add_tool(tool)
    routes = server.streamable_http_app().routes

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        async with server.session_manager.run():
            yield

    return {"routes": routes, "lifespan": lifespan}
