"""Milvus Lite's server as a process of its own; it speaks the protocol of Milvus Standalone and Distributed."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from embeddings.storage.search_place import MilvusPlace

_MISSING = importlib.util.find_spec("pymilvus") is None or importlib.util.find_spec("milvus_lite") is None
if _MISSING and os.environ.get("CI") == "true":
    raise RuntimeError("pymilvus or milvus-lite missing: in CI, these tests must not be skipped")
NEEDS_MILVUS = pytest.mark.skipif(_MISSING, reason="pip install -r requirements-milvus.txt milvus-lite")

_START_S = 60.0


class MilvusLite:
    """A server on this machine, with its data in a folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def place(self, name: str = "news") -> MilvusPlace:
        return MilvusPlace("127.0.0.1", self.port, name)

    def start(self) -> None:
        """Start it, with the data that it had."""
        command = "from milvus_lite.cmdline import main; main()"
        arguments = ["server", "--data-dir", str(self._data), "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen([sys.executable, "-c", command, *arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_S
        while True:
            assert self._process.poll() is None and time.monotonic() < deadline
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it answer nothing for a while."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)
