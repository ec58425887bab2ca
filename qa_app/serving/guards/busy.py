"""A line of stated length: when so many are waiting, further questions are told at once."""

import re
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.serving.guards.refusal import refusal

_ASKS = re.compile(r"/gradio_api/(queue/join|call/.+|run/.+|api/.+)|/mcp")
_AGAIN_S = 5


class BusyWhenFull:
    """ASGI middleware that answers 503 to questions while too many wait."""

    def __init__(self, app: ASGIApp, waiting: Callable[[], int], most: int) -> None:
        """`waiting` returns how many are waiting now; `most` how many may."""
        self._app = app
        self._waiting = waiting
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["method"] == "POST" and _ASKS.fullmatch(scope["path"])
        if asks and self._waiting() >= self._most:
            error = ArticlesError(f"The server is busy: {self._most} questions are waiting.", "Ask again in a moment.")
            await refusal(503, error, {"Retry-After": str(_AGAIN_S)})(scope, receive, send)
        else:
            await self._app(scope, receive, send)
