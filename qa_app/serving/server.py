"""Run the web server: page, API and MCP, until it is stopped."""

import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, nullcontext, suppress
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.tunneling import CURRENT_TUNNELS
from starlette.middleware import Middleware

from embeddings.encoders.encoder import Encoder
from embeddings.index import recorded_folders
from embeddings.signals import on_stop
from qa_app.accounts import Accounts, Role, accounts_place
from qa_app.accounts.openid import OpenId
from qa_app.rendering.readable import listed
from qa_app.serving.guards.pages import PageOfRole
from qa_app.serving.guards.stack import guards
from qa_app.serving.logs import log_as_json
from qa_app.serving.mcp_server import PATH, mcp_parts
from qa_app.serving.metrics import Metrics
from qa_app.serving.no_fetching import fetch_nothing
from qa_app.serving.pages import SESSIONS_KEPT, applications, options_of_pages, pages, started, waiting
from qa_app.serving.server_options import ServerOptions
from qa_app.serving.startup import Opening, opened
from qa_app.serving.suggested import Suggestions

# Time for an error message to reach the open pages before the server closes.
_TELLING_S = 2.0
_LOOK_S = 0.1
# Time for answers to end after a signal to stop; a question takes less than a second without a writer.
_FINISHING_S = 3.0
_SENDING_S = 0.5


def serve(options: ServerOptions, load_encoder: Callable[[], Encoder]) -> None:
    """Serve the page at once, load the index and models meanwhile, and run until Ctrl-C or SIGTERM.

    The server has its own threads, and the models load in this one, so either signal stops the loading at once. If
    loading fails, the open pages show the error, and then it is raised: a page without models is of no use, and the
    process must exit with an error like every other command.

    Raises:
        IndexMismatch, IndexDamaged, IndexBusy, ModelUnavailable, WriterUnavailable: loading failed.
        AccountsUnusable: the accounts cannot be read.
    """
    opening, metrics, stopping = Opening(suggestions=Suggestions(options.suggestions)), Metrics(), threading.Event()
    if options.json_log:
        log_as_json(options.log_questions)
    fetch_nothing()
    with on_stop(), ExitStack() as stack:
        # Gradio's own place for uploads is shared by all users of the machine, and nobody empties it.
        os.environ["GRADIO_TEMP_DIR"] = stack.enter_context(TemporaryDirectory(prefix="articles-uploads-"))
        accounts = (
            stack.enter_context(closing(Accounts(accounts_place(options.index)))) if options.has_accounts else None
        )
        built = pages(opening, accounts is not None, options.writer)
        lowest, *_ = built
        page = built.pop(lowest)
        settings = options_of_pages(quiet=accounts is not None)
        count_waiting = waiting({lowest: page} | built)
        metrics.gauge("articles_waiting", "Calls that wait for their turn.", count_waiting)
        page.launch(
            server_name=options.host,
            server_port=options.port,
            share=options.share,
            prevent_thread_lock=True,
            mcp_server=False,  # not Gradio's but our own, whatever the environment says
            quiet=True,
            state_session_capacity=SESSIONS_KEPT,  # which launch would set back
            app_kwargs=_web_options(
                options,
                guards(
                    options.host,
                    accounts,
                    count_waiting,
                    is_ready=lambda: _is_ready(opening, stopping),
                    metrics=metrics,
                    openid=OpenId(options.openid) if options.openid else None,
                ),
                opening,
                accounts,
                applications(built, settings),
            ),
            **settings,
        )
        _tell(options, accounts is not None)
        try:
            with opened(opening, options, load_encoder, accounts, metrics):
                _wait(page)
                stopping.set()
                _let_finish(lambda: metrics.running + count_waiting())
        except Exception:
            time.sleep(_TELLING_S)
            page.close(verbose=False)  # pending requests still get their error
            raise
        finally:
            _close(page)


def _served(options: ServerOptions) -> str:
    """Return the folders that are served, in words."""
    if options.folder:
        return str(options.folder)
    return listed([str(folder.path) for folder in recorded_folders(options.index)])


def _wait(page: gr.Blocks) -> None:
    """Wait for Ctrl-C or SIGTERM. Gradio's own wait then gives open pages five seconds to go, which they never do."""
    try:
        while page.is_running:
            time.sleep(_LOOK_S)
    except KeyboardInterrupt:
        print("Stopped.", flush=True)


def _let_finish(unanswered: Callable[[], int]) -> None:
    """Wait a little until questions are answered and the answers sent; a second Ctrl-C ends the wait."""
    until = time.monotonic() + _FINISHING_S
    with suppress(KeyboardInterrupt):
        if unanswered():
            while unanswered() and time.monotonic() < until:
                time.sleep(_LOOK_S)
            time.sleep(_SENDING_S)


def _is_ready(opening: Opening, stopping: threading.Event) -> bool:
    service = opening.service
    is_open = service.done() and not service.cancelled() and service.exception() is None
    return is_open and not stopping.is_set()


def _close(page: gr.Blocks) -> None:
    """Close the page, the server and its tunnels at once; open pages keep their connections and would delay it for ever."""
    logging.getLogger("uvicorn.error").disabled = True  # it would log a traceback for each open page
    if page.server is not None:
        page.server.force_exit = True
    page.close(verbose=False)
    for tunnel in CURRENT_TUNNELS:  # opened by --share, each in its own process
        tunnel.kill()  # type: ignore[no-untyped-call]


def _web_options(
    options: ServerOptions,
    checks: Sequence[Middleware],
    opening: Opening,
    accounts: Accounts | None,
    others: Mapping[Role, FastAPI],
) -> dict[str, Any]:
    """Return the options of the web application: its checks, what runs with it, and MCP's routes.

    Args:
        options: the server's options.
        checks: see `guards`.
        opening: the futures that MCP waits for.
        accounts: of those who may log in; None if nobody has to.
        others: the web applications of the roles above the lowest.
    """
    mcp = mcp_parts(opening.service, checks_host=accounts is None) if options.mcp else None

    @asynccontextmanager
    async def lifespan(application: object) -> AsyncIterator[None]:
        async with started(others), mcp.lifespan() if mcp else nullcontext():
            yield

    pages_last = Middleware(PageOfRole, pages=others, shared=frozenset((PATH,)))
    return {
        "middleware": [*checks, pages_last],
        "routes": mcp.routes if mcp else None,
        "lifespan": lifespan,
        "openapi_url": None,
    }


def _tell(options: ServerOptions, with_accounts: bool) -> None:
    """Print where the server is, and who can use it."""
    address = f"http://{options.host}:{options.port}"
    print(f"Serving {_served(options)} at {address} (press Ctrl-C to stop)", flush=True)
    if with_accounts:
        print("Everyone logs in: python -m qa_app users list", flush=True)
    if with_accounts and not options.local and not options.share:
        print(
            "Passwords and articles cross the network as they are: put a proxy with TLS before it, see docs/security.md",
            flush=True,
        )
    if options.mcp:
        print(f"MCP (streamable HTTP) at {address}{PATH}", flush=True)
