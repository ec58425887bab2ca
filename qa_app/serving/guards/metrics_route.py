"""What the server counts, for Prometheus: at /metrics, to those who may know."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.accounts import Person, Role
from qa_app.serving.asking import SCOPE_KEY
from qa_app.serving.guards.refusal import refusal
from qa_app.serving.metrics import CONTENT_TYPE

PATH = "/metrics"
_REFUSED = ArticlesError(
    "Only admins and programs with a token may read the counts.",
    "Make a token: python -m qa_app users token NAME --role reader",
)


class MetricsRoute:
    """ASGI middleware that answers `/metrics`. Put it after the check who somebody is."""

    def __init__(self, app: ASGIApp, counts: Callable[[], bytes]) -> None:
        """`counts` returns the answer."""
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
        elif _may(scope):
            await Response(self._counts(), headers={"Content-Type": CONTENT_TYPE})(scope, receive, send)
        else:
            await refusal(403, _REFUSED)(scope, receive, send)


def _may(scope: Scope) -> bool:
    """Return whether a request comes from this machine's user, on a server without accounts, an admin, or a program."""
    person = scope.get(SCOPE_KEY)
    if not isinstance(person, Person):
        return True  # without accounts, other users of the machine are refused before
    return person.role is Role.ADMIN or "authorization" in Headers(scope=scope)
