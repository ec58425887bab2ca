"""`python -m qa_app`: ask, search and measure on the command line. Each command is a module of qa_app/commands."""

import argparse
import logging
import sys

from embeddings.command_line import run_command
from embeddings.storage.database_place import settle_database
from embeddings.storage.search_place import settle_place
from qa_app.commands.ask import add_ask
from qa_app.commands.batch import add_batch
from qa_app.commands.eval import add_eval
from qa_app.commands.feedback import add_feedback
from qa_app.commands.make_questions import add_make_questions
from qa_app.commands.move_database import add_move_database
from qa_app.commands.search import add_search
from qa_app.commands.users import add_users
from qa_app.commands.verify import add_verify


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 success, 1 failure, 2 wrong usage."""
    options = build_parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.ERROR, stream=sys.stderr, format="%(name)s: %(message)s"
    )
    logging.getLogger("qa_app").setLevel(
        logging.DEBUG if options.verbose else logging.WARNING
    )  # our own warnings are for the user
    return run_command(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    settle_database(options.index, getattr(options, "database", None))
    settle_place(options.index, getattr(options, "store", None), is_new=False)
    status: int = options.command(options)
    return status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m qa_app",
        description="Ask questions about a folder of articles that python -m embeddings has indexed.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        *(add_ask, add_batch, add_search),
        *(add_eval, add_make_questions),
        *(add_verify, add_feedback),
        *(add_users, add_move_database),
    ):
        add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
