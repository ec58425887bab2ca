"""Answers a second by threads and by processes, and the reader's speed by the size of a batch: what one machine's cores give."""

import argparse
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from benchmarks.reliability.asking import QUESTIONS
from embeddings.config import DEFAULT_FOLDER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.config import RetrievalConfig
from qa_app.pipeline import answer
from qa_app.reading import span_reader
from qa_app.retrieval import retrieve

# Processes times threads in each; PyTorch's own threads in each process, so that all cores are used and none twice.
_WAYS = ((1, 1), (1, 2), (1, 4), (2, 1), (2, 2))
_BATCHES = (1, 2, 4, 8, 16)
_START_S = 15.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=20.0, help="for each way (default: 20)")


def run(options: argparse.Namespace, place: str) -> int:
    """Print two tables: answers a second, and milliseconds of reading eight passages by the rows of a batch."""
    index = Path(place) / "index"
    sync(DEFAULT_FOLDER, index, SentenceEncoder())
    cores = os.cpu_count() or 1
    print("| processes | threads in each | answers a second |\n|---|---|---|")
    for processes, threads in _WAYS:
        rate = _of_processes(index, processes, threads, max(1, cores // processes), options.seconds)
        print(f"| {processes} | {threads} | {rate:.1f} |", flush=True)
    print("\n| rows in a batch | ms to read for a question |\n|---|---|")
    assistant = open_assistant(index)
    for rows in _BATCHES:
        print(f"| {rows} | {_reading_ms(assistant, rows):.0f} |", flush=True)
    return 0


def _of_processes(index: Path, processes: int, threads: int, cores: int, seconds: float) -> float:
    begin = time.time() + _START_S
    command = [sys.executable, "-m", "benchmarks.reliability.workers", str(index), str(threads), str(begin), str(seconds)]  # fmt: skip
    env = os.environ | {"OMP_NUM_THREADS": str(cores)}
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) for _ in range(processes)]
    return sum(int(one.communicate()[0]) for one in started) / seconds


def _answered(index: Path, threads: int, begin: float, seconds: float) -> int:
    """Answer questions with so many threads from a time of the clock on, for so long; return how many."""
    assistant = open_assistant(index)
    for question in QUESTIONS:
        answer(assistant, question)
    counts = [0] * threads
    if time.time() > begin:
        raise TimeoutError("the process started too late; stop other programs")
    time.sleep(begin - time.time())

    def person(number: int) -> None:
        while time.time() < begin + seconds:
            answer(assistant, QUESTIONS[(number + counts[number]) % len(QUESTIONS)])
            counts[number] += 1

    people = [threading.Thread(target=person, args=(number,)) for number in range(threads)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return sum(counts)


def _reading_ms(assistant: Assistant, rows: int) -> float:
    span_reader._BATCH_ROWS = rows
    times = []
    with assistant.index.snapshot() as snapshot:
        asked = [(question, retrieve(snapshot, question, RetrievalConfig())) for question in QUESTIONS]
        for question, passages in asked * 3:
            started = time.perf_counter()
            assistant.reader.read(question, passages)
            times.append(time.perf_counter() - started)
    return 1000 * sorted(times)[len(times) // 2]


if __name__ == "__main__":
    _, index_path, thread_count, when, how_long = sys.argv
    print(_answered(Path(index_path), int(thread_count), float(when), float(how_long)))
