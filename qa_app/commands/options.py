"""Options shared by several commands, and what these options open."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embeddings.config import DEFAULT_INDEX
from embeddings.scope import Scope
from embeddings.storage.database_place import add_database_argument
from embeddings.storage.search_place import add_store_argument
from qa_app.assistant import Assistant, open_assistant
from qa_app.config import AnswerConfig, with_threshold
from qa_app.generation.opening import add_writer_arguments, given_writer, open_writing
from qa_app.generation.writer import Writing

Subparsers = Any
"""What `argparse.ArgumentParser.add_subparsers` returns; its class has no public name."""


def add_command(
    commands: Subparsers,
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
    *,
    answers: bool = False,
    as_json: bool = False,
) -> argparse.ArgumentParser:
    """Add a command to `python -m qa_app`; returns its parser, for its own options.

    Args:
        commands: what `add_subparsers` returned.
        name: of the command.
        run: runs it; returns the exit status.
        text: what it does, for --help.
        answers: whether it answers questions, and so takes --threshold and a writer.
        as_json: whether it takes --json.
    """
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    add = parser.add_argument
    add("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="the index's folder (default: index)")
    add_store_argument(parser)
    add_database_argument(parser)
    add("--verbose", action="store_true", help="log details to standard error")
    if answers:
        add_threshold_argument(parser)
        add_writer_arguments(parser)
    if as_json:
        add("--json", action="store_true", help="print JSON")
    parser.set_defaults(command=run)
    return parser


def add_threshold_argument(parser: argparse._ActionsContainer) -> None:
    """Add --threshold to a command line, or to a group of its options."""
    parser.add_argument(
        "--threshold",
        type=share,
        metavar="P",
        help="abstain below this confidence, 0 (never) to 1 "
        f"(default: the threshold that eval --calibrate fitted for the index, else {AnswerConfig.threshold})",
    )


def add_scope_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that limit which documents are searched."""
    limits = parser.add_argument_group("limits", "Search only the documents for which all that are given hold.")
    add = limits.add_argument
    add(
        "--in",
        dest="within",
        action="append",
        default=[],
        metavar="PATH",
        help="a document, or a folder of the corpus; may be repeated",
    )
    add("--author", action="append", default=[], metavar="WORDS", help="in the author's name; may be repeated")
    add("--language", action="append", default=[], metavar="CODE", help="en, ru, tr …; may be repeated")
    add("--folder", action="append", default=[], metavar="NAME", help="a folder of the index; may be repeated")
    add("--label", action="append", default=[], metavar="LABEL", help="a label of the document; may be repeated")
    add("--after", metavar="DAY", help="dated on this day or later, as 2025-03-31")
    add("--before", metavar="DAY", help="dated on this day or earlier")


def given_scope(options: argparse.Namespace) -> Scope:
    """Return the limits given on the command line.

    Raises:
        BadScope: a day cannot be understood.
    """
    return Scope(
        tuple(options.within),
        tuple(options.author),
        tuple(options.language),
        options.after,
        options.before,
        tuple(options.folder),
        tuple(options.label),
    )


def opened_assistant(options: argparse.Namespace) -> Assistant:
    """Open the assistant with an answering command's options."""
    return open_assistant(options.index, with_threshold(options.threshold))


def opened_writing(options: argparse.Namespace) -> Writing | None:
    """Open the writer named by an answering command's options; None if they name none."""
    writer = given_writer(options)
    return None if writer is None else open_writing(writer)


def share(text: str) -> float:
    """Parse a command-line number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 1, not {text}")
    return number


def positive(text: str) -> int:
    """Parse a command-line integer of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
