"""Whether the server lives, and whether it can answer questions: what monitors and proxies ask, without logging in."""

from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

ALIVE, READY = "/health", "/ready"


class Health:
    """ASGI middleware that answers `/health` with 200 and `/ready` with 200 or 503; they tell nothing else."""

    def __init__(self, app: ASGIApp, is_ready: Callable[[], bool]) -> None:
        self._app = app
        self._is_ready = is_ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and scope["path"] in (ALIVE, READY):
            good = scope["path"] == ALIVE or self._is_ready()
            response = PlainTextResponse("ok\n" if good else "not ready\n", 200 if good else 503)
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)
