"""The command that serves the web chat over a folder of articles: `python app.py`, or `articles-chat` once installed."""

import argparse
import os
from pathlib import Path
from typing import NoReturn

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # Gradio reads it on import; nothing may leave this machine

from embeddings.command_line import end_process, run_command
from embeddings.config import DEFAULT_INDEX
from embeddings.encoders.choice import add_encoder_arguments, chosen_encoder
from embeddings.encoders.encoder import Encoder
from embeddings.index import recorded_encoder
from embeddings.safeguards import folder_to_index
from embeddings.storage.builds import has_index
from embeddings.storage.database_place import add_database_argument, settle_database
from embeddings.storage.search_place import add_store_argument, settle_place
from qa_app.accounts.openid import read_openid
from qa_app.commands.options import add_threshold_argument
from qa_app.config import with_threshold
from qa_app.generation.opening import add_writer_arguments, given_writer
from qa_app.serving.checks import check
from qa_app.serving.server_options import ServerOptions


def main() -> NoReturn:
    """Serve the page until Ctrl-C or SIGTERM, then end the process with the exit status."""
    arguments = parse_arguments()
    end_process(run_command(lambda: open_and_serve(arguments)))


def open_and_serve(arguments: argparse.Namespace) -> int:
    settle_database(arguments.index, arguments.database)
    settle_place(arguments.index, arguments.store, is_new=not has_index(arguments.index))
    options = ServerOptions(
        folder=folder_to_index(arguments.index, arguments.folder, change_folder=arguments.change_folder),
        change_folder=arguments.change_folder,
        index=arguments.index,
        host=arguments.host,
        port=arguments.port,
        share=arguments.share,
        mcp=arguments.mcp,
        suggestions=not arguments.no_suggestions,
        config=with_threshold(arguments.threshold),
        writer=given_writer(arguments),
        json_log=arguments.log == "json",
        log_questions=arguments.log_questions,
        openid=read_openid(arguments.openid) if arguments.openid else None,
    )
    check(options)  # reports errors before the page is served
    recorded = recorded_encoder(options.index) if has_index(options.index) else None

    def load_encoder() -> Encoder:
        return chosen_encoder(arguments, recorded)

    from qa_app.serving.server import serve  # imports gradio, for which an error need not wait

    serve(options, load_encoder)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask a folder of articles in a web chat; answers quote the articles.")
    add = parser.add_argument
    add(
        "folder",
        nargs="?",
        type=Path,
        help="the articles (default: the folders of the index; for a new index, seeds)",
    )
    add("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="folder of the index (default: index)")
    add_store_argument(parser)
    add_database_argument(parser)
    add("--change-folder", action="store_true", help="sync with this folder even if the index belongs to another")
    add_encoder_arguments(parser, "model folder or Hugging Face name (default: the model that made the index)")
    add_threshold_argument(parser)
    add_writer_arguments(parser)
    add(
        "--host",
        default="127.0.0.1",
        help="address to serve on (default: 127.0.0.1, this machine only; others need accounts: python -m qa_app users)",
    )
    add("--port", type=int, default=7860, help="port to serve on (default: 7860)")
    add("--share", action="store_true", help="also create a public link through Gradio's servers; needs accounts")
    add("--mcp", action="store_true", help="also offer ask, search and read_article to language models, at /mcp")
    add("--no-suggestions", action="store_true", help="suggest no questions, and look for none in the background")
    openid = "let people with an account log in by OpenID Connect too, by the settings in this file: docs/security.md"
    add("--openid", type=Path, metavar="FILE", help=openid)
    logs = "what the log on standard error has: warnings as text, or requests and answers too, as JSON (default: text)"
    add("--log", choices=("text", "json"), default="text", help=logs)
    add("--log-questions", action="store_true", help="with --log json: also the text of questions")
    options = parser.parse_args()
    if options.log_questions and options.log != "json":
        parser.error("--log-questions needs --log json")
    if options.change_folder and options.folder is None:
        parser.error("--change-folder needs a folder, the index's new one")
    return options
