"""Who may ask what of the server: only its own page through a browser; beyond this machine, only to read."""

import logging
import re

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError

logger = logging.getLogger(__name__)

READ_ONLY = "This server is read-only: articles are added and removed on the machine that it runs on."

_HARMLESS = ("GET", "HEAD", "OPTIONS")
_OTHER_SITE = "Only this server's own page may ask that. Behind a proxy: let it pass the Host header on."
# An absolute path, of POSIX or Windows, at the start of a word.
_PLACE = re.compile(r"(?<![\w.:/\\])(/|~/|[A-Za-z]:[\\/]|\\\\)\w")


class OwnPageOnly:
    """ASGI middleware that refuses what the page of another web site sends through a person's browser.

    It stands before every endpoint, so that none can be forgotten. A browser names the page's site in Origin; other
    programs send none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope.get("method") in _HARMLESS or _from_own_page(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse(_OTHER_SITE, 403)(scope, receive, send)


class NoUploads:
    """ASGI middleware of a read-only server: Gradio takes files from anyone, whether the page has a use for them or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].rstrip("/").endswith("/upload"):
            await PlainTextResponse(READ_ONLY, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def without_places(error: ArticlesError) -> ArticlesError:
    """Return what visitors beyond this machine are told of an error: no path of this machine; the log has the whole."""
    if not _PLACE.search(str(error)):
        return error
    logger.warning("%s", error)
    return ArticlesError("The server cannot do that at present.", "Tell the person who runs it: its log says why.")


def _from_own_page(headers: Headers) -> bool:
    origin = headers.get("origin")
    hosts = (headers.get("host"), headers.get("x-forwarded-host"))
    return origin is None or origin.split("://")[-1] in hosts
