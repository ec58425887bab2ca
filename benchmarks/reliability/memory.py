"""Several thousand questions to one server: by how much its memory grows with each."""

import argparse
import threading
import time
from itertools import count
from pathlib import Path

import numpy as np

from benchmarks.reliability.asking import QUESTIONS, ask, memory_mb, wait_until_ready
from tests.serving import serving

_AT_ONCE = 4
_SAMPLES = 100
# Caches fill up at first: this share of the questions is not looked at.
_WARM = 0.3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=120.0, help="ask no longer than this (default: 120)")


def run(options: argparse.Namespace, place: str) -> int:
    """Print the memory before, after, and its slope over the last 70 % of the questions; returns 1 after an error."""
    samples: list[tuple[int, float]] = []
    errors, ended, numbers, lock = [0], [0], count(1), threading.Lock()
    every = max(1, options.questions // _SAMPLES)
    until = time.monotonic() + 60 * options.minutes
    with serving(Path(place)) as server:
        wait_until_ready(server.url)

        def person() -> None:
            while True:
                with lock:
                    number = next(numbers)
                if number > options.questions or time.monotonic() > until:
                    return
                outcome = ask(server.url, f"{QUESTIONS[number % len(QUESTIONS)]} {number}").outcome
                with lock:
                    ended[0] += 1
                    errors[0] += outcome != "answered"
                    if ended[0] % every == 0:
                        samples.append((ended[0], memory_mb(server.process.pid)))

        before = memory_mb(server.process.pid)
        people = [threading.Thread(target=person) for _ in range(_AT_ONCE)]
        for each in people:
            each.start()
        for each in people:
            each.join()
        after = memory_mb(server.process.pid)
    late = [sample for sample in samples if sample[0] >= _WARM * ended[0]]
    if len(late) < 2:
        print(f"Too few questions to tell: {ended[0]}.")
        return 1
    asked, held = np.array(late).T
    slope = float(np.polyfit(asked, held, 1)[0]) * 1000  # kB a question
    print(
        "| questions | errors | memory before | after 30 % | at the end | slope of the last 70 % |\n|---|---|---|---|---|---|"
    )
    print(
        f"| {ended[0]} | {errors[0]} | {before:.0f} MB | {late[0][1]:.0f} MB | {after:.0f} MB | {slope:.1f} kB a question |"
    )
    return int(errors[0] > 0)
