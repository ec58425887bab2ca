"""Compare chunk sizes and fusions on SQuAD: which passage holds the answer's words; Markdown tables on standard output.

    python -m benchmarks.retrieval --data data/squad/dev.jsonl.gz       8 minutes on two cores

Everything is chosen on the fit questions; the chosen line is repeated on the measure questions.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.known_questions import KnownQuestions
from benchmarks.squad import DEFAULT_DATA, SquadQuestion, holds, spread, write_corpus
from embeddings.config import ChunkingConfig, IndexConfig
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index, Snapshot
from embeddings.storage.rows import Hit
from embeddings.sync import sync
from qa_app.config import RetrievalConfig
from qa_app.retrieval import fuse

_SIZES = ((300, 1), (400, 1), (600, 0), (600, 1), (600, 2), (900, 1), (1300, 1))
_CANDIDATES = 50
# What a person or a reader is ready to read: a measure that does not favour long chunks.
_READ_CHARS = 3000

Ranking = Callable[[Sequence[Hit], Sequence[Hit]], list[int]]
"""From the dense and the lexical hits, both with a dense score for every chunk, to chunk ids, best first."""


@dataclass(frozen=True)
class _Scores:
    """Shares of the questions, 0..1."""

    at: dict[int, float]
    within: float
    """Gold evidence within the first `_READ_CHARS` characters."""
    mrr: float

    def row(self, *labels: object) -> str:
        cells = [*map(str, labels), *(f"{100 * share:.1f}" for share in self.at.values())]
        return f"| {' | '.join(cells)} | {100 * self.within:.1f} | {self.mrr:.3f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    parser.add_argument("--questions", type=int, default=1500, metavar="N", help="of each split, evenly spread")
    options = parser.parse_args()
    heading = f"| {{}} | @1 | @3 | @5 | @10 | in {_READ_CHARS:,} characters | MRR |"
    chosen = RetrievalConfig().lexical_weight
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work, "articles")
        answerable = [question for question in write_corpus(options.data, folder) if question.answers]
        fit, measure = ([q for q in answerable if q.split == split] for split in ("fit", "measure"))
        fit, measure = spread(fit, options.questions), spread(measure, options.questions)
        encoder = KnownQuestions(SentenceEncoder(), (question.question for question in answerable))

        sizes: dict[str, list[str]] = {"fit": [], "measure": []}
        for size, overlap in tqdm(_SIZES):
            with _index(folder, Path(work, f"{size}-{overlap}"), encoder, size, overlap).snapshot() as snapshot:
                for split, questions in (("fit", fit), ("measure", measure)):
                    sizes[split].append(
                        _score(snapshot, questions, _convex(chosen)).row(size, overlap, snapshot.size())
                    )
        for split, questions in (("fit", fit), ("measure", measure)):
            print(f"## Chunk sizes, {len(questions)} {split} questions\n")
            print(heading.format("characters | overlap | chunks") + "\n|" + "---|" * 9)
            print("\n".join(sizes[split]) + "\n")

        default = ChunkingConfig()
        index = _index(folder, Path(work, "default"), encoder, default.target_chars, default.overlap_sentences)
        with index.snapshot() as snapshot:
            print(f"## Fusions at the default size, {len(fit)} fit questions\n")
            print(heading.format("fusion") + "\n|" + "---|" * 7)
            rankings: dict[str, Ranking] = {"cosine alone": _dense, "BM25 alone": _lexical}
            rankings |= {f"reciprocal rank, 1 / ({k} + rank)": _reciprocal(k) for k in (5, 60)}
            rankings |= {f"convex, weight of words {w}": _convex(w) for w in (0.2, 0.3, 0.4, 0.5)}
            for name, ranking in rankings.items():
                print(_score(snapshot, fit, ranking).row(name), flush=True)
            print(f"\n## The default fusion, {len(measure)} measure questions\n")
            print(heading.format("fusion") + "\n|" + "---|" * 7)
            print(_score(snapshot, measure, _convex(chosen)).row(f"convex, weight of words {chosen}"))


def _index(folder: Path, place: Path, encoder: KnownQuestions, size: int, overlap: int) -> Index:
    sync(folder, place, encoder, IndexConfig(ChunkingConfig(target_chars=size, overlap_sentences=overlap)))
    return Index(place, encoder)


def _score(snapshot: Snapshot, questions: Sequence[SquadQuestion], ranking: Ranking) -> _Scores:
    ranks, within = [], []
    for question in questions:
        vector = snapshot.encode_query(question.question)
        dense = snapshot.dense_search(vector, _CANDIDATES)
        lexical = snapshot.lexical_search(question.question, _CANDIDATES)
        others = sorted({hit.chunk_id for hit in lexical} - {hit.chunk_id for hit in dense})
        dense += [Hit(i, cosine) for i, cosine in zip(others, snapshot.cosines(vector, others), strict=True)]
        chunks = snapshot.chunks(ranking(dense, lexical)[:_CANDIDATES])
        rank = next(
            (n for n, chunk in enumerate(chunks, start=1) if holds(chunk.document, chunk.start, chunk.end, question)), 0
        )
        ranks.append(rank or np.inf)
        within.append(bool(rank) and sum(chunk.end - chunk.start for chunk in chunks[:rank]) <= _READ_CHARS)
    found = np.array(ranks)
    return _Scores(
        {k: float((found <= k).mean()) for k in (1, 3, 5, 10)}, float(np.mean(within)), float((1 / found).mean())
    )


def _dense(dense: Sequence[Hit], lexical: Sequence[Hit]) -> list[int]:
    return [hit.chunk_id for hit in dense[:_CANDIDATES]]


def _lexical(dense: Sequence[Hit], lexical: Sequence[Hit]) -> list[int]:
    return [hit.chunk_id for hit in lexical]


def _convex(weight: float) -> Ranking:
    return lambda dense, lexical: [hit.chunk_id for hit in fuse(dense, lexical, weight)]


def _reciprocal(k: int) -> Ranking:
    """Reciprocal rank fusion, Cormack et al. 2009: the sum over both lists of 1 / (k + rank), rank from 1."""

    def rank(dense: Sequence[Hit], lexical: Sequence[Hit]) -> list[int]:
        scores: dict[int, float] = {}
        for hits in (dense[:_CANDIDATES], lexical):
            for place, hit in enumerate(hits, start=1):
                scores[hit.chunk_id] = scores.get(hit.chunk_id, 0.0) + 1 / (k + place)
        return sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))

    return rank


if __name__ == "__main__":
    main()
