"""Functions of the server that the page's script calls: values checked on arrival, errors returned in words."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import gradio as gr
from pydantic import TypeAdapter, ValidationError
from typing_extensions import NotRequired, TypedDict  # pydantic does not accept the typing module's before Python 3.12

from embeddings.documents.document import Address
from embeddings.errors import ArticlesError
from qa_app.serving.service import Service

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
NOT_UNDERSTOOD = "The page sent something that the server does not understand. Reload the page."
_FAILED = "Something went wrong. The server's log says what."


class Reply(TypedDict, total=False):
    """What a function returned, or what went wrong in words for the user."""

    value: object
    error: str


class Place(TypedDict):
    """An article: its path, and the name of its folder if the index has several.

    The path isn't called so: Gradio takes a value with a field `path` for an uploaded file, and refuses it.
    """

    document: str
    folder: NotRequired[str | None]


def address_of(place: Place) -> Address:
    """Return the address of the article that the page means."""
    return Address(place["document"], place.get("folder") or None)


def understood(kind: "TypeAdapter[_T]", values: object) -> _T:
    """Return what the page sent as a value of its type.

    Raises:
        gr.Error: it is none.
    """
    try:
        return kind.validate_python(values)
    except ValidationError as error:
        logger.warning("a question: %s", _faults(error))
        raise gr.Error(NOT_UNDERSTOOD, print_exception=False) from error


def _faults(error: ValidationError) -> str:
    """Return what is wrong, for the log: without the values, which may be a person's words."""
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc']))} {fault['msg']}".strip() for fault in faults)


def server_function(
    name: str, work: Callable[[_T], object], takes: type[_T], service: "Future[Service]"
) -> Callable[[object], Reply]:
    """Return a function that the script calls by `name` with one value.

    Args:
        name: as the script calls it.
        work: gets the value; an `ArticlesError` or `gr.Error` that it raises is told to the user.
        takes: the type of the value.
        service: says what of an error visitors may see.
    """
    adapter = TypeAdapter(takes)

    def call(values: object) -> Reply:
        try:
            return {"value": work(adapter.validate_python(values))}
        except ValidationError as error:
            logger.warning("%s: %s", name, _faults(error))
            return {"error": NOT_UNDERSTOOD}
        except ArticlesError as error:
            opened = service.result() if service.done() and not service.exception() else None
            return {"error": str(opened.told(error) if opened else error)}
        except gr.Error as error:
            return {"error": str(error.message)}
        except Exception:
            logger.exception("%s failed", name)
            return {"error": _FAILED}

    call.__name__ = name
    return call
