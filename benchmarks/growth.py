"""Measure how cost grows from a thousand chunks to a million: disk, memory, opening, searching, adding, deleting.

    python -m benchmarks.growth OUT --data data/squad/train.jsonl.gz       30 minutes on two cores, 8 GB of disk

Prints a Markdown table and draws OUT/growth.png. OUT keeps the corpora: generating them takes most of the time. Each is
measured in its own process. The real encoder encodes the questions and the added article; the time to encode a question
is not counted, because it does not depend on the corpus.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.indexing import seconds
from benchmarks.known_questions import KnownQuestions
from benchmarks.large_corpus import LABELLED, LargeCorpus, RealQuestion, real_chunks
from benchmarks.squad import DEFAULT_DATA, spread
from embeddings.encoders.encoder import Vectors
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index, Snapshot
from embeddings.scope import Scope
from embeddings.storage.builds import current_build
from embeddings.storage.lexical import match_expression, query_words
from embeddings.storage.rows import Hit
from embeddings.storage.vector_cache import read_stamp
from embeddings.sync import sync
from qa_app.config import RetrievalConfig
from qa_app.retrieval import fuse, retrieve

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_QUESTIONS = 200
_COMPARED = 50
_REPEATS = 5
_NEAREST = 10
_ARTICLE_PARAGRAPHS = 8


@dataclass(frozen=True)
class Point:
    """What a corpus of one size costs. Times are in milliseconds; pairs are (p50, p95)."""

    chunks: int
    search: str
    disk_mb: float
    memory_mb: float
    """What opening the index adds to the process."""
    open_ms: float
    dense_ms: tuple[float, float]
    lexical_ms: tuple[float, float]
    fused_ms: tuple[float, float]
    limited_ms: tuple[tuple[float, float], ...]
    """The same, limited to the articles of a label, for each of `LABELLED`."""
    recall: float
    """Share, 0..1, of the exact ten nearest that the dense search finds."""
    limited_recall: tuple[float, ...]
    """The same among the articles of each label."""
    evidence: float
    """Share, 0..1, of a sample of questions whose own chunk is among the passages that are read."""
    evidence_exhaustive: float
    """The same with exact dense search and a word search by every word."""
    add_ms: float
    walk_ms: float
    """The part of adding or deleting that scans every file of the folder."""
    delete_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "train.jsonl.gz")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="chunks, ascending")
    parser.add_argument("--probe", type=int, metavar="N", help="measure the corpus of N chunks in OUT; print JSON")
    options = parser.parse_args()
    if options.probe:
        print(json.dumps(asdict(probe(options.data, options.out, options.probe))))
        return
    encoder = SentenceEncoder()
    real = real_chunks(options.data, options.out, encoder)
    for size in options.sizes:
        LargeCorpus(options.out / str(size), encoder, real).make(size)
    points = [_probed(options.data, options.out, size) for size in options.sizes]
    print(table(points))
    plot(points, options.out / "growth.png")


def _probed(data: Path, out: Path, size: int) -> Point:
    """Measure in a new process, so that its memory holds nothing else."""
    command = [sys.executable, "-m", "benchmarks.growth", str(out), "--data", str(data), "--probe", str(size)]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    values: Any = {name: _tuples(value) for name, value in found.items()}
    return Point(**values)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def probe(data: Path, out: Path, size: int) -> Point:
    """Measure the corpus of `size` chunks in `out`."""
    real_encoder = SentenceEncoder()
    asked = spread(real_chunks(data, out, real_encoder).questions, _QUESTIONS)
    questions = [one.question for one in asked]
    encoder = KnownQuestions(real_encoder, questions)
    before = _memory_mb()
    started = time.perf_counter()
    index = Index(out / str(size) / "index", encoder)
    opened = 1000 * (time.perf_counter() - started)
    build = current_build(index.path)
    stamp = read_stamp(build.vectors_file)
    assert stamp is not None
    candidates = RetrievalConfig().chunks_per_search
    vectors = np.stack([encoder.encode_query(question) for question in questions])
    with index.snapshot() as snapshot:
        dense = _percentiles(lambda i: snapshot.dense_search(vectors[i], candidates))
        memory = _memory_mb() - before
        lexical = _percentiles(lambda i: snapshot.lexical_search(questions[i], candidates))

    def whole(i: int) -> None:
        with index.snapshot() as fresh:
            retrieve(fresh, questions[i], RetrievalConfig())

    def limited(i: int, label: int) -> None:
        with index.snapshot() as fresh:
            retrieve(fresh.limited(Scope(labels=(str(label),))), questions[i], RetrievalConfig())

    fused = _percentiles(whole)
    within = tuple(_percentiles(partial(limited, label=label)) for label in LABELLED)
    with index.snapshot() as snapshot:
        recall, evidence, possible = _compared(snapshot, asked, vectors)
        scoped = tuple(_recall(snapshot.limited(Scope(labels=(str(label),))), vectors) for label in LABELLED)
    add, walk, delete = _changes(out / str(size), index, real_encoder)
    disk = sum(file.stat().st_size for file in build.folder.iterdir()) / 1e6
    return Point(
        size, stamp.search, disk, memory, opened, dense, lexical, fused, within,
        recall, scoped, evidence, possible, add, walk, delete,
    )  # fmt: skip


def _percentiles(work: Callable[[int], object]) -> tuple[float, float]:
    """Return p50 and p95 over the questions, in milliseconds, after twenty warm-up runs."""
    for i in range(20):
        work(i)
    times = [1000 * seconds(lambda i=i: work(i)) for i in range(_QUESTIONS)]  # type: ignore[misc]
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def _compared(snapshot: Snapshot, asked: Sequence[RealQuestion], vectors: Vectors) -> tuple[float, float, float]:
    """Return three shares, 0..1: recall of the exact ten nearest; evidence read, over a sample of the questions; and
    the same sample's evidence read with exact dense search and exhaustive word search.
    """
    config = RetrievalConfig()
    nearest = _exact(snapshot, vectors, config.chunks_per_search)
    read, readable = [], []
    for i in range(0, len(asked), max(1, len(asked) // _COMPARED)):
        one = asked[i]
        passages = [passage.chunk for passage in retrieve(snapshot, one.question, config)]
        read.append(any(chunk.text == one.text for chunk in passages))
        lexical = _exhaustive(snapshot, one.question, config.chunks_per_search)
        hits = {hit.chunk_id: hit for hit in nearest[i]}
        others = [hit.chunk_id for hit in lexical if hit.chunk_id not in hits]
        hits |= {j: Hit(j, cosine) for j, cosine in zip(others, snapshot.cosines(vectors[i], others), strict=True)}
        best = fuse(list(hits.values()), lexical, config.lexical_weight)[: config.passages]
        readable.append(any(chunk.text == one.text for chunk in snapshot.chunks([hit.chunk_id for hit in best])))
    return _share_found(snapshot, vectors, nearest), float(np.mean(read)), float(np.mean(readable))


def _recall(snapshot: Snapshot, vectors: Vectors) -> float:
    """Return the share, 0..1, of the exact ten nearest in a snapshot's scope that its dense search finds."""
    return _share_found(snapshot, vectors, _exact(snapshot, vectors, _NEAREST))


