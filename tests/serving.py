"""A real server for tests: `python app.py` in its own process, on a free port."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.preloaded import ROOT, Program, start

_START_S = 180


@dataclass(frozen=True)
class Served:
    url: str
    folder: Path
    index: Path
    log: Path
    process: "subprocess.Popen[str] | Program"

    def say(self, word: str) -> None:
        """Send a line to a gated server; see tests/gated_app.py."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    place: Path,
    *options: str,
    gated: bool = False,
    given: bool = True,
    port: int | None = None,
    forked: bool = True,
    suggests: bool = False,
    articles: Path = ROOT / "seeds",
) -> Iterator[Served]:
    """Run app.py with `options` on a copy of `articles` until the block ends; a gated server waits for `say` to load.

    With `given` False, it takes the folders that the index has. With `forked` False, it inherits from this process as a
    user's program from a shell, and starts ten seconds later. Only with `suggests`, it looks for
    questions to suggest, which takes more time than most tests.
    """
    folder, index, log, port = place / "articles", place / "index", place / "log", port or free_port()
    shutil.copytree(articles, folder, dirs_exist_ok=True)
    program = ["-m", "tests.gated_app"] if gated else ["app.py"]
    command = [*program, *([str(folder)] if given else []), "--index", str(index), "--port", str(port), *options]
    if not suggests:
        command.append("--no-suggestions")
    with log.open("w") as output:
        process = start(command, output) if forked else _started(command, output)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            yield Served(url, folder, index, log, process)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _started(command: Sequence[str], output: IO[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, *command]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, text=True
    )


def _wait(url: str, process: "subprocess.Popen[str] | Program", log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server exited:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/gradio_api/startup-events", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start in {_START_S} s:\n{log.read_text()}")
