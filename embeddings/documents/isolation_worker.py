"""The process in which `IsolatedReader` works on files: it takes a file, reads it within limits and replies, again and again.

It ends when the program that started it does, however that happens.
"""

import os
import pickle
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from embeddings.errors import UnreadableFile

OUT_OF_MEMORY = 77
"""The exit status of a process that held more memory than allowed."""

_WATCH_SECONDS = 0.05
# After the parent's own timeout: this ends a reader that hangs when the parent has died.
_ALARM_AFTER_SECONDS = 5.0
_STATM = Path("/proc/self/statm")  # Linux only
_PAGE_BYTES = resource.getpagesize()


@dataclass(frozen=True)
class Request:
    """Work on one file; its bytes follow in a message of their own."""

    work: Callable[[bytes, str], Any]
    """Takes the bytes and the name."""
    name: str
    seconds: float
    """Processor time."""
    waiting: float
    """Wall time, likewise in seconds."""
    memory: int
    """Bytes."""


def main() -> None:
    """Answer requests from standard input on standard output until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which ends this process
    requests, replies = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    silence = os.open(os.devnull, os.O_RDWR)
    # A library that prints must not write into a reply.
    os.dup2(silence, 0)
    os.dup2(2, 1)
    watch = _Watch(os.getppid())
    replies.send_bytes(pickle.dumps({}))
    # What libraries say of a bad file is not for the user.
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    while True:
        try:
            request: Request = pickle.loads(requests.recv_bytes())
            data = requests.recv_bytes()
        except (EOFError, OSError):
            os._exit(0)  # no exit handlers: the program is gone
        with watch.limited(request):
            reply = _done(request, data)
        del data
        reply["retire"] = "memory" in reply or _held() > request.memory / 2
        replies.send_bytes(pickle.dumps(reply, protocol=pickle.HIGHEST_PROTOCOL))


def _done(request: Request, data: bytes) -> dict[str, Any]:
    try:
        return {"result": request.work(data, request.name)}
    except UnreadableFile as error:
        return {"unreadable": (error.what, error.next_step)}
    except MemoryError:
        return {"memory": True}
    except Exception as error:  # noqa: BLE001
        # A fault of the reader is reported with its place; the other files are read.
        where = traceback.extract_tb(error.__traceback__)[-1]
        return {"failed": f"{type(error).__name__}: {error}, {Path(where.filename).name}:{where.lineno}"[:500]}


class _Watch:
    """Ends the process when it holds too much memory, or when the program that started it is gone."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._most: int | None = None
        threading.Thread(target=self._run, daemon=True).start()
        self._reserved = _reserved()

    def limited(self, request: Request) -> "_Limited":
        """Return the context in which `request` is worked on."""
        return _Limited(self, request)

    def set(self, memory: int | None) -> None:
        """Limit the memory that the process holds, in bytes."""
        self._most = memory
        if self._reserved:
            # One huge request for memory fails at once, before the watch sees it. macOS does not enforce this limit.
            _, most = resource.getrlimit(resource.RLIMIT_AS)
            soft = most if memory is None else self._reserved + memory
            resource.setrlimit(resource.RLIMIT_AS, (soft, most))

    def _run(self) -> None:
        while True:
            time.sleep(_WATCH_SECONDS)
            most = self._most
            if most is not None and _held() > most:
                os._exit(OUT_OF_MEMORY)
            if os.getppid() != self._parent:
                os._exit(0)


class _Limited:
    def __init__(self, watch: _Watch, request: Request) -> None:
        self._watch = watch
        self._request = request

    def __enter__(self) -> None:
        # The signals' default action needs no Python, so that it also ends a library that hangs.
        signal.setitimer(signal.ITIMER_PROF, self._request.seconds)
        signal.setitimer(signal.ITIMER_REAL, self._request.waiting + _ALARM_AFTER_SECONDS)
        self._watch.set(self._request.memory)

    def __exit__(self, *_: object) -> None:
        self._watch.set(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _held() -> int:
    """Return the bytes of memory that this process holds; on macOS, the most it has held."""
    if _STATM.exists():
        return int(_STATM.read_bytes().split()[1]) * _PAGE_BYTES
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else held * 1024


def _reserved() -> int:
    """Return the bytes of addresses that this process has reserved; 0 where the system does not say."""
    return int(_STATM.read_bytes().split()[0]) * _PAGE_BYTES if _STATM.exists() else 0
