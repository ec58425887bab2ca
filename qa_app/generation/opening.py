"""From where a writer is to the writer, ready to be asked."""

import argparse
import os
import threading
from dataclasses import dataclass
from functools import lru_cache

from qa_app.generation.local_writer import LocalWriter
from qa_app.generation.openai_server import ServerWriter
from qa_app.generation.writer import Limits, Writer, Writing

KEY_VARIABLES = ("ARTICLES_WRITER_KEY", "OPENAI_API_KEY")
"""Variables of the environment that may hold a server's key; the first that is set counts."""

# Local models that stay loaded; each takes as much memory as its file.
_SHARED = 2
_LOADING = threading.Lock()


@dataclass(frozen=True)
class WriterConfig:
    """Which writer, and how it is to be used."""

    where: str
    """A server's address (http://… or https://…), a model's folder, a GGUF file, or the name of a downloaded model."""
    model: str | None = None
    """What the server calls the model; None where it has only one. Without meaning for a local model."""
    time_limit_s: float = Limits.total_s
    """Seconds that a reply may take, from the question to its last word."""
    first_limit_s: float = Limits.first_s
    """Seconds to its first word."""
    hide_unsupported: bool = False
    """Leave sentences without support out of the answer; False marks them."""


def open_writer(config: WriterConfig) -> Writer:
    """Return the writer. A local model is loaded; a server is not asked before the first question.

    Raises:
        WriterUnavailable: there is none; the message has the next step.
    """
    if "://" not in config.where:
        return LocalWriter(config.where)
    # Stripped: a key that was read from a file often ends in a newline, which no header may hold.
    keys = (os.environ.get(name, "").strip() for name in KEY_VARIABLES)
    key = next((key for key in keys if key), None)
    return ServerWriter(config.where, config.model, key, config.first_limit_s)


def open_writing(config: WriterConfig) -> Writing:
    """Return the writer with its limits, for `answer_events`; raises as `open_writer`."""
    return Writing(open_writer(config), _limits(config), config.hide_unsupported)


def shared_writing(config: WriterConfig) -> Writing:
    """Return the writer as `open_writing` does; a local model is loaded once for all who want it, whatever their limits."""
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
        help="a chat model that words the answer: a server's address (http://…), a model's folder, a GGUF file, or a "
        "downloaded model's name; docs/writers.md (default: none, the articles' own sentences)",
    )
    parser.add_argument("--writer-model", metavar="NAME", help="what the writer's server calls the model")
    parser.add_argument(
        "--hide-unsupported", action="store_true", help="leave out what the writer says and the articles do not"
    )


def given_writer(options: argparse.Namespace) -> WriterConfig | None:
    """Return the writer that a command line names; None for none."""
    if options.writer is None:
        return None
    return WriterConfig(options.writer, options.writer_model, hide_unsupported=options.hide_unsupported)
