"""Create a virtual environment from a requirements file, with `venv` and `pip`; needs a network connection."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from embeddings.errors import ArticlesError


class EnvironmentFailed(ArticlesError):
    """An environment could not be created."""


def make_environment(place: Path, requirements: Path, log: Path, options: Sequence[str] = ()) -> Path:
    """Return the Python of an environment with the requirements installed; reinstall only if these changed.

    Args:
        place: the environment's folder.
        requirements: a requirements file; every version in it is bounded.
        log: pip's output is appended here.
        options: further options for `pip install`, such as `--no-deps`.

    Raises:
        EnvironmentFailed: `venv` or `pip` failed.
    """
    python = place / "bin" / "python"
    stamp = place / f"made-from-{requirements.name}"
    wanted = f"{sys.version}\n{' '.join(options)}\n{requirements.read_text('utf-8')}"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"creating {place} from {requirements.name} …", file=sys.stderr)
    if not python.exists():
        _run([sys.executable, "-m", "venv", "--without-pip", str(place)], log)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--no-input", "--quiet"]
    _run([*pip, "install", *options, "-r", str(requirements)], log)
    stamp.write_text(wanted, "utf-8")
    return python


def _run(command: list[str], log: Path) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    with log.open("a", encoding="utf-8") as lines:
        lines.write(f"$ {' '.join(command)}\n{done.stdout}")
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if line.startswith("ERROR")] or done.stdout.splitlines()
        reason = errors[-1].removeprefix("ERROR: ").rstrip(".") if errors else f"status {done.returncode}"
        raise EnvironmentFailed(f"{reason}.", f"See {log}.")