def _share_found(snapshot: Snapshot, vectors: Vectors, nearest: Sequence[Sequence[Hit]]) -> float:
    shares = []
    for vector, exact in zip(vectors, nearest, strict=True):
        best = {hit.chunk_id for hit in exact[:_NEAREST]}
        shares.append(len(best & {hit.chunk_id for hit in snapshot.dense_search(vector, _NEAREST)}) / len(best))
    return float(np.mean(shares))


def _exact(snapshot: Snapshot, vectors: Vectors, k: int) -> list[list[Hit]]:
    """Return the `k` nearest chunks of each vector in the snapshot's scope, by exhaustive comparison."""
    best: list[list[Hit]] = [[] for _ in vectors]
    allowed = np.array(snapshot.store.chunk_ids(snapshot.scope), dtype=np.int64)
    for ids, stored in snapshot.store.vector_blocks(vectors.shape[1], 20_000):
        wanted = np.isin(ids, allowed)
        ids, scores = ids[wanted], stored[wanted] @ vectors.T  # (wanted,), (wanted, questions)
        for i, column in enumerate(scores.T):
            top = np.argsort(-column)[:k]
            both = best[i] + [Hit(int(ids[j]), float(column[j])) for j in top]
            best[i] = sorted(both, key=lambda hit: (-hit.score, hit.chunk_id))[:k]
    return best


def _exhaustive(snapshot: Snapshot, question: str, k: int) -> list[Hit]:
    """Return the `k` best BM25 hits for all words of the question, common ones included."""
    words = query_words(question, snapshot.store.languages())
    return snapshot.store.match_words(match_expression(words), k, snapshot.size())


