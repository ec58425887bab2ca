"""Limits on how many requests a person, or a stranger's address, may send in which time."""

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.accounts import Person
from qa_app.serving.asking import SCOPE_KEY
from qa_app.serving.guards.address import address_of
from qa_app.serving.guards.refusal import refusal

_SLOWER = ArticlesError("There were too many requests.", "Wait a minute.")


class RateLimit:
    """ASGI middleware that answers 429 beyond the allowed rate. Put it after the check who somebody is."""

    def __init__(self, app: ASGIApp, allowed: RateLimitItem) -> None:
        """`allowed` is how many changing requests a person may send in which time."""
        self._app = app
        self._allowed = allowed
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and not self._limiter.hit(self._allowed, _who(scope)):
            await refusal(429, _SLOWER, {"Retry-After": "60"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _who(scope: Scope) -> str:
    person = scope.get(SCOPE_KEY)
    return person.id if isinstance(person, Person) else address_of(scope)
