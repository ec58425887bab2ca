"""Measure vector search in millions of chunks: quantised FAISS indexes on disk, rescored with float16 vectors; prints Markdown tables.

    python -m benchmarks.many_vectors OUT --data data/squad/train.jsonl.gz      an hour on two busy cores; 20 GB of disk, 8 GB of memory

The vectors are made as those of `benchmarks.large_corpus`: 6,000 chunks of SQuAD's training articles with their real vectors,
then variations of them. All indexes share one set of groups, as their training takes longest. Recall is the share of the
exact ten nearest that are among the first ten of the index, and among as many as are rescored. OUT keeps the vectors, the
exact results and the indexes. Each index is searched in a process of its own, once mapped and once read into memory.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from benchmarks.large_corpus import NOISE, REAL_CHUNKS, real_chunks
from benchmarks.squad import DEFAULT_DATA, spread
from embeddings.encoders.encoder import Vectors
from embeddings.encoders.sentence_encoder import SentenceEncoder

Ids = npt.NDArray[np.int64]

SIZES = (1_000_000, 10_000_000)
# FAISS's names of how an index stores a vector, and how many of its hits are rescored.
CODES = {"SQ8": 50, "PQ64": 500, "RaBitQ": 500}
PROBES = (16, 32, 64, 128, 256)
_GROUPS = 2048  # as in the program
_SAMPLES_PER_GROUP = 64
_ITERATIONS = 10
_BLOCK = 50_000
_QUESTIONS = 200
_NEAREST = 10


@dataclass(frozen=True)
class Clock:
    """Seconds of wall time and of the processor since it was made."""

    wall: float
    processor: float

    @classmethod
    def now(cls) -> "Clock":
        return cls(time.perf_counter(), time.process_time())

    def __str__(self) -> str:
        now = self.now()
        return f"{now.wall - self.wall:,.0f} s ({now.processor - self.processor:,.0f} s of the processor)"


@dataclass(frozen=True)
class Point:
    """What searching an index costs at one number of probes. Pairs are (p50, p95)."""

    probes: int
    wall_ms: tuple[float, float]
    """Of a search, rescoring included."""
    processor_ms: float
    """Mean of the same."""
    in_ten: float
    """Share, 0..1, of the exact ten nearest that are the first ten of the index."""
    in_rescored: float
    """Share of them among those that are rescored."""


@dataclass(frozen=True)
class Opened:
    """An index opened in a process."""

    open_ms: float
    own_mb: float
    """Memory of the process itself after all searches."""
    mapped_mb: float
    """Pages of files that it looked at, which processes share and the system may take back."""
    cold_ms: tuple[float, float]
    """Of a search, 64 probes, when nothing of its file has been read."""
    points: list[Point]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder; that of benchmarks.growth saves some minutes")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "train.jsonl.gz")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="vectors, ascending")
    parser.add_argument("--codes", nargs="+", default=list(CODES), choices=CODES)
    parser.add_argument("--probe", type=Path, metavar="FILE", help="search the index in FILE, mapped; print JSON")
    parser.add_argument("--read", action="store_true", help="with --probe: read the file instead")
    options = parser.parse_args()
    real, queries = _real_vectors(options.data, options.out)
    made = _Vectors(options.out, real, max(options.sizes))
    if options.probe:
        print(json.dumps(asdict(_opened(options.probe, made, queries, mapped=not options.read))))
        return
    made.make()
    made.find_nearest(queries, options.sizes)
    groups, assigned = _groups(options.out, made)
    for code in options.codes:
        for size in options.sizes:
            file = options.out / f"{code}-{size}.faiss"
            if not file.exists():
                _build(file, code, size, made, groups, assigned)
            arguments = ["-m", "benchmarks.many_vectors", str(options.out), "--data", str(options.data), "--sizes"]
            arguments += [*map(str, options.sizes), "--probe", str(file)]
            for how in ([], ["--read"]):
                command = [sys.executable, *arguments, *how]
                found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
                _print(code, size, file, Opened(**found), mapped=not how)


def _real_vectors(data: Path, out: Path) -> tuple[Vectors, Vectors]:
    """Return the vectors of the real chunks, (6000, dimension), and of the questions, (200, dimension); kept in `out`."""
    file = out / "questions.npy"
    if not file.exists():
        encoder = SentenceEncoder()
        real = real_chunks(data, out, encoder)
        np.save(file, np.stack([encoder.encode_query(asked.question) for asked in spread(real.questions, _QUESTIONS)]))
    return np.load(out / f"real-{REAL_CHUNKS}.npy"), np.load(file)


class _Vectors:
    """The vectors, in a file of float16; those of a smaller corpus come first."""

    def __init__(self, out: Path, real: Vectors, count: int) -> None:
        self.out, self._real, self.count = out, real, count
        self._file = out / f"vectors-{count}.f16"

    def make(self) -> None:
        """Write the file, unless it exists."""
        if self._file.exists():
            return
        partial, row = self._file.with_suffix(".part"), 2 * self._real.shape[1]
        made = partial.stat().st_size // (_BLOCK * row) * _BLOCK if partial.exists() else 0  # before it was interrupted
        with partial.open("r+b" if made else "wb") as stream:
            stream.seek(made * row)
            for first in tqdm(range(made, self.count, _BLOCK), desc="making", leave=False):
                stream.write(self._block(first, min(_BLOCK, self.count - first)).astype("<f2").tobytes())
        partial.replace(self._file)

    def _block(self, first: int, count: int) -> Vectors:
        random = np.random.default_rng(first)
        numbers = np.arange(first, first + count)
        is_real = numbers < len(self._real)
        vectors = self._real[np.where(is_real, numbers, random.integers(len(self._real), size=count))]
        noise = random.standard_normal(vectors.shape, dtype=np.float32)
        noise *= random.uniform(*NOISE, size=(count, 1)).astype(np.float32) / np.linalg.norm(
            noise, axis=1, keepdims=True
        )
        vectors += np.where(is_real[:, np.newaxis], np.float32(0), noise)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def mapped(self) -> npt.NDArray[np.float16]:
        """Return all vectors, (count, dimension), read when they are looked at."""
        return np.memmap(self._file, "<f2", "r", shape=(self.count, self._real.shape[1]))

    def blocks(self, most: int) -> Iterator[tuple[int, Vectors]]:
        """Yield the first `most` vectors in blocks, with the number of each block's first."""
        vectors = self.mapped()
        for first in range(0, most, _BLOCK):
            yield first, vectors[first : min(first + _BLOCK, most)].astype(np.float32)

    def find_nearest(self, queries: Vectors, sizes: Sequence[int]) -> None:
        """Compare every vector with every query, and keep the ten nearest for each size, unless they are known."""
        if all(self._nearest_file(size).exists() for size in sizes):
            return
        scores = np.full((len(queries), _NEAREST), -2, dtype=np.float32)
        ids = np.zeros((len(queries), _NEAREST), dtype=np.int64)
        started = Clock.now()
        for first, block in tqdm(self.blocks(max(sizes)), desc="comparing", total=max(sizes) // _BLOCK, leave=False):
            found = queries @ block.T
            best = np.argpartition(-found, _NEAREST, axis=1)[:, :_NEAREST]
            scores = np.hstack([scores, np.take_along_axis(found, best, axis=1)])
            ids = np.hstack([ids, best + first])
            order = np.argsort(-scores, axis=1)[:, :_NEAREST]
            scores, ids = np.take_along_axis(scores, order, axis=1), np.take_along_axis(ids, order, axis=1)
            if first + len(block) in sizes:
                np.save(self._nearest_file(first + len(block)), ids)
        print(f"Exact search for {len(queries)} questions: {started}.", flush=True)

    def nearest(self, size: int) -> Ids:
        """Return the ten nearest among the first `size` vectors, (questions, 10)."""
        found: Ids = np.load(self._nearest_file(size))
        return found

    def _nearest_file(self, size: int) -> Path:
        return self.out / f"nearest-{size}.npy"


def _groups(out: Path, made: _Vectors) -> tuple[Vectors, Ids]:
    """Return the centres of the groups, (groups, dimension), and the group of each vector, (count,); kept in `out`."""
    centres_file, assigned_file = out / f"groups-{made.count}.npy", out / f"assigned-{made.count}.npy"
    if not centres_file.exists():
        started = Clock.now()
        step = max(1, made.count // (_GROUPS * _SAMPLES_PER_GROUP))
        sample = np.concatenate([block[::step] for _, block in made.blocks(made.count)])
        means = faiss.Kmeans(sample.shape[1], _GROUPS, niter=_ITERATIONS, spherical=True, max_points_per_centroid=1000)
        means.train(sample)
        np.save(centres_file, np.asarray(means.centroids))
        print(f"{_GROUPS:,} groups trained with {len(sample):,} vectors: {started}.", flush=True)
    centres = np.load(centres_file)
    if not assigned_file.exists():
        started = Clock.now()
        quantizer = faiss.IndexFlatIP(centres.shape[1])
        quantizer.add(centres)
        blocks = tqdm(made.blocks(made.count), desc="assigning", total=made.count // _BLOCK, leave=False)
        np.save(assigned_file, np.concatenate([quantizer.search(block, 1)[1][:, 0] for _, block in blocks]))
        print(f"{made.count:,} vectors assigned to groups: {started}.", flush=True)
    return centres, np.load(assigned_file)


def _build(file: Path, code: str, size: int, made: _Vectors, centres: Vectors, assigned: Ids) -> None:
    started = Clock.now()
    index: Any = faiss.index_factory(centres.shape[1], f"IVF{len(centres)},{code}", faiss.METRIC_INNER_PRODUCT)
    index.quantizer.add(centres)  # its training is not repeated
    step = max(1, size // (1 << 16))
    index.train(np.concatenate([block[::step] for _, block in made.blocks(size)]))
    for first, block in tqdm(made.blocks(size), desc=file.stem, total=size // _BLOCK, leave=False):
        ids, groups = np.arange(first, first + len(block)), assigned[first : first + len(block)].copy()
        index.add_core(len(block), *map(faiss.swig_ptr, (block, ids, groups)))
    faiss.write_index(index, str(file))
    print(f"{code}, {size:,}: stored in {started}; {file.stat().st_size / size:.0f} bytes a chunk.", flush=True)


def _opened(file: Path, made: _Vectors, queries: Vectors, *, mapped: bool) -> Opened:
    code, _, size = file.stem.partition("-")
    nearest, stored = made.nearest(int(size)), made.mapped()
    before = _memory_mb()
    _forget(file)
    started = time.perf_counter()
    index: Any = faiss.read_index(str(file), faiss.IO_FLAG_MMAP if mapped else 0)
    opened = 1000 * (time.perf_counter() - started)
    if mapped:
        lists: Any = faiss.downcast_InvertedLists(index.invlists)
        lists.prefetch_nthread = 0  # see embeddings.storage.ann.mapped
    faiss.omp_set_num_threads(1)

    def searched(probes: int) -> Point:
        index.nprobe = probes
        times, ten, rescored = [], [], []
        processor = time.process_time()
        for query, exact in zip(queries, nearest, strict=True):
            began = time.perf_counter()
            _, ids = index.search(query[np.newaxis, :], CODES[code])
            best = _rescored(stored, query, ids[0])
            times.append(1000 * (time.perf_counter() - began))
            ten.append(len({*ids[0][:_NEAREST]} & {*exact}) / _NEAREST)
            rescored.append(len({*best} & {*exact}) / _NEAREST)
        spent = 1000 * (time.process_time() - processor) / len(queries)
        p50, p95 = np.percentile(times, [50, 95])
        return Point(probes, (float(p50), float(p95)), spent, float(np.mean(ten)), float(np.mean(rescored)))

    cold = searched(64).wall_ms
    points = []
    for probes in PROBES:
        searched(probes)  # so that what it reads is in the page cache
        points.append(searched(probes))
    own, files = (after - earlier for after, earlier in zip(_memory_mb(), before, strict=True))
    return Opened(opened, own, files, cold, points)


def _rescored(stored: npt.NDArray[np.float16], query: Vectors, ids: Ids) -> Ids:
    """Return the ten of `ids` whose stored vectors are nearest to the query."""
    ids = np.sort(ids[ids >= 0])
    return ids[np.argsort(-(stored[ids].astype(np.float32) @ query))[:_NEAREST]]


def _forget(file: Path) -> None:
    """Ask the system to drop the file from its page cache."""
    if hasattr(os, "posix_fadvise"):
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _memory_mb() -> tuple[float, float]:
    """Return the process's own memory, and what it has mapped of files; both resident. Linux only."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return tuple(int(lines[name].split()[0]) / 1000 for name in ("RssAnon", "RssFile"))  # type: ignore[return-value]


def _print(code: str, size: int, file: Path, opened: Opened, *, mapped: bool) -> None:
    print(
        f"\n{code}, {size:,} chunks, {file.stat().st_size / 1e6:,.0f} MB, {'mapped' if mapped else 'read'} in"
        f" {opened.open_ms:,.0f} ms; own memory {opened.own_mb:,.0f} MB, of files {opened.mapped_mb:,.0f} MB;"
        f" a cold search {opened.cold_ms[0]:.1f} / {opened.cold_ms[1]:.1f} ms\n\n"
        f"| probed | p50 / p95 | processor | ten in ten | ten in {CODES[code]} |\n|---|---|---|---|---|"
    )
    for each in opened.points:
        point = Point(**each) if isinstance(each, dict) else each
        print(
            f"| {point.probes} | {point.wall_ms[0]:.1f} / {point.wall_ms[1]:.1f} ms | {point.processor_ms:.1f} ms"
            f" | {100 * point.in_ten:.1f} % | {100 * point.in_rescored:.1f} % |",
            flush=True,
        )


if __name__ == "__main__":
    main()