def _changes(out: Path, index: Index, encoder: SentenceEncoder) -> tuple[float, float, float]:
    """Return median milliseconds to add an article, to scan the folder, and to delete the article, until readers see it."""
    adds, walks, deletes = [], [], []
    folder = out / "articles"

    def synced() -> None:
        sync(folder, index.path, encoder)
        with index.snapshot():
            pass

    for repeat in range(_REPEATS):
        file = folder / f"new article {repeat}.txt"
        file.write_text("\n\n".join(_paragraphs(repeat)), encoding="utf-8")
        adds.append(1000 * seconds(synced))
        walks.append(1000 * seconds(lambda: sync(folder, index.path, encoder)))
        file.unlink()
        deletes.append(1000 * seconds(synced))
    return median(adds), median(walks), median(deletes)


def _paragraphs(repeat: int) -> Iterator[str]:
    for number in range(_ARTICLE_PARAGRAPHS):
        yield " ".join(
            f"In the {number}th part of report {repeat} the harbour office counted {number * repeat + i} ships of the line {i}."
            for i in range(7)
        )


def _memory_mb() -> float:
    """Return the process's resident memory; its peak where the system has no /proc."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def table(points: Sequence[Point]) -> str:
    """Return the points as a Markdown table, one column per size."""

    def pair(values: tuple[float, float]) -> str:
        return f"{values[0]:.1f} / {values[1]:.1f} ms"

    rows: dict[str, Callable[[Point], Any]] = {
        "on disk": lambda p: f"{p.disk_mb:,.0f} MB",
        "memory of the open index": lambda p: f"{p.memory_mb:,.0f} MB",
        "opening the index": lambda p: f"{p.open_ms:,.0f} ms",
        "dense search, p50 / p95": lambda p: pair(p.dense_ms),
        "word search": lambda p: pair(p.lexical_ms),
        "whole search: both, fused, texts fetched": lambda p: pair(p.fused_ms),
        "the same among the articles of a label, one in ten": lambda p: pair(p.limited_ms[0]),
        "the same, one in a hundred": lambda p: pair(p.limited_ms[1]),
        "recall of the exact ten nearest": lambda p: f"{100 * p.recall:.1f} %",
        "the same among one in ten; one in a hundred": lambda p: "; ".join(
            f"{100 * share:.1f} %" for share in p.limited_recall
        ),
        "evidence read (50 questions)": lambda p: f"{100 * p.evidence:.1f} %",
        "evidence read, with exact and exhaustive search": lambda p: f"{100 * p.evidence_exhaustive:.1f} %",
        "adding an article of eight chunks": lambda p: f"{p.add_ms:,.0f} ms",
        "deleting it": lambda p: f"{p.delete_ms:,.0f} ms",
        "the part of either that scans the folder": lambda p: f"{p.walk_ms:,.0f} ms",
        "kind of dense search": lambda p: p.search.partition(":")[0],
    }
    lines = ["| chunks | " + " | ".join(f"{p.chunks:,}" for p in points) + " |", "|" + "---|" * (len(points) + 1)]
    lines += [f"| {name} | " + " | ".join(str(value(p)) for p in points) + " |" for name, value in rows.items()]
    return "\n".join(lines)


def plot(points: Sequence[Point], file: Path) -> None:
    """Draw how time and space grow, on logarithmic axes."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
    sizes = [p.chunks for p in points]
    for name, values in (
        ("both, fused", [p.fused_ms for p in points]),
        ("words", [p.lexical_ms for p in points]),
        ("dense", [p.dense_ms for p in points]),
    ):
        left.plot(sizes, [v[0] for v in values], marker="o", label=name)
        left.fill_between(sizes, [v[0] for v in values], [v[1] for v in values], alpha=0.15)
    left.axhline(50, color="0.6", linestyle="--", linewidth=1)
    left.set(title="a search (band: to p95)", ylabel="ms")
    middle.plot(sizes, [p.add_ms for p in points], marker="o", label="add an article")
    middle.plot(sizes, [p.delete_ms for p in points], marker="s", label="delete it")
    middle.plot(sizes, [p.walk_ms for p in points], marker=".", color="0.6", label="the folder's walk in it")
    middle.set(title="a change", ylabel="ms")
    right.plot(sizes, [p.disk_mb for p in points], marker="o", label="disk, MB")
    right.plot(sizes, [p.memory_mb for p in points], marker="s", label="memory, MB")
    right.plot(sizes, [p.open_ms for p in points], marker=".", label="opening, ms")
    right.set(title="the index")
    for axes in (left, middle, right):
        axes.set(xscale="log", yscale="log", xlabel="chunks")
        axes.legend(fontsize="small")
        axes.grid(alpha=0.2)
    figure.savefig(file, dpi=110)


if __name__ == "__main__":
    main()
