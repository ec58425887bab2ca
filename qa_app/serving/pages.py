"""The page of each role, served by one server."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import gradio as gr
from fastapi import FastAPI

from embeddings.config import IndexConfig
from qa_app.accounts import Role
from qa_app.generation.opening import WriterConfig
from qa_app.serving.page.build import build_page, launch_options
from qa_app.serving.startup import Opening

# Uploads wait in a folder of Gradio's until they are added; those that are not are deleted after so long.
_UPLOAD_S = 3600
_LOOK_S = 600
SESSIONS_KEPT = 500
"""How many visitors Gradio keeps in mind, 0.1 MB each. It is needed while a page is open; the least recently used is dropped."""


def pages(opening: Opening, with_accounts: bool, writer: WriterConfig | None) -> dict[Role, gr.Blocks]:
    """Build the page of each role, the lowest first; without accounts there is only that of an admin.

    Args:
        opening: the futures that the pages wait for.
        with_accounts: whether everyone logs in.
        writer: as in `build_page`.
    """
    roles: Sequence[Role] = list(Role) if with_accounts else [Role.ADMIN]
    found = {role: build_page(opening, role, writer, has_account=with_accounts) for role in roles}
    for page in found.values():
        page.state_session_capacity = SESSIONS_KEPT
        page.delete_cache = (_LOOK_S, _UPLOAD_S)
    return found


def waiting(built: Mapping[Role, gr.Blocks]) -> Callable[[], int]:
    """Return what counts the calls that wait for their turn, on all pages."""
    queues = [page._queue for page in built.values()]
    return lambda: sum(map(len, queues))


def options_of_pages(quiet: bool) -> dict[str, Any]:
    """Return Gradio's options for a page.

    Args:
        quiet: whether errors that were not foreseen are told to nobody but the log: they may name places on this machine.
    """
    options = {key: value for key, value in launch_options().items() if key != "quiet"}
    return options | {"max_file_size": IndexConfig.max_file_bytes, "show_error": not quiet}


def applications(built: Mapping[Role, gr.Blocks], options: Mapping[str, Any]) -> dict[Role, FastAPI]:
    """Return pages as web applications; `started` starts them."""
    found = {}
    for role, page in built.items():
        application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        found[role] = gr.mount_gradio_app(application, page, path="/", **options)
    return found


@asynccontextmanager
async def started(applications: Mapping[Role, FastAPI]) -> AsyncIterator[None]:
    """Run the web applications until the block ends."""
    async with AsyncExitStack() as stack:
        for application in applications.values():
            await stack.enter_async_context(application.router.lifespan_context(application))
        yield
