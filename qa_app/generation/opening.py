"""Open a writer, given its address, path or name."""

import argparse
import os
import threading
from dataclasses import dataclass
from functools import lru_cache

from qa_app.generation.local_writer import LocalWriter
from qa_app.generation.openai_server import ServerWriter
from qa_app.generation.writer import Limits, Writer, Writing

KEY_VARIABLES = ("ARTICLES_WRITER_KEY", "OPENAI_API_KEY")
"""Environment variables for a server's key; the first that is set is used."""

# Local models kept loaded; each takes as much memory as its file.
_SHARED = 2
_LOADING = threading.Lock()


@dataclass(frozen=True)
class WriterConfig:
    """Which writer to use, and how."""

    where: str
    """A server's address (http://… or https://…), a model's folder, a GGUF file, or the name of a downloaded model."""
    model: str | None = None
    """The server's name for the model; None if it has only one. Unused for a local model."""
    time_limit_s: float = Limits.total_s
    """Seconds from the question to the last word of the reply."""
    first_limit_s: float = Limits.first_s
    """Seconds to its first word."""
    hide_unsupported: bool = False
    """Leave unsupported sentences out of the answer; False marks them."""


def open_writer(config: WriterConfig) -> Writer:
    """Open the writer. A local model is loaded; a server is not contacted before the first question.

    Raises:
        WriterUnavailable: the writer cannot be opened; the message has the next step.
    """
    if "://" not in config.where:
        return LocalWriter(config.where)
    # Stripped: a key read from a file often ends in a newline, which a header cannot contain.
    keys = (os.environ.get(name, "").strip() for name in KEY_VARIABLES)
    key = next((key for key in keys if key), None)
    return ServerWriter(config.where, config.model, key, config.first_limit_s)


def open_writing(config: WriterConfig) -> Writing:
    """Open the writer with its limits, for `answer_events`; raises like `open_writer`."""
    return Writing(open_writer(config), _limits(config), config.hide_unsupported)


def shared_writing(config: WriterConfig) -> Writing:
    """Open the writer like `open_writing`, but load a local model once for all callers, whatever their limits."""
    if "://" in config.where:
        return open_writing(config)
    with _LOADING:
        return Writing(_shared_model(config.where), _limits(config), config.hide_unsupported)


@lru_cache(_SHARED)
def _shared_model(where: str) -> LocalWriter:
    return LocalWriter(where)


def _limits(config: WriterConfig) -> Limits:
    return Limits(total_s=config.time_limit_s, first_s=config.first_limit_s)


def add_writer_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a writer to a command line."""
    parser.add_argument(
        "--writer",
        metavar="WHERE",
        help="a chat model that writes the answer: a server's address (http://…), a model's folder, a GGUF file, or a "
        "downloaded model's name; see docs/writers.md (default: no writer, the answer quotes the articles)",
    )
    parser.add_argument("--writer-model", metavar="NAME", help="the name of the model on the writer's server")
    parser.add_argument(
        "--hide-unsupported",
        action="store_true",
        help="leave out sentences of the writer that the articles do not support",
    )


def given_writer(options: argparse.Namespace) -> WriterConfig | None:
    """Return the writer named on the command line; None if it names none."""
    if options.writer is None:
        return None
    return WriterConfig(options.writer, options.writer_model, hide_unsupported=options.hide_unsupported)
