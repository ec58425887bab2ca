"""Every request gets an id, is counted, and is logged without what it asks."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_app.accounts import Person
from qa_app.serving.asking import REQUEST_KEY, SCOPE_KEY, requested_as

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
# What a proxy may send: no character that could disguise a line of a log.
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
# The parts of the server, by how their paths begin; an unknown path is "other".
_PARTS = {
    "/gradio_api/upload": "upload",
    "/gradio_api/queue/": "page",
    "/gradio_api/component_server": "page",
    "/gradio_api/call/": "API",
    "/gradio_api/run/": "API",
    "/gradio_api/api/": "API",
    "/gradio_api/": "page",
    "/assets/": "page",
    "/static/": "page",
    "/mcp": "MCP",
    "/log": "account",
    "/account": "account",
    "/health": "monitor",
    "/ready": "monitor",
    "/metrics": "monitor",
}
_ABORTED = 499  # as nginx calls a request whose client went away


class RequestLog:
    """ASGI middleware, the outermost: gives each request an id, which the answer's header has, and notes how it ended."""

    def __init__(self, app: ASGIApp, count: Callable[[str, int], None]) -> None:
        """`count` gets the part of the server and the status of each request."""
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        own = given if _ID.fullmatch(given) else secrets.token_hex(8)
        scope[REQUEST_KEY] = own
        requested_as(own)
        started, status = time.monotonic(), _ABORTED

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = own
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            part, person = _part(scope["path"]), scope.get(SCOPE_KEY)
            self._count(part, status)
            fields = {
                "part": part,
                "method": scope["method"],
                "status": status,
                "seconds": round(time.monotonic() - started, 3),
                "person": person.name if isinstance(person, Person) else None,
            }
            logger.info("request", extra={"fields": fields})


def _part(path: str) -> str:
    if path == "/":
        return "page"
    return next((part for beginning, part in _PARTS.items() if path.startswith(beginning)), "other")
