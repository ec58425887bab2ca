"""`python app.py`: the web chat over a folder of articles."""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # before the import: no word leaves this machine

from embeddings.command_line import run_command
from embeddings.config import DEFAULT_FOLDER, DEFAULT_INDEX
from embeddings.encoders.encoder import Encoder
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import recorded_encoder
from embeddings.storage.builds import has_index
from qa_app.config import THRESHOLD_HELP, is_loopback, share, with_threshold
from qa_app.generation.opening import add_writer_arguments, given_writer


def main() -> int:
    """Serve the page until Ctrl-C; returns the exit status."""
    options = parse_arguments()
    return run_command(lambda: open_and_serve(options))


def open_and_serve(options: argparse.Namespace) -> int:
    from qa_app.serving.server import check, serve

    check(options.folder, options.host, options.port, options.mcp)  # said before the page is served
    name = recorded_encoder(options.index) if has_index(options.index) else PACKAGED_ENCODER

    def load_encoder() -> Encoder:
        return SentenceEncoder(options.encoder or name, download=options.encoder is not None)

    config = with_threshold(options.threshold)
    place = (options.host, options.port, options.share, options.mcp)
    serve(options.folder, options.index, config, load_encoder, *place, given_writer(options))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask a folder of articles in a web chat; answers quote their words.")
    add = parser.add_argument
    add("folder", nargs="?", type=Path, default=DEFAULT_FOLDER, help="the articles, .txt and .md (default: seeds)")
    add("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="where the index lies (default: index)")
    add("--encoder", metavar="MODEL", help="a model folder or hub name (default: the one that made the index)")
    add("--threshold", type=share, metavar="P", help=THRESHOLD_HELP)
    add_writer_arguments(parser)
    add("--host", default="127.0.0.1", help="address to serve on (default: 127.0.0.1, this machine only)")
    add("--port", type=int, default=7860, help="port to serve on (default: 7860)")
    add("--share", action="store_true", help="also open a public link through Gradio's servers (default: off)")
    add("--mcp", action="store_true", help="also offer ask, search and read_article to language models, at /mcp")
    options = parser.parse_args()
    if options.mcp and (options.share or not is_loopback(options.host)):
        parser.error("--mcp serves this machine only: leave out --share, and leave --host at 127.0.0.1")
    return options


if __name__ == "__main__":
    sys.exit(main())
