"""Limits on what one request may send."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.serving.guards.refusal import refusal

_UPLOAD = "/gradio_api/upload"


class _TooLarge(Exception):
    """More arrived than is allowed."""


class SizeLimits:
    """ASGI middleware that refuses larger requests with 413, also those that do not say how large they are."""

    def __init__(self, app: ASGIApp, most_bytes: int, most_bytes_uploaded: int) -> None:
        self._app = app
        self._most = most_bytes
        self._most_uploaded = most_bytes_uploaded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most_uploaded if scope["path"].rstrip("/") == _UPLOAD else self._most
        stated = Headers(scope=scope).get("content-length", "0")
        if not stated.isdecimal() or int(stated) > most:
            await _refusal(most)(scope, receive, send)
            return
        received, has_answered = 0, False

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise _TooLarge
            return message

        async def send_noted(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self._app(scope, receive_counted, send_noted)
        except _TooLarge:
            if not has_answered:
                await _refusal(most)(scope, receive, send)


def _refusal(most: int) -> JSONResponse:
    return refusal(413, ArticlesError(f"The request is larger than {most // 1_000_000} MB.", "Send less at once."))
