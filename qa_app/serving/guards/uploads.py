"""Only those who may add articles upload files; Gradio accepts them even if the page has no place for them."""

from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.errors import ArticlesError
from qa_app.accounts import Person, Role
from qa_app.serving.access import READ_ONLY
from qa_app.serving.asking import SCOPE_KEY
from qa_app.serving.guards.refusal import refusal

_REFUSED = ArticlesError(READ_ONLY, "Ask an admin for the role: python -m qa_app users role NAME editor")


class UploadsOfEditorsOnly:
    """ASGI middleware that refuses the uploads of readers. Put it after the check who somebody is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/upload") and not _may(scope.get(SCOPE_KEY)):
            await refusal(403, _REFUSED)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _may(person: object) -> bool:
    return isinstance(person, Person) and person.role >= Role.EDITOR
