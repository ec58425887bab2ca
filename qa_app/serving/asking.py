"""Who sent the request that is being served, for all that runs on its behalf."""

from contextvars import ContextVar, Token

import gradio as gr
from gradio.context import LocalContext
from starlette.types import Scope

from qa_app.accounts import Person

SCOPE_KEY = "person"
"""Where a request's ASGI scope has the `Person`."""
REQUEST_KEY = "articles.request"
"""Where it has the request's id."""
_PERSON: ContextVar[Person] = ContextVar("person")
_REQUEST: ContextVar[str | None] = ContextVar("request", default=None)


def requested_as(own: str) -> None:
    """Note the id of the request that this task serves."""
    _REQUEST.set(own)


def request_id() -> str | None:
    """Return the id of the request that is being served; None if none is."""
    scope = _gradio_scope()
    return _REQUEST.get() if scope is None else scope.get(REQUEST_KEY)


def asked_by(person: Person) -> Token[Person]:
    """Note who sent the request that this task serves."""
    return _PERSON.set(person)


def asking() -> Person:
    """Return who sent the request that is being served.

    Raises:
        LookupError: no request is being served, or nobody has checked who sent it.
    """
    scope = _gradio_scope()
    if scope is None:
        return _PERSON.get()
    person: Person = scope[SCOPE_KEY]
    return person


def _gradio_scope() -> Scope | None:
    """Return the scope of the request that Gradio's queue works on, outside of the request's own task; None elsewhere."""
    request = LocalContext.request.get(None)
    if request is None:
        return None
    inner = request.request if isinstance(request, gr.Request) else request
    return {} if inner is None else inner.scope
