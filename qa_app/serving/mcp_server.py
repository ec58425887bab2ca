"""The MCP (Model Context Protocol) server: offers `qa_app.serving.tools` to language models in other programs.

Served beside the page, at /mcp (streamable HTTP). Gradio's own MCP server is not used: this one offers exactly three tools,
returns JSON with a schema, and refuses browser requests from pages of other hosts.
"""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.routing import BaseRoute

from embeddings.errors import ArticlesError
from qa_app.rendering.answer_json import AnswerJson, ArticleJson, LimitsJson, PassageJson, TurnJson
from qa_app.serving import tools
from qa_app.serving.service import Service

PATH = "/mcp"
# Calls served at once, as on the page; further ones are queued.
_CONCURRENT = 2
_INSTRUCTIONS = (
    "Answers from a folder of articles. Every quote is the exact text of its document at [start, end), in characters from 0. "
    "Cite the quotes. If `abstained` is true, the articles do not say. If `kind` is collection or chat, the words are the program's "
    "own, about the collection or the conversation."
)

_T = TypeVar("_T")


class McpMissing(ArticlesError):
    """The `mcp` package is not installed."""


def check_mcp() -> None:
    """Check that the `mcp` package is installed.

    Raises:
        McpMissing: it is not; the message has the command that installs it.
    """
    if find_spec("mcp") is None:
        raise McpMissing("--mcp needs the mcp package.", "Install it: pip install -r requirements.txt")


@dataclass(frozen=True)
class McpParts:
    """What makes the page's web application serve MCP too."""

    routes: Sequence[BaseRoute]
    lifespan: Callable[[], AbstractAsyncContextManager[None]]
    """Runs the server."""


def mcp_parts(service: "Future[Service]", checks_host: bool = True) -> McpParts:
    """Return the MCP server.

    Args:
        service: the future that callers wait for.
        checks_host: whether to refuse other host names than this machine's; needless if callers have to prove who they are.
    """
    from mcp.server.fastmcp import FastMCP
    from mcp.server.transport_security import TransportSecuritySettings

    logging.basicConfig(format="%(name)s: %(message)s")  # before FastMCP configures logging itself
    # A loopback host makes FastMCP check the Host and Origin headers, without settings to the contrary.
    server = FastMCP(
        "articles",
        instructions=_INSTRUCTIONS,
        host="127.0.0.1",
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        transport_security=None if checks_host else TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    # Created on first use, because it belongs to the event loop.
    limiter: list[CapacityLimiter] = []

    async def called(deed: str, tool: Callable[[Service], _T]) -> _T:
        """Call a tool in a thread, so that it does not block the page."""
        if not limiter:
            limiter.append(CapacityLimiter(_CONCURRENT))

        def call() -> _T:
            opened = service.result()
            opened.note(deed, "by MCP")
            with opened.foreground.answering():
                return tool(opened)

        return await to_thread.run_sync(call, limiter=limiter[0])

    async def ask(question: str, history: list[TurnJson] | None = None, limits: LimitsJson | None = None) -> AnswerJson:
        """Answer a question from the articles, in their exact words.

        `answer` is quoted sentences with [n]; `citations` gives the place of each; `abstained` is true when the articles do not say. `kind` is fact, several, list, summary, collection (how many
        articles, which, when: from the index's tables; `articles` names them), chat or abstention; `sections` are the parts.
        `history` is the conversation so far, used to rewrite a follow-up ("and who said that?"); `searched_for` is the
        rewritten question. `limits` searches only some documents: within (paths or folders), authors, languages (en, ru, …),
        folders and labels (names), after and before (days, as 2025-03-31).
        """
        return await called(
            "asked",
            lambda opened: opened.metrics.measured(
                "MCP",
                question,
                lambda: tools.ask(opened.assistant, question, history or [], opened.corpus.unfinished(), limits),
            ),
        )

    async def search(query: str, k: int = 5, limits: LimitsJson | None = None) -> list[PassageJson]:
        """Find the k (1 to 100) best passages for a query, best first, with their text and offsets; `limits` as in ask."""
        return await called("searched", lambda opened: tools.search(opened.assistant, query, k, limits))

    async def read_article(
        document: str, start: int = 0, end: int | None = None, folder: str | None = None
    ) -> ArticleJson:
        """Read the characters [start, end) of an article, named by the `document` and `folder` of a citation or passage.

        `end` defaults to `start` + 20,000 or the end of the article. `length` is the article's length; to continue, pass the
        returned `end` as `start`.
        """
        return await called("read", lambda opened: tools.read_article(opened.assistant, document, start, end, folder))

    for tool in (ask, search, read_article):
        server.add_tool(tool)
    routes = server.streamable_http_app().routes

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with server.session_manager.run():
            yield

    return McpParts(routes, lifespan)
