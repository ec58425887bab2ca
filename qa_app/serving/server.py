"""Serve the page until it is stopped."""

import logging
import socket
import time
from collections.abc import Callable

import gradio as gr
from gradio.tunneling import CURRENT_TUNNELS
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from embeddings.encoders.encoder import Encoder
from embeddings.errors import ArticlesError
from embeddings.scan import check_folder
from embeddings.signals import on_stop
from qa_app.serving.access import READ_ONLY, NoUploads, OwnPageOnly
from qa_app.serving.mcp_server import PATH, check_mcp, mcp_options
from qa_app.serving.options import ServerOptions
from qa_app.serving.page.build import build_page, launch_options
from qa_app.serving.startup import Opening, opened

# How long a failure is given to reach the pages that are open.
_TELLING_S = 2.0


class PortInUse(ArticlesError):
    """The port cannot be had."""


def serve(options: ServerOptions, load_encoder: Callable[[], Encoder]) -> None:
    """Serve the chat at once, open what answers while it is served, and go on until Ctrl-C or SIGTERM.

    The server has threads of its own, so the models are loaded in this one: either stops the loading at once, and what
    cannot be opened ends the process with its message and status as in every other command. A page without models is
    of no use to anyone, and what started the process should know; pages that are open are told before it ends.

    Raises:
        IndexMismatch, IndexDamaged, IndexBusy, ModelUnavailable, WriterUnavailable: as they say.
    """
    opening = Opening()
    with on_stop():
        page = build_page(opening, options.private, options.writer)
        page.launch(
            server_name=options.host,
            server_port=options.port,
            share=options.share,
            prevent_thread_lock=True,
            mcp_server=False,  # ours is another, whatever the environment says
            show_error=options.private,  # an unforeseen one may name places of this machine
            app_kwargs={"middleware": _guards(options)} | (mcp_options(opening.service) if options.mcp else {}),
            **launch_options(),
        )
        address = f"http://{options.host}:{options.port}"
        print(f"Serving {options.folder} on {address} (Ctrl-C stops)", flush=True)
        if not options.private:
            print(f"Others can reach it. {READ_ONLY}", flush=True)
        if options.mcp:
            print(f"MCP (streamable HTTP) on {address}{PATH}", flush=True)
        try:
            with opened(opening, options, load_encoder):
                page.block_thread()
        except Exception:
            time.sleep(_TELLING_S)
            page.close(verbose=False)  # those who wait hear the rest of it
            raise
        finally:
            _close(page)


def _close(page: gr.Blocks) -> None:
    """Close the page and what carries it, without waiting for those who have it open: they listen as long as they do."""
    logging.getLogger("uvicorn.error").disabled = True  # it would log each of them with a traceback
    if page.server is not None:
        page.server.force_exit = True
    page.close(verbose=False)
    for tunnel in CURRENT_TUNNELS:  # of --share, each a process of its own
        tunnel.kill()  # type: ignore[no-untyped-call]


def _guards(options: ServerOptions) -> list[Middleware]:
    """Return what a request must pass."""
    if not options.private:
        return [Middleware(OwnPageOnly), Middleware(NoUploads)]
    # A web page whose name leads here may not read what is asked. Of IPv6 with and without its brackets, as releases of
    # Starlette differ.
    hosts = [options.host, "127.0.0.1", "localhost", "::1", "[::1]"]
    return [Middleware(TrustedHostMiddleware, allowed_hosts=hosts), Middleware(OwnPageOnly)]


def check(options: ServerOptions) -> None:
    """Refuse what cannot be served before anything is built: no folder, a port that is taken, MCP without its package.

    Raises:
        FolderMissing, PortInUse, McpMissing: with the next step.
    """
    if options.mcp:
        check_mcp()
    check_folder(options.folder)
    host, port = options.host, options.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise PortInUse(
                f"Port {port} on {host} cannot be used ({error}).", "Name another one with --port."
            ) from error
