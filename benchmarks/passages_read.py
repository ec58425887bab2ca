"""How many passages pay for themselves: quality and time over the number that are read, on SQuAD's fit questions.

    python -m benchmarks.passages_read OUT --data data/squad/dev.jsonl.gz        6 minutes on two cores

A Markdown table on standard output, a picture in OUT/passages_read.png.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.squad import DEFAULT_DATA, SquadQuestion, holds, spread, write_corpus
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index
from embeddings.sync import sync
from qa_app.answer_matching import exact_match, f1
from qa_app.config import RetrievalConfig
from qa_app.reading.span_reader import SpanReader, open_reader
from qa_app.retrieval import retrieve
from qa_app.types import Passage

_COUNTS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15)


@dataclass(frozen=True)
class Point:
    """What reading so many passages brings."""

    passages: int
    exact: float
    """Percent of the answerable questions, abstention switched off."""
    f1: float
    gold_read: float
    """Percent whose answer stands in a passage that is read."""
    gold_first: float
    milliseconds: float
    """Median, of reading alone."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    parser.add_argument("--questions", type=int, default=400, metavar="N", help="evenly spread (default: 400)")
    options = parser.parse_args()
    questions = [q for q in write_corpus(options.data, options.out / "articles") if q.answers and q.split == "fit"]
    encoder, reader = SentenceEncoder(), open_reader()
    sync(options.out / "articles", options.out / "index", encoder)
    with Index(options.out / "index", encoder).snapshot() as snapshot:
        asked = spread(questions, options.questions)
        found = [retrieve(snapshot, q.question, RetrievalConfig(passages=max(_COUNTS))) for q in asked]
        points = [_point(count, reader, asked, found) for count in _COUNTS]
    print("| passages read | exact match | F1 | gold read | gold first | reading, median |\n|---|---|---|---|---|---|")
    for p in points:
        print(
            f"| {p.passages} | {p.exact:.1f} | {p.f1:.1f} | {p.gold_read:.1f} | {p.gold_first:.1f} | {p.milliseconds:.0f} ms |"
        )
    _plot(points, options.out / "passages_read.png")


def _point(
    count: int,
    reader: SpanReader,
    questions: Sequence[SquadQuestion],
    found: Sequence[Sequence[Passage]],
) -> Point:
    rows = []
    for question, passages in zip(questions, found, strict=True):
        started = time.perf_counter()
        best = reader.read(question.question, passages[:count])[0]
        seconds = time.perf_counter() - started
        words = best.short_answer or ""
        gold = [_holds(passage, question) for passage in passages[:count]]
        rows.append(
            (
                exact_match(words, question.answers),
                f1(words, question.answers),
                any(gold),
                _holds(best.passage, question),
                seconds,
            )
        )
    columns = list(zip(*rows, strict=True))
    exact, overlap, read, first = (100 * float(np.mean(column)) for column in columns[:4])
    return Point(count, exact, overlap, read, first, 1000 * median(columns[4]))


def _holds(passage: Passage, question: SquadQuestion) -> bool:
    return holds(passage.chunk.document, passage.chunk.start, passage.chunk.end, question)


def _plot(points: Sequence[Point], file: Path) -> None:
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    counts = [point.passages for point in points]
    axes.plot(counts, [point.exact for point in points], marker="o", label="exact match")
    axes.plot(counts, [point.gold_first for point in points], marker="s", label="gold passage first")
    axes.plot(counts, [point.gold_read for point in points], marker=".", color="0.6", label="gold passage read")
    axes.set(xlabel="passages read", ylabel="% of answerable fit questions")
    time_axes = axes.twinx()
    time_axes.plot(counts, [point.milliseconds for point in points], color="tab:red", linestyle=":", label="time")
    time_axes.set_ylabel("ms, reading, median", color="tab:red")
    axes.legend(loc="lower right")
    figure.savefig(file, dpi=110)


if __name__ == "__main__":
    main()
