"""The command that serves the web chat over a folder of articles: `python app.py`, `articles-chat` once installed."""

import argparse
import os
from pathlib import Path
from typing import NoReturn

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported: nothing leaves this machine

from embeddings.command_line import end_process, run_command
from embeddings.config import DEFAULT_INDEX
from embeddings.encoders.encoder import Encoder
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import recorded_encoder
from embeddings.safeguards import folder_to_index
from embeddings.storage.builds import has_index
from qa_app.commands.options import add_threshold_argument
from qa_app.config import is_loopback, with_threshold
from qa_app.generation.opening import add_writer_arguments, given_writer
from qa_app.serving.options import ServerOptions


def main() -> NoReturn:
    """Serve the page until Ctrl-C or SIGTERM, then end the process with the exit status."""
    arguments = parse_arguments()
    end_process(run_command(lambda: open_and_serve(arguments)))


def open_and_serve(arguments: argparse.Namespace) -> int:
    from qa_app.serving.server import check, serve

    options = ServerOptions(
        folder=folder_to_index(arguments.index, arguments.folder, change_folder=arguments.change_folder),
        change_folder=arguments.change_folder,
        index=arguments.index,
        host=arguments.host,
        port=arguments.port,
        share=arguments.share,
        mcp=arguments.mcp,
        config=with_threshold(arguments.threshold),
        writer=given_writer(arguments),
    )
    check(options)  # said before the page is served
    name = recorded_encoder(options.index) if has_index(options.index) else PACKAGED_ENCODER

    def load_encoder() -> Encoder:
        return SentenceEncoder(arguments.encoder or name, download=arguments.encoder is not None)

    serve(options, load_encoder)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask a folder of articles in a web chat; answers quote their words.")
    add = parser.add_argument
    add("folder", nargs="?", type=Path, help="the articles (default: the index's own folder; for a new index, seeds)")
    add("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="where the index lies (default: index)")
    add("--change-folder", action="store_true", help="make an index of another folder an index of this one")
    add("--encoder", metavar="MODEL", help="a model folder or hub name (default: the one that made the index)")
    add_threshold_argument(parser)
    add_writer_arguments(parser)
    add("--host", default="127.0.0.1", help="address to serve on (default: 127.0.0.1, this machine only)")
    add("--port", type=int, default=7860, help="port to serve on (default: 7860)")
    add("--share", action="store_true", help="also open a public link through Gradio's servers (default: off)")
    add("--mcp", action="store_true", help="also offer ask, search and read_article to language models, at /mcp")
    options = parser.parse_args()
    if options.mcp and (options.share or not is_loopback(options.host)):
        parser.error("--mcp serves this machine only: leave out --share, and leave --host at 127.0.0.1")
    if options.change_folder and options.folder is None:
        parser.error("--change-folder needs the folder that the index is to belong to")
    return options
