"""Access rules of the server: no requests from other web sites, read-only for other machines, no local paths in errors."""

import logging
import re

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError

logger = logging.getLogger(__name__)

READ_ONLY = "This server is read-only: add and remove articles on the machine it runs on."

_HARMLESS = ("GET", "HEAD", "OPTIONS")
_OTHER_SITE = (
    "Only this server's own page may send this request. If the server is behind a proxy, forward the Host header."
)
# An absolute path (POSIX or Windows) at the start of a word.
_PLACE = re.compile(r"(?<![\w.:/\\])(/|~/|[A-Za-z]:[\\/]|\\\\)\w")


class OwnPageOnly:
    """ASGI middleware that refuses cross-site requests from browsers, except GET, HEAD and OPTIONS.

    It covers every endpoint, so none can be forgotten. Browsers send the site of the page in the Origin header; other
    programs send no such header.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope.get("method") in _HARMLESS or _from_own_page(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse(_OTHER_SITE, 403)(scope, receive, send)


class NoUploads:
    """ASGI middleware that refuses uploads to a read-only server. Gradio accepts files even if the page has no upload field."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].rstrip("/").endswith("/upload"):
            await PlainTextResponse(READ_ONLY, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def without_places(error: ArticlesError) -> ArticlesError:
    """Return a general error if this one names a local path, for visitors on other machines; log the original."""
    if not _PLACE.search(str(error)):
        return error
    logger.warning("%s", error)
    return ArticlesError("The server cannot do that right now.", "Tell its administrator; the server's log says why.")


def _from_own_page(headers: Headers) -> bool:
    origin = headers.get("origin")
    hosts = (headers.get("host"), headers.get("x-forwarded-host"))
    return origin is None or origin.split("://")[-1] in hosts
