"""No page of another site, or of another port of this machine, can use a visitor's browser to call or read the server."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.serving.guards.refusal import refusal

_OTHER_SITE = ArticlesError(
    "Only this server's own page may send this request.", "If the server is behind a proxy, forward the Host header."
)


class OwnPageOnly:
    """ASGI middleware that refuses what a browser sends on behalf of a page of another origin, except to follow a link.

    It covers every endpoint, so none can be forgotten. Browsers send the origin of the page in the Origin header with every
    request that changes something or whose answer the page could read, and how the request came about in Sec-Fetch-…
    headers; other programs send neither.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_from_own_page(scope["type"], scope.get("method"), Headers(scope=scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(403, _OTHER_SITE)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})


def _is_from_own_page(kind: str, method: str | None, headers: Headers) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return origin.split("://")[-1] in (headers.get("host"), headers.get("x-forwarded-host"))
    # https://www.w3.org/TR/fetch-metadata/: "none" is the address bar; a page of another port is "same-site".
    if headers.get("sec-fetch-site") in (None, "same-origin", "none"):
        return True
    follows_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return kind == "http" and method in ("GET", "HEAD") and follows_link
