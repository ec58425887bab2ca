"""A writer kept within its limits, and left at once when nobody waits any more."""

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
"""How often whoever waits hears that it goes on, and can stop it."""


def within(writer: Writer, messages: Sequence[Turn], limits: Limits) -> Generator[str, None, None]:
    """Yield the reply's pieces, and an empty one every second while none comes. Closing the iterator stops the writer.

    The writer runs in a thread of its own: whatever it waits for, no caller waits longer than the limits.

    Raises:
        WriterFailed: it failed, or went beyond a limit; what was yielded is the beginning of a reply.
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
                state = "was not done" if characters else "had not begun"
                raise WriterFailed(
                    f"The writer {writer.name} {state} after {limit:g} s.", "Ask again, or choose a quicker model."
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
                    f"The writer {writer.name} went on beyond {limits.characters} characters.",
                    "Ask more narrowly, or choose another model.",
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
    """Put the pieces into the queue, then None, or what went wrong."""
    try:
        with closing(_pieces(writer, messages, limits)) as pieces:
            for piece in pieces:
                arrived.put(piece)
                if left.is_set():
                    return
        arrived.put(None)
    except WriterFailed as error:
        arrived.put(error)
    except Exception as error:  # a broken writer must not leave its reader waiting
        logger.exception("the writer failed")
        arrived.put(WriterFailed(f"The writer {writer.name} failed ({type(error).__name__}).", "Look at the log."))


def _pieces(writer: Writer, messages: Sequence[Turn], limits: Limits) -> Generator[str, None, None]:
    yield from writer.write(messages, limits.tokens)
