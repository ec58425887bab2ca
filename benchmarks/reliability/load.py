"""Many people at once: answers a second, how long they take, who is told "busy", and memory; with a sync beside the last."""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.reliability.asking import asked_by, memory_mb, percentile, wait_until_ready
from tests.serving import serving


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, nargs="+", default=[1, 10, 50, 200])
    parser.add_argument("--seconds", type=float, default=120.0, help="for each number of people (default: 120)")
    parser.add_argument("--files", type=int, default=200, help="dropped into the folder during the last (default: 200)")


def run(options: argparse.Namespace, place: str) -> int:
    """Print a row for each number of people; returns 1 if a question ended in an error."""
    failed = False
    with serving(Path(place)) as server:
        wait_until_ready(server.url)
        asked_by(1, server.url, 5)
        print("| people | seconds | answered | a second | p50 | p95 | p99 | told busy | errors | memory |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for people in options.people:
            if people == options.people[-1]:
                _drop_files(server.folder, options.files)
            started = time.monotonic()
            found = asked_by(people, server.url, options.seconds)
            took = time.monotonic() - started  # until the last has an answer
            times = [asked.seconds for asked in found if asked.outcome == "answered"] or [0.0]
            counts = {name: sum(asked.outcome == name for asked in found) for name in ("answered", "busy", "error")}
            shares = " | ".join(f"{percentile(times, share):.2f} s" for share in (0.5, 0.95, 0.99))
            print(
                f"| {people} | {took:.0f} | {counts['answered']} | {counts['answered'] / took:.1f} | {shares}"
                f" | {counts['busy']} | {counts['error']} | {memory_mb(server.process.pid):.0f} MB |",
                flush=True,
            )
            failed = failed or counts["error"] > 0
        print(f"\n{_articles(server.index)} articles are indexed at the end, of {2 + options.files}.")
    return int(failed)


def _drop_files(folder: Path, count: int) -> None:
    """Put new articles into the served folder; the server reads them by itself."""
    text = (folder / "Arkadag_delegation_visits_Kazan.txt").read_text(encoding="utf-8")
    for number in range(count):
        (folder / f"visit_{number}.txt").write_text(text.replace("Arkadag", f"Town{number}"), encoding="utf-8")


def _articles(index: Path) -> int:
    command = [sys.executable, "-m", "embeddings", "status", "--index", str(index), "--json"]
    status = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return int(json.loads(status.stdout)["documents"])
