"""Run a format's reader in a process of its own, with limits of time and memory, so that a bad file costs only itself.

The process is started once and reads many files; after a failure the next file gets a new one. It imports the documents
package only. A file's bytes and what is made of them cross two pipes, each in one message.
"""

import atexit
import io
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import IO, Any, TypeVar

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.document import Document
from embeddings.documents.isolation_worker import OUT_OF_MEMORY, Request
from embeddings.documents.readers.format_reader import Extracted, FormatReader, Unreadable
from embeddings.documents.units import Context, Part, Unit
from embeddings.errors import ArticlesError, UnreadableFile

_T = TypeVar("_T")

SHORT_CHARS = 50_000
"""A text of so many characters may be read and cut where it is needed: it takes a second or two at worst, and a hundredth of
that as a rule. Longer ones hold up a server whose process does it."""

_START_SECONDS = 60.0
_STOP_SECONDS = 2.0
# `-c` instead of multiprocessing's spawn, which runs the main program's module again and so loads its models.
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from embeddings.documents.isolation_worker import main; main()"


@dataclass(frozen=True)
class Limits:
    """What reading one file may take."""

    seconds: float = 60.0
    """Processor time, so that a busy machine fails no good file."""
    waiting: float = 600.0
    """Seconds of wall time, for a reader that waits for something that never comes."""
    memory: int = 1_500_000_000
    """Bytes that the reading process holds in memory. Also limits what it reserves, on Linux."""
    file_bytes: int = 500_000_000
    """The size of the file itself."""


class ReaderUnavailable(ArticlesError):
    """The process that reads files cannot be started."""


class IsolatedReader:
    """A process that reads files, one at a time; it is started by the first file. Threads may share it."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Prepare to read files within `limits`."""
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def read(self, reader: FormatReader, data: bytes, name: str) -> list[Extracted | Unreadable]:
        """Return what `reader.read(data, name)` returns; see `run` for what is raised."""
        return list(self.run(reader.read, data, name))

    def run(self, work: Callable[[bytes, str], _T], data: bytes, name: str) -> _T:
        """Return what `work(data, name)` returns: articles, or values of Python's own types.

        Raises:
            UnreadableFile: the work raised it, failed, crashed, or went over a limit.
            ReaderUnavailable: the process cannot be started.
        """
        limits = self._limits
        if len(data) > limits.file_bytes:
            raise UnreadableFile(
                f"{name} has {_bytes(len(data))}; at most {_bytes(limits.file_bytes)} are read.",
                "Split it into smaller files.",
            )
        with self._lock:
            if self._worker is not None and not self._worker.is_running():
                self._stop()
            if self._worker is None:
                self._worker = _Worker()
            try:
                reply = self._worker.ask(Request(work, name, limits.seconds, limits.waiting, limits.memory), data)
            except _Failed as failure:
                self._stop()
                raise failure.as_error(name, limits) from None
            except BaseException:  # such as Ctrl-C: the pending reply must not answer the next file
                self._stop()
                raise
            if reply["retire"]:
                self._stop()
        if "result" not in reply:
            raise _error(reply, name, limits)
        result: _T = reply["result"]
        return result

    def close(self) -> None:
        """Stop the process; a later `read` starts it again."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def __enter__(self) -> "IsolatedReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass
class _Failed(Exception):
    """The process gave no reply."""

    status: int | None
    """Its exit status, negative for a signal; None if it was still running at the end of the time."""

    def as_error(self, name: str, limits: Limits) -> UnreadableFile:
        if self.status in (None, -signal.SIGALRM, -signal.SIGPROF):
            most = limits.seconds if self.status == -signal.SIGPROF else limits.waiting
            return UnreadableFile(
                f"{name} took longer than {most:g} s to read.",
                "Split it into smaller files, or save it again.",
            )
        if self.status == OUT_OF_MEMORY:
            return _out_of_memory(name, limits)
        how = signal.Signals(-self.status).name if self.status and self.status < 0 else f"exit status {self.status}"
        return UnreadableFile(
            f"{name} crashed the reader ({how}).", "Open it in the program that made it, and save it again."
        )


class _Worker:
    """The running process."""

    def __init__(self) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        its_input, to = os.pipe()
        from_, its_output = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, *sys.path], stdin=its_input, stdout=its_output, stderr=self._errors
            )
        finally:
            os.close(its_input)
            os.close(its_output)
        self._to = Connection(to, readable=False)
        self._from = Connection(from_, writable=False)
        try:
            self._receive(_START_SECONDS)
        except _Failed:
            self.stop()
            self._errors.seek(0)
            said = self._errors.read().decode("utf-8", "replace").strip().splitlines()
            raise ReaderUnavailable(
                f"The process that reads files does not start: {said[-1] if said else 'it says nothing'}.",
                "Install the program again: pip install -r requirements.txt",
            ) from None

    def ask(self, request: Request, data: bytes) -> dict[str, Any]:
        try:
            self._to.send_bytes(pickle.dumps(request))
            self._to.send_bytes(data)
        except OSError:
            raise _Failed(self._status()) from None
        return self._receive(request.waiting)

    def _receive(self, seconds: float) -> dict[str, Any]:
        try:
            if not self._from.poll(seconds):
                raise _Failed(None)
            reply = self._from.recv_bytes()
        except (EOFError, OSError):
            raise _Failed(self._status()) from None
        try:
            loaded: dict[str, Any] = _Articles(io.BytesIO(reply)).load()
        except pickle.UnpicklingError as error:
            return {"failed": str(error), "retire": True}
        return loaded

    def _status(self) -> int:
        """Return the exit status of the process, which has closed its pipes."""
        try:
            return self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._to.close()
        self._from.close()
        self._errors.close()


_KINDS = (Extracted, Unreadable, Document, Boilerplate, Block, Kind, Unit, Part, Context)


class _Articles(pickle.Unpickler):
    """Unpickles a reply, which may hold articles and nothing that runs code: the process has read a stranger's file."""

    def find_class(self, module: str, name: str) -> Any:
        for kind in _KINDS:
            if (module, name) == (kind.__module__, kind.__name__):
                return kind
        raise pickle.UnpicklingError(f"a reply holds no {module}.{name}")


