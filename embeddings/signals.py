"""Take Ctrl-C and SIGTERM alike: what ends a program on a terminal, and what ends it under a service manager."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], object]


@contextmanager
def on_stop(handler: Handler = signal.default_int_handler) -> Iterator[None]:
    """Let `handler` take Ctrl-C and SIGTERM until the block ends; the default raises KeyboardInterrupt at either.

    A Ctrl-C that the parent process had ignored, as a shell does for a program in the background, stays ignored.
    SIGTERM is never ignored: it is how such a program is stopped. To be called in the main thread.
    """
    before = {signal.SIGTERM: signal.getsignal(signal.SIGTERM)}
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        before[signal.SIGINT] = signal.getsignal(signal.SIGINT)
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
