"""Keep a writer within its limits, and stop it as soon as nobody waits for it."""

import logging
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from queue import Empty, SimpleQueue

from qa_app.generation.writer import Limits, Writer, WriterFailed
from qa_app.types import Turn

logger = logging.getLogger(__name__)

BEAT_S = 1.0
"""Seconds between signs of life from the writer, at each of which the caller can stop it."""


def within(writer: Writer, messages: Sequence[Turn], limits: Limits) -> Generator[str, None, None]:
    """Yield the reply's pieces, and an empty one every second without any. Closing the iterator stops the writer.

    The writer runs in its own thread: whatever it waits for, the caller waits no longer than the limits.

    Raises:
        WriterFailed: the writer failed or exceeded a limit; the pieces yielded are the beginning of a reply.
    """
    arrived: SimpleQueue[str | WriterFailed | None] = SimpleQueue()
    left = threading.Event()
    started = time.monotonic()
    threading.Thread(target=_pump, args=(writer, messages, limits, arrived, left), name="writer", daemon=True).start()
    characters = 0
    try:
        while True:
            limit = limits.total_s if characters else min(limits.first_s, limits.total_s)
            remaining = started + limit - time.monotonic()
            if remaining <= 0:
                state = "finished" if characters else "started"
                raise WriterFailed(
                    f"The writer {writer.name} had not {state} after {limit:g} s.",
                    "Ask again, or choose a faster model.",
                )
            try:
                piece = arrived.get(timeout=min(BEAT_S, remaining))
            except Empty:
                yield ""
                continue
            if isinstance(piece, WriterFailed):
                raise piece
            if piece is None:
                return
            characters += len(piece)
            if characters > limits.characters:
                raise WriterFailed(
                    f"The writer {writer.name} wrote more than {limits.characters} characters.",
                    "Ask a narrower question, or choose another model.",
                )
            yield piece
    finally:
        left.set()


def _pump(
    writer: Writer,
    messages: Sequence[Turn],
    limits: Limits,
    arrived: "SimpleQueue[str | WriterFailed | None]",
    left: threading.Event,
) -> None:
    """Put the pieces into the queue, then None, or the error."""
    try:
        with closing(_pieces(writer, messages, limits)) as pieces:
            for piece in pieces:
                arrived.put(piece)
                if left.is_set():
                    return
        arrived.put(None)
    except WriterFailed as error:
        arrived.put(error)
    except Exception as error:  # or the caller would wait until a time limit
        logger.exception("the writer failed")
        arrived.put(WriterFailed(f"The writer {writer.name} failed ({type(error).__name__}).", "Check the log."))


def _pieces(writer: Writer, messages: Sequence[Turn], limits: Limits) -> Generator[str, None, None]:
    yield from writer.write(messages, limits.tokens)
