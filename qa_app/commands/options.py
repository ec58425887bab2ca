"""Options that several commands share, and what they open."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embeddings.config import DEFAULT_INDEX
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
    """Add a command to `python -m qa_app`; returns its parser, for the options of its own.

    Args:
        commands: what `add_subparsers` returned.
        name: of the command.
        run: does it; returns the exit status.
        text: what it does, for --help.
        answers: it answers questions, and takes --threshold and a writer.
        as_json: it takes --json.
    """
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    add = parser.add_argument
    add("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="where the index lies (default: index)")
    add("--verbose", action="store_true", help="log what is done on standard error")
    if answers:
        add_threshold_argument(parser)
        add_writer_arguments(parser)
    if as_json:
        add("--json", action="store_true", help="print JSON on standard output")
    parser.set_defaults(command=run)
    return parser


def add_threshold_argument(parser: argparse._ActionsContainer) -> None:
    """Add --threshold to a command line, or to a group of its options."""
    parser.add_argument(
        "--threshold",
        type=share,
        metavar="P",
        help="abstain below this confidence, 0 (never) to 1 "
        f"(default: the one fitted for the index by eval --calibrate, else {AnswerConfig.threshold})",
    )


def opened_assistant(options: argparse.Namespace) -> Assistant:
    """Open the assistant that the options of an answering command name."""
    return open_assistant(options.index, with_threshold(options.threshold))


def opened_writing(options: argparse.Namespace) -> Writing | None:
    """Open the writer that the options of an answering command name; None when they name none."""
    writer = given_writer(options)
    return None if writer is None else open_writing(writer)


def share(text: str) -> float:
    """Return the number from 0 to 1 that was given on a command line."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 1, not {text}")
    return number


def positive(text: str) -> int:
    """Return the number that was given on a command line, at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
