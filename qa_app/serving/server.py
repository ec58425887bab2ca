"""Run the web server: page, API and MCP, until it is stopped."""

import logging
import time
from collections.abc import Callable

import gradio as gr
from gradio.tunneling import CURRENT_TUNNELS
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from embeddings.encoders.encoder import Encoder
from embeddings.index import recorded_folders
from embeddings.signals import on_stop
from qa_app.rendering.readable import listed
from qa_app.serving.access import READ_ONLY, NoUploads, OwnPageOnly
from qa_app.serving.mcp_server import PATH, mcp_options
from qa_app.serving.page.build import build_page, launch_options
from qa_app.serving.server_options import ServerOptions
from qa_app.serving.startup import Opening, opened

# Time for an error message to reach the open pages before the server closes.
_TELLING_S = 2.0
_LOOK_S = 0.1


def serve(options: ServerOptions, load_encoder: Callable[[], Encoder]) -> None:
    """Serve the page at once, load the index and models meanwhile, and run until Ctrl-C or SIGTERM.

    The server has its own threads, and the models load in this one, so either signal stops the loading at once. If
    loading fails, the open pages show the error, and then it is raised: a page without models is of no use, and the
    process must exit with an error like every other command.

    Raises:
        IndexMismatch, IndexDamaged, IndexBusy, ModelUnavailable, WriterUnavailable: loading failed.
    """
    opening = Opening()
    with on_stop():
        page = build_page(opening, options.private, options.writer)
        page.launch(
            server_name=options.host,
            server_port=options.port,
            share=options.share,
            prevent_thread_lock=True,
            mcp_server=False,  # not Gradio's but our own, whatever the environment says
            show_error=options.private,  # an unforeseen error may contain paths of this machine
            app_kwargs={"middleware": _guards(options)} | (mcp_options(opening.service) if options.mcp else {}),
            **launch_options(),
        )
        address = f"http://{options.host}:{options.port}"
        print(f"Serving {_served(options)} at {address} (press Ctrl-C to stop)", flush=True)
        if not options.private:
            print(f"Other machines can reach it. {READ_ONLY}", flush=True)
        if options.mcp:
            print(f"MCP (streamable HTTP) at {address}{PATH}", flush=True)
        try:
            with opened(opening, options, load_encoder):
                _wait(page)
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


def _close(page: gr.Blocks) -> None:
    """Close the page, the server and its tunnels at once; open pages keep their connections and would delay it for ever."""
    logging.getLogger("uvicorn.error").disabled = True  # it would log a traceback for each open page
    if page.server is not None:
        page.server.force_exit = True
    page.close(verbose=False)
    for tunnel in CURRENT_TUNNELS:  # opened by --share, each in its own process
        tunnel.kill()  # type: ignore[no-untyped-call]


def _guards(options: ServerOptions) -> list[Middleware]:
    """Return the middleware that checks each request."""
    if not options.private:
        return [Middleware(OwnPageOnly), Middleware(NoUploads)]
    # Refuse other host names, against DNS rebinding. IPv6 with and without brackets, because Starlette's releases
    # differ.
    hosts = [options.host, "127.0.0.1", "localhost", "::1", "[::1]"]
    return [Middleware(TrustedHostMiddleware, allowed_hosts=hosts), Middleware(OwnPageOnly)]
