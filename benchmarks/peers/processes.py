"""Start a measured process and send it commands, as JSON lines that `systems/serving.py` answers."""

import json
import os
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from embeddings.errors import ArticlesError

_ROOT = Path(__file__).resolve().parents[2]
# The slowest command, indexing 24 articles, takes a minute; one that takes longer than this has hung.
_PATIENCE_SECONDS = 1200
# No model hub, no telemetry, no tracing: nothing leaves this machine.
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
}


class SystemFailed(ArticlesError):
    """A measured system reported an error, exited early or hung."""


class MeasuredProcess:
    """A script of `systems/` in its own process and environment; a context manager that ends the process."""

    def __init__(self, python: Path, module: str, arguments: list[str], log: Path) -> None:
        """Start `python -m module arguments…`; append its standard error to `log`.

        Raises:
            SystemFailed: the process cannot be started.
        """
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            with log.open("a", encoding="utf-8") as errors:
                self._process = subprocess.Popen(
                    [str(python), "-m", module, *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    encoding="utf-8",
                    env={**os.environ, **_OFFLINE, "PYTHONPATH": os.pathsep.join(paths)},
                )
        except OSError as error:
            raise self._failed(f"{python} cannot be started: {error.strerror}") from error

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a command and return its reply: "result" and, except for `end`, "seconds".

        Raises:
            SystemFailed: the reply is an error, or the process exits without a reply.
        """
        assert self._process.stdin and self._process.stdout
        watchdog = threading.Timer(_PATIENCE_SECONDS, self._process.kill)
        watchdog.start()
        try:
            self._process.stdin.write(json.dumps({"command": command, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watchdog.cancel()
        if not line:
            raise self._failed(f"{command}: the process exited with status {self._process.wait()}{self._last_words()}")
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise self._failed(reply["error"])
        return reply

    def __enter__(self) -> "MeasuredProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()

    def _failed(self, what: str) -> SystemFailed:
        return SystemFailed(what.rstrip(".") + ".", f"See {self._log}.")

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", errors="replace").strip().splitlines()
        return f" ({lines[-1].strip()})" if lines else ""
