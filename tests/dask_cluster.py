"""A Dask scheduler and workers as processes on this machine, forked from one that has imported the libraries.

`dask scheduler` and `dask worker` do the same, but each takes a second of processor time to import them.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Coroutine
from contextlib import suppress
from functools import cache
from typing import Any

from embeddings.encoders.encoder import EncoderIdentity
from tests.fakes import WordEncoder
from tests.preloaded import ROOT

QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
"""Dask's settings for processes that watch themselves less: idle ones take a thirtieth of a core each otherwise."""


class DaskCluster:
    """A scheduler and workers; they end at the latest when this process does, which closes a pipe to the one that they are forked from."""

    def __init__(self, workers: int) -> None:
        started = _forks()
        assert started.stdin and started.stdout
        print(workers, file=started.stdin, flush=True)
        self.address, *numbers = started.stdout.readline().split()
        self._scheduler, *self._workers = map(int, numbers)

    def kill_worker(self) -> None:
        """End a worker as a crash does."""
        os.kill(self._workers.pop(), signal.SIGKILL)

    def kill_scheduler(self) -> None:
        """End the scheduler as a crash does."""
        os.kill(self._scheduler, signal.SIGKILL)

    def close(self) -> None:
        for pid in (self._scheduler, *self._workers):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def load_words(identity: EncoderIdentity, seconds_per_text: float = 0.0) -> WordEncoder:
    """Load the encoder of the tests on a worker."""
    return WordEncoder(identity.name, seconds_per_text=seconds_per_text)


def load_other_words(identity: EncoderIdentity) -> WordEncoder:
    """Load an encoder that is not the index's."""
    return WordEncoder("others")


@cache
def _forks() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.dask_cluster"]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _forked(program: Coroutine[Any, Any, None]) -> int:
    pid = os.fork()
    if not pid:
        asyncio.run(program)
        os._exit(0)
    program.close()
    return pid


def _main() -> None:
    import dask
    from distributed import Scheduler, Worker

    from embeddings.config import ChunkingConfig
    from embeddings.preparing import RawFile, prepare

    assert prepare(RawFile("a.txt", b"Boats came in.", "", ChunkingConfig()))  # imports what reads a text
    dask.config.set(QUIET)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    ended, alive = os.pipe()  # nothing is written: it is closed when this process ends

    async def end_with_this() -> None:
        os.close(alive)
        await asyncio.to_thread(os.read, ended, 1)
        os._exit(0)

    async def schedule(answer: int) -> None:
        async with Scheduler(host="127.0.0.1", port=0, dashboard=False, dashboard_address="127.0.0.1:0") as scheduler:
            os.write(answer, scheduler.address.encode())
            await end_with_this()

    async def work(address: str) -> None:
        async with Worker(address, nthreads=1, host="127.0.0.1"):
            await end_with_this()

    for workers in map(int, sys.stdin):
        read, write = os.pipe()
        children = [_forked(schedule(write))]
        address = os.read(read, 100).decode()
        children += [_forked(work(address)) for _ in range(workers)]
        print(address, *children, flush=True)


if __name__ == "__main__":
    _main()
