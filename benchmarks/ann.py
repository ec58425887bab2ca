"""Compare kinds of FAISS index on a large corpus: time, recall and memory; prints a Markdown table.

    python -m benchmarks.ann OUT --data data/squad/train.jsonl.gz [--size N]      10 minutes on two cores at a million

OUT is the working folder of `benchmarks.growth`; one of its corpora is searched. Recall is the share of the exact ten
nearest among the 50 candidates that the index returns. That is what counts: candidates are rescored with their stored vectors.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from benchmarks.known_questions import KnownQuestions
from benchmarks.large_corpus import real_chunks
from benchmarks.squad import DEFAULT_DATA, spread
from embeddings.encoders.encoder import Vectors
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index

# FAISS index_factory strings. HNSW cannot delete; it is here for comparison only.
_KINDS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("Flat", "", ()),
    ("IVF1024,SQ8", "nprobe", (32, 64, 128)),
    ("IVF2048,SQ8", "nprobe", (32, 64, 128, 256)),
    ("IVF2048,SQfp16", "nprobe", (64, 128)),
    ("HNSW32,SQ8", "efSearch", (64, 128)),
)
_HNSW_MOST = 100_000  # chunks; it takes hours at a million
_TRAINED = 131_072
_QUESTIONS = 200
_BROUGHT = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="working folder of benchmarks.growth")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "train.jsonl.gz")
    parser.add_argument("--size", type=int, default=1_000_000, metavar="N", help="which corpus (default: a million)")
    options = parser.parse_args()
    encoder = SentenceEncoder()
    questions = [q.question for q in spread(real_chunks(options.data, options.out, encoder).questions, _QUESTIONS)]
    known = KnownQuestions(encoder, questions)
    queries = np.stack([known.encode_query(question) for question in questions])  # (questions, dimension)
    with Index(options.out / str(options.size) / "index", known).snapshot() as snapshot:
        count = snapshot.size()
        vectors = np.concatenate([block for _, block in snapshot.store.vector_blocks(queries.shape[1], 20_000)])
    print(f"{count:,} chunks, {len(queries)} questions.\n")
    print("| index | probed | built in | MB | p50 | p95 | ten in 50 |\n|---|---|---|---|---|---|---|")
    nearest: npt.NDArray[np.int64] | None = None
    for name, parameter, values in _KINDS:
        if name.startswith("HNSW") and count > _HNSW_MOST:
            continue
        started = time.perf_counter()
        index: Any = faiss.index_factory(queries.shape[1], name, faiss.METRIC_INNER_PRODUCT)
        if not index.is_trained:
            index.train(vectors[:: max(1, count // _TRAINED)])
        index.add(vectors)
        made = time.perf_counter() - started
        size = faiss.serialize_index(index).nbytes / 1e6
        for value in values or (0,):
            if parameter:
                faiss.ParameterSpace().set_index_parameter(index, parameter, value)
            times, found = _searched(index, queries)
            nearest = found[:, :10] if nearest is None else nearest  # the first kind is exact
            recall = np.mean([len(set(ids) & set(exact)) / 10 for ids, exact in zip(found, nearest, strict=True)])
            p50, p95 = np.percentile(times, [50, 95])
            print(
                f"| {name} | {value or 'all'} | {made:.0f} s | {size:,.0f} | {p50:.1f} ms | {p95:.1f} ms | {100 * recall:.1f} % |",
                flush=True,
            )


def _searched(index: Any, queries: Vectors) -> tuple[list[float], npt.NDArray[np.int64]]:
    """Return the milliseconds of each search and the ids found, (questions, 50)."""
    times, found = [], []
    for query in queries:
        started = time.perf_counter()
        _, ids = index.search(query[np.newaxis, :], _BROUGHT)
        times.append(1000 * (time.perf_counter() - started))
        found.append(ids[0])
    return times, np.array(found)


if __name__ == "__main__":
    main()
