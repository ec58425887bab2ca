"""Start this project's programs quickly: each is forked from one process that has imported the libraries already.

Importing gradio and torch takes more processor time than most tests. A forked program runs its own `main` with
its own arguments, folder, environment and standard streams, and ends as a script ends. What a test says about imports, or
about what a program inherits from its parent, needs a process of its own: `subprocess`.
"""

import contextlib
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parents[1]
_REQUEST_BYTES = 1 << 20
# What most programs import: not sentence-transformers and transformers, which the packaged encoder does without.
_IMPORTS = ("qa_app.serving.server", "torch", "faiss", "tokenizers", "trafilatura", "py3langid")


class Program:
    """A running program, with the methods of `subprocess.Popen` that tests use."""

    def __init__(self, pid: int, ended: socket.socket, stdin: IO[str]) -> None:
        self.pid, self.stdin = pid, stdin
        self.returncode: int | None = None
        self._ended = ended

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, or minus the signal that ended it; raises `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            self._ended.settimeout(timeout)
            try:
                self.returncode = int(self._ended.recv(16))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from None
            self._ended.close()
        return self.returncode

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(arguments: Sequence[str], stdout: IO[str], stderr: IO[str] | None = None) -> Program:
    """Start `python ARGUMENTS` in the project's folder; `arguments` begin with a file or with `-m` and a module.

    Without `stderr`, both streams go to `stdout`.
    """
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    read, write = os.pipe()
    with there:
        request = json.dumps({"arguments": list(arguments), "environment": dict(os.environ)}).encode()
        files = [there.fileno(), read, stdout.fileno(), (stderr or stdout).fileno()]
        socket.send_fds(_preloaded(), [request], files)
    os.close(read)
    pid = int(here.recv(16))
    return Program(pid, here, os.fdopen(write, "w"))


def run(arguments: Sequence[str], *, text: str = "", timeout: float = 240) -> "subprocess.CompletedProcess[str]":
    """Run `python ARGUMENTS` with `text` as its standard input until it ends, and return its status and output."""
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
        program = start(arguments, stdout, stderr)
        with contextlib.suppress(BrokenPipeError), program.stdin as stdin:
            stdin.write(text)
        try:
            status = program.wait(timeout)
        except subprocess.TimeoutExpired:
            program.kill()
            raise
        stdout.seek(0)
        stderr.seek(0)
        return subprocess.CompletedProcess(list(arguments), status, stdout.read(), stderr.read())


@cache
def _preloaded() -> socket.socket:
    """Start the process that is forked; it ends when this process does, which closes the connection."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        command = [sys.executable, "-m", "tests.preloaded", str(there.fileno())]
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[there.fileno()], start_new_session=True)
    return here


def _wait_for_request(requests: socket.socket) -> tuple[list[str], dict[str, str]]:
    """Fork a program at each request; return in the program, with its streams set, its arguments and its environment."""
    while True:
        request, files, _, _ = socket.recv_fds(requests, _REQUEST_BYTES, 4)
        if not request:
            os._exit(0)
        if not os.fork():
            break
        for file in files:
            os.close(file)
    requests.close()
    client, *streams = files
    if program := os.fork():
        _report(program, socket.socket(fileno=client), streams)
    os.close(client)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    wanted = json.loads(request)
    return wanted["arguments"], wanted["environment"]


def _report(program: int, client: socket.socket, streams: Sequence[int]) -> NoReturn:
    """Send the program's process number and, when it has ended, its exit status."""
    for stream in streams:
        os.close(stream)
    client.send(str(program).encode())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    with contextlib.suppress(BrokenPipeError):
        client.send(str(status).encode())
    os._exit(0)


def _main() -> None:
    for name in _IMPORTS:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that report
    arguments, environment = _wait_for_request(socket.socket(fileno=int(sys.argv[1])))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    _main()
