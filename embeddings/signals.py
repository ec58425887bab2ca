"""Handle Ctrl-C (from a terminal) and SIGTERM (from a service manager) in the same way."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType

Handler = Callable[[int, FrameType | None], object]


@contextmanager
def on_stop(handler: Handler = signal.default_int_handler) -> Iterator[None]:
    """Install `handler` for Ctrl-C and SIGTERM until the block ends; the default raises KeyboardInterrupt on either.

    If the parent process ignores Ctrl-C, as a shell does for background programs, it stays ignored. SIGTERM is never
    ignored, because it is how such a program is stopped. Main thread only.
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


@contextmanager
def without_ctrl_c() -> Iterator[None]:
    """Hold Ctrl-C back until the block ends. Threads that it starts, and processes that they start then or later, never get it.

    A terminal sends it to all processes of a program.
    """
    resource_tracker.ensure_running()  # starting it later would undo the next line
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
