"""Whether somebody waits for an answer, so that work in the background can step aside."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Foreground:
    """Counts the questions that are being answered. Safe to use from several threads."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._answering = 0

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count a question until the block ends."""
        with self._change:
            self._answering += 1
        try:
            yield
        finally:
            with self._change:
                self._answering -= 1
                self._change.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until nobody waits for an answer, at most so long; return whether nobody does."""
        with self._change:
            return self._change.wait_for(lambda: not self._answering, seconds)
