"""Compare a Milvus server with FAISS and FTS5 on one index: the same results, what a search and an update take.

    python -m benchmarks.stores INDEX milvus://HOST:PORT/NAME QUESTIONS.jsonl [--most 200]

The index is moved to the server and back; nothing is encoded but the questions.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index, recorded_encoder
from embeddings.move import move
from embeddings.scope import Scope
from embeddings.storage.search_place import MilvusPlace, parse_place
from qa_app.config import RetrievalConfig
from qa_app.evaluation.question_files import read_questions
from qa_app.retrieval import retrieve


@dataclass(frozen=True)
class Found:
    """What one store gives for the questions."""

    dense: list[dict[int, float]]
    """Scores by chunk, for each question."""
    lexical: list[dict[int, float]]
    passages: list[list[int]]
    """Chunks that would be read, best first."""
    dense_ms: list[float]
    lexical_ms: list[float]
    whole_ms: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("place", type=parse_place)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--most", type=int, default=200, metavar="N")
    options = parser.parse_args()
    questions = [each.question for each in read_questions(options.questions)][: options.most]
    encoder = SentenceEncoder.recorded(recorded_encoder(options.index))
    here = found(options.index, encoder, questions)
    seconds, chunks = moved(options.index, options.place)
    there = found(options.index, encoder, questions)
    back, _ = moved(options.index, None)
    rows = {
        "dense search, p50 / p95": (pair(here.dense_ms), pair(there.dense_ms)),
        "word search": (pair(here.lexical_ms), pair(there.lexical_ms)),
        "whole search: both, fused, texts fetched": (pair(here.whole_ms), pair(there.whole_ms)),
        f"moving {chunks:,} chunks": (f"{back:.1f} s", f"{seconds:.1f} s"),
    }
    lines = [
        "| | FAISS and FTS5 | Milvus |",
        "|---|---|---|",
        *(f"| {name} | {a} | {b} |" for name, (a, b) in rows.items()),
    ]
    same = sum(one == other for one, other in zip(here.passages, there.passages, strict=True))
    lines += [
        "",
        f"Of {len(questions)} questions the same passages would be read, in the same order, for {same}.",
        f"Largest difference of a score: dense {difference(here.dense, there.dense):.1e}, words {difference(here.lexical, there.lexical):.1e}.",
    ]
    print("\n".join(lines))


def found(index: Path, encoder: SentenceEncoder, questions: Sequence[str]) -> Found:
    """Search for the questions, without counting their encoding."""
    result = Found([], [], [], [], [], [])
    config = RetrievalConfig()
    with Index(index, encoder).snapshot() as whole:
        snapshot = whole.limited(Scope())
        for question in questions:
            vector = snapshot.encode_query(question)
            started = time.perf_counter()
            dense = snapshot.dense_search(vector, config.chunks_per_search)
            after_dense = time.perf_counter()
            lexical = snapshot.lexical_search(question, config.chunks_per_search)
            after_words = time.perf_counter()
            passages = retrieve(snapshot, question, config)
            result.whole_ms.append(1000 * (time.perf_counter() - after_words))
            result.dense_ms.append(1000 * (after_dense - started))
            result.lexical_ms.append(1000 * (after_words - after_dense))
            result.dense.append({hit.chunk_id: hit.score for hit in dense})
            result.lexical.append({hit.chunk_id: hit.score for hit in lexical})
            result.passages.append([passage.chunk.chunk_id for passage in passages])
    return result


def moved(index: Path, place: MilvusPlace | None) -> tuple[float, int]:
    """Move the index; return the seconds, and the number of its chunks."""
    started = time.perf_counter()
    chunks = move(index, place).chunks
    return time.perf_counter() - started, chunks


def difference(one: Sequence[dict[int, float]], other: Sequence[dict[int, float]]) -> float:
    """Return the largest difference of the scores of chunks that both have found."""
    return max(
        abs(here[i] - there[i]) for here, there in zip(one, other, strict=True) for i in here.keys() & there.keys()
    )


def pair(times: Sequence[float]) -> str:
    """Return p50 and p95."""
    return f"{np.percentile(times, 50):.1f} / {np.percentile(times, 95):.1f} ms"


if __name__ == "__main__":
    main()
