"""Measure what a large folder costs: a sync when nothing has changed, and half of its files removed and added again.

    python -m benchmarks.large_folder OUT [--files 20000]        5 minutes on two busy cores

The folder has 100 short articles in each subfolder. Afterwards the index must equal what it was before the removal: the same
texts, chunks, vectors and answers to searches, with nothing left over.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from embeddings.doctor import examine
from embeddings.encoders.encoder import Vectors
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index
from embeddings.scan import scan
from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from embeddings.sync import sync

_PER_FOLDER = 100
_REPEATS = 7
_QUERIES = ("ships of the line 41", "What did the harbour office count in report 207?")
_SAME_COSINE = 0.999


@dataclass(frozen=True)
class Contents:
    """What an index holds, without the ids and times that differ from one indexing to another."""

    documents: list[tuple[str, str, tuple[tuple[int, int], ...]]]
    """Path, text and chunks of each."""
    vectors: Vectors
    scores: list[float]
    """Of what is found for a few queries, best first: by meaning, then by words. Of hits with one score any may be among them."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder")
    parser.add_argument("--files", type=int, default=20_000, metavar="N")
    options = parser.parse_args()
    folder, index, encoder = options.out / "articles", options.out / "index", SentenceEncoder()
    numbers = range(options.files)
    write(folder, numbers)

    def synced() -> None:
        sync(folder, index, encoder)

    rows = [("first sync, all encoded", f"{_seconds(synced):.0f} s")]
    time.sleep(2.5)  # until no file is recent: see `embeddings.scan`
    synced()
    before = contents(index, encoder)
    for name, work in (
        ("sync, nothing changed", synced),
        ("of that the scan of the folder", lambda: scan(folder)),
        ("of that the system's own work: list the folders, stat each file", lambda: _stat_all(folder)),
    ):
        wall, processor = _cost(work)
        rows.append((name, f"{wall:.0f} ms ({processor:.0f} ms of the processor)"))
    write(folder, numbers[1::2], remove=True)
    rows.append((f"sync after {options.files // 2:,} files were removed", f"{_seconds(synced):.1f} s"))
    write(folder, numbers[1::2])
    rows.append(("sync after they were added again", f"{_seconds(synced):.0f} s"))
    equal = same(contents(index, encoder), before)
    bad = [finding for finding in examine(index, encoder.identity) if not finding.ok]
    rows.append(("the index equals what it was, and doctor finds nothing", "yes" if equal and not bad else "NO"))
    print("\n".join(("| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows))))
    return 0 if equal and not bad else 1


def write(folder: Path, numbers: range, remove: bool = False) -> None:
    """Write these articles, or remove them."""
    for number in numbers:
        file = folder / f"{number // _PER_FOLDER:04}" / f"{number:07}.txt"
        if remove:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        words = f"In report {number} the harbour office counted {7 * number} ships of the line {number % 97}."
        file.write_text(f"Report {number}\n\n{words}\n", encoding="utf-8")


def contents(index: Path, encoder: SentenceEncoder) -> Contents:
    """Return what an index holds."""
    dimension = encoder.identity.dimension
    documents, ids = [], []
    with closing(Store(current_build(index).database)) as store, store.reading():
        for address in store.addresses():
            document, chunks = store.document(*address), store.chunks_of(*address)
            assert document is not None
            documents.append((document.path, document.text, tuple((chunk.start, chunk.end) for chunk in chunks)))
            ids += [chunk.chunk_id for chunk in chunks]
        vectors = np.concatenate([store.vectors_of(ids[i : i + 1000], dimension) for i in range(0, len(ids), 1000)])
    scores: list[float] = []
    with Index(index, encoder).snapshot() as snapshot:
        for query in _QUERIES:
            for hits in (snapshot.dense_search(encoder.encode_query(query), 10), snapshot.lexical_search(query, 10)):
                scores += [hit.score for hit in hits]
    return Contents(documents, vectors, scores)


def same(one: Contents, other: Contents) -> bool:
    """Return whether two indexes hold the same. Vectors that were encoded in other batches differ in their last digits."""
    cosines = np.einsum("ij,ij->i", one.vectors, other.vectors) if one.documents == other.documents else np.zeros(1)
    return (
        bool(cosines.min() > _SAME_COSINE)
        and len(one.scores) == len(other.scores)
        and np.allclose(one.scores, other.scores, atol=0.01)
    )


def _stat_all(folder: Path) -> None:
    for place, _, files in os.walk(folder):
        for file in files:
            os.stat(f"{place}/{file}")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _cost(work: Callable[[], object]) -> tuple[float, float]:
    """Return the median wall and processor time of a few runs, in milliseconds."""
    work()
    walls, processors = [], []
    for _ in range(_REPEATS):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(1000 * (time.perf_counter() - wall))
        processors.append(1000 * (time.process_time() - processor))
    return median(walls), median(processors)


if __name__ == "__main__":
    sys.exit(main())