def _error(reply: dict[str, Any], name: str, limits: Limits) -> UnreadableFile:
    if "unreadable" in reply:
        return UnreadableFile(*reply["unreadable"])
    if "failed" in reply:
        return UnreadableFile(
            f"{name} made its reader fail ({reply['failed']}).",
            "Open it in the program that made it, and save it again.",
        )
    return _out_of_memory(name, limits)


def _out_of_memory(name: str, limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        f"{name} needed more than {_bytes(limits.memory)} of memory to read.", "Split it into smaller files."
    )


def _bytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


_shared: dict[Limits, IsolatedReader] = {}
_shared_lock = threading.Lock()


def read_isolated(
    reader: FormatReader, data: bytes, name: str, limits: Limits | None = None
) -> list[Extracted | Unreadable]:
    """Read a file in the process that this program keeps for `limits`; see `IsolatedReader.read`."""
    return _kept(limits or Limits()).read(reader, data, name)


def run_isolated(work: Callable[[bytes, str], _T], data: bytes, name: str, limits: Limits | None = None) -> _T:
    """Work on a file in the process that this program keeps for `limits`; see `IsolatedReader.run`."""
    return _kept(limits or Limits()).run(work, data, name)


def _kept(limits: Limits) -> IsolatedReader:
    with _shared_lock:
        if not _shared:
            atexit.register(stop_isolated)
        return _shared.setdefault(limits, IsolatedReader(limits))


def stop_isolated() -> None:
    """Stop the processes that `read_isolated` and `run_isolated` keep."""
    with _shared_lock:
        readers = list(_shared.values())
    for reader in readers:
        reader.close()
