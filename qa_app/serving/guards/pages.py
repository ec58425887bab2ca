"""The page of a person's role: what a role may not do is no part of its page, so there is nothing to call."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from qa_app.accounts import Person, Role
from qa_app.serving.asking import SCOPE_KEY


class PageOfRole:
    """ASGI middleware that hands the requests of some roles to applications of their own; last of all, after all checks."""

    def __init__(self, app: ASGIApp, pages: Mapping[Role, ASGIApp], shared: frozenset[str]) -> None:
        """Requests of roles that are not in `pages`, and paths in `shared`, go to `app`."""
        self._app = app
        self._pages = pages
        self._shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        person = scope.get(SCOPE_KEY)
        page = self._app
        if isinstance(person, Person) and scope["path"] not in self._shared:
            page = self._pages.get(person.role, self._app)
        await page(scope, receive, send)
