"""Fit the sentence reader's weights and the abstention threshold on SQuAD's fit questions; print both, and how they do.

    python -m training.sentence_reader --data ../shared/data/squad/dev.jsonl.gz        4 minutes on two cores

The weights go into `qa_app/sentence_reader.py`, the threshold into `qa_app/config.py`. Nothing is fitted or chosen on
the measure questions.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.squad import DEFAULT_DATA, SquadQuestion, write_corpus
from embeddings.encoder import SentenceEncoder
from embeddings.index import Index, Snapshot
from embeddings.sync import sync
from qa_app.config import RetrievalConfig
from qa_app.retrieval import retrieve
from qa_app.sentence_reader import SentenceReader, SentenceWeights, sentences_of

# Of the right answers to answerable questions, this share may be lost to abstention.
LOST_SHARE = 0.10


@dataclass(frozen=True)
class Example:
    """A question with the clues of the sentences that were read."""

    answerable: bool
    clues: np.ndarray  # (sentences, 4)
    right: np.ndarray  # (sentences,) bool: holds an answer, in the right paragraph


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder, index_folder = Path(work, "articles"), Path(work, "index")
        questions = write_corpus(options.data, folder)
        encoder = SentenceEncoder()
        sync(folder, index_folder, encoder)
        reader = SentenceReader(encoder)
        with Index(index_folder, encoder).snapshot() as snapshot:
            splits = {
                split: [_example(q, reader, snapshot) for q in questions if q.split == split]
                for split in ("fit", "measure")
            }
    weights = fit(splits["fit"])
    threshold = choose_threshold(splits["fit"], weights)
    print(weights)
    print(f"threshold={threshold:.3f}: at most {LOST_SHARE:.0%} of the right answers lost on the fit questions\n")
    for split, examples in splits.items():
        print(report(split, examples, weights, threshold))


def fit(examples: Sequence[Example]) -> SentenceWeights:
    """Fit the logistic regression on every sentence of the answerable questions whose answer was found."""
    useful = [example for example in examples if example.answerable and example.right.any()]
    clues = np.concatenate([example.clues for example in useful])
    right = np.concatenate([example.right for example in useful])
    model = LogisticRegression(C=10, max_iter=1000).fit(clues, right)
    return SentenceWeights(*(round(float(w), 2) for w in model.coef_[0]), bias=round(float(model.intercept_[0]), 2))


def choose_threshold(examples: Sequence[Example], weights: SentenceWeights) -> float:
    """Return the highest threshold that loses at most `LOST_SHARE` of the right answers."""
    scores = np.array([score for score, right in map(lambda e: best(e, weights), examples) if right])
    return float(np.quantile(scores, LOST_SHARE))


def best(example: Example, weights: SentenceWeights) -> tuple[float, bool]:
    """Return the best sentence's score, 0..1, and whether it holds the answer."""
    if not len(example.clues):
        return 0.0, False
    logits = example.clues @ np.array([weights.cosine, weights.overlap, weights.fused, weights.kind]) + weights.bias
    top = int(np.argmax(logits))
    return float(1 / (1 + np.exp(-logits[top]))), bool(example.right[top])


def report(split: str, examples: Sequence[Example], weights: SentenceWeights, threshold: float) -> str:
    results = [(example.answerable, *best(example, weights)) for example in examples]
    answerable = [(score, right) for can, score, right in results if can]
    refused = [score < threshold for can, score, _ in results if not can]
    right = np.array([right for _, right in answerable])
    kept = np.array([score >= threshold for score, _ in answerable])
    auroc = roc_auc_score([can for can, _, _ in results], [score for _, score, _ in results])
    return (
        f"{split}: {len(answerable)} answerable, {len(refused)} not\n"
        f"  best sentence holds the answer        {right.mean():.1%}\n"
        f"  the same, abstention counted as wrong {(right & kept).mean():.1%}\n"
        f"  answerable, abstained                 {1 - kept.mean():.1%}\n"
        f"  right answers lost to abstention      {1 - kept[right].mean():.1%}\n"
        f"  unanswerable, abstained               {np.mean(refused):.1%}\n"
        f"  AUROC, answerable against not         {auroc:.3f}"
    )


def _example(question: SquadQuestion, reader: SentenceReader, snapshot: Snapshot) -> Example:
    passages = retrieve(snapshot, question.question, RetrievalConfig())
    sentences = sentences_of(passages)
    right = [
        passage.chunk.document == question.document and any(start <= a and b <= end for a, b in question.spans)
        for passage, (start, end) in sentences
    ]
    print(".", end="", file=sys.stderr, flush=True)
    return Example(
        bool(question.answers), reader.clues(question.question, sentences, snapshot), np.array(right, dtype=bool)
    )


if __name__ == "__main__":
    main()
