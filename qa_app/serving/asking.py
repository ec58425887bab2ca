"""Who sent the request that is being served, for all that runs on its behalf."""

from contextvars import ContextVar, Token

import gradio as gr
from gradio.context import LocalContext

from qa_app.accounts import Person

SCOPE_KEY = "person"
"""Where a request's ASGI scope has the `Person`."""
_PERSON: ContextVar[Person] = ContextVar("person")


def asked_by(person: Person) -> Token[Person]:
    """Note who sent the request that this task serves."""
    return _PERSON.set(person)


def asking() -> Person:
    """Return who sent the request that is being served.

    Raises:
        LookupError: no request is being served, or nobody has checked who sent it.
    """
    # Gradio's queue calls functions outside of the request's own task; it notes the request.
    request = LocalContext.request.get(None)
    if request is None:
        return _PERSON.get()
    inner = request.request if isinstance(request, gr.Request) else request
    if inner is None:
        raise LookupError("Gradio has lost the request")
    person: Person = inner.scope[SCOPE_KEY]
    return person
