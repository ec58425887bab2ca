"""A small web application that says who asked it, behind checks."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from qa_app.serving.asking import SCOPE_KEY, asking

LOCAL = "http://127.0.0.1:7860"


def client(checks: Sequence[Middleware], url: str = LOCAL, address: str = "127.0.0.1") -> TestClient:
    """Return a client of the application; it follows no redirects."""

    async def echo(request: Request) -> PlainTextResponse:
        size = len(await request.body())
        person = asking() if SCOPE_KEY in request.scope else None
        return PlainTextResponse(f"done {size} {person.name if person else ''}")

    route = Route("/{path:path}", echo, methods=["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
    application = Starlette(routes=[route], middleware=list(checks))
    return TestClient(application, base_url=url, follow_redirects=False, client=(address, 50000))
