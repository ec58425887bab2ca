"""The command loop of a measured process: JSON lines in and out. Standard library only, so it runs in every environment.

A request is `{"command": NAME, …arguments}`, its reply `{"result": …, "seconds": …}` or `{"error": REASON}`. "seconds" is
the time of the command alone, without reading and writing the lines. `{"command": "end"}` ends the process; its reply is
`{"result": {"versions": {…}, "peak_bytes": …}}`. Anything that a library prints goes to standard error.
"""

import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, TypedDict


class Found(TypedDict):
    """A passage that a system returned."""

    document: str
    """The file name in the corpus folder."""
    text: str


class System(Protocol):
    """A search over a folder of text files. Its encoder is loaded before the first command."""

    token_limit: int
    """Most tokens of a text that the encoder reads, special tokens included; longer texts are truncated."""

    def index(self, folder: Path, place: Path) -> None:
        """Read and index every file of the folder; a system that writes as it goes writes to `place`."""
        ...

    def encoded(self) -> list[str]:
        """Return the texts that `index` encoded, including any titles or metadata."""
        ...

    def store(self, place: Path) -> None:
        """Write the index to `place`, unless `index` already did."""
        ...

    def open(self, place: Path) -> None:
        """Open the index that another process stored in `place`."""
        ...

    def search(self, query: str, k: int) -> list[Found]:
        """Return at most `k` passages, best first."""
        ...


def serve_system(make: Callable[[Path], System], packages: Sequence[str]) -> None:
    """Serve a system; the script's first argument is the encoder's folder."""
    system = make(Path(sys.argv[1]))
    serve(
        {
            "peak": _peak_bytes,
            "index": lambda folder, place: system.index(Path(folder), Path(place)),
            "encoded": lambda: {"texts": system.encoded(), "token_limit": system.token_limit},
            "store": lambda place: system.store(Path(place)),
            "open": lambda place: system.open(Path(place)),
            "search": system.search,
        },
        packages,
    )


def serve(commands: Mapping[str, Callable[..., Any]], packages: Sequence[str]) -> None:
    """Answer requests until `end` or the end of the input; the reply to `end` has the versions of `packages`."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # anything printed now goes to standard error, not among the replies
    for line in sys.stdin:
        request = json.loads(line)
        name = request.pop("command")
        if name == "end":
            _reply(replies, {"result": {"versions": {p: version(p) for p in packages}, "peak_bytes": _peak_bytes()}})
            return
        try:
            started = time.perf_counter()
            result = commands[name](**request)
            seconds = time.perf_counter() - started
        except Exception as error:  # noqa: BLE001 - reported to the driver, which puts it in the table
            traceback.print_exc()
            reason = (str(error).strip() or "no message").split("\n")[0]
            _reply(replies, {"error": f"{name}: {type(error).__name__}: {reason}"})
        else:
            _reply(replies, {"result": result, "seconds": seconds})


def _reply(replies: Any, reply: Mapping[str, Any]) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


def _peak_bytes() -> int:
    """Return the process's peak resident memory: VmHWM on Linux, else `ru_maxrss`, which is in bytes on macOS (getrusage(2)).

    On Linux `ru_maxrss` survives exec, so it would include the memory of the parent process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
