"""Fit the sentence reader's weights and the abstention threshold on SQuAD's fit questions; print both, and how they do.

    python -m training.sentence_reader --data data/squad        5 minutes on two idle cores

The weights go into `qa_app/sentence_reader.py`, the threshold into `qa_app/config.py`. Nothing is fitted or chosen on
the measure questions.
"""

import argparse
import gzip
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from benchmarks.squad import DEFAULT_DATA, SquadQuestion, spread, write_corpus
from embeddings.encoder import SentenceEncoder
from embeddings.index import Index, Snapshot
from embeddings.sync import sync
from qa_app.config import RetrievalConfig
from qa_app.retrieval import retrieve
from qa_app.sentence_reader import SentenceReader, SentenceWeights, sentences_of

# Of the right answers to answerable questions, this share may be lost to abstention. SQuAD's questions borrow the
# articles' words and people's do not: a threshold that costs a little here costs them a multiple (docs/reading.md).
LOST_SHARE = 0.01


@dataclass(frozen=True)
class Example:
    """A question with the clues of the sentences that were read."""

    answerable: bool
    clues: np.ndarray  # (sentences, 2)
    right: np.ndarray  # (sentences,) bool: holds an answer, in the right paragraph


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of dev.jsonl.gz and train.jsonl.gz")
    parser.add_argument("--questions", type=int, default=1500, metavar="N", help="of each split, evenly spread")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder, index_folder = Path(work, "articles"), Path(work, "index")
        questions = write_corpus(options.data / "dev.jsonl.gz", folder)
        encoder = SentenceEncoder()
        sync(folder, index_folder, encoder)
        reader = SentenceReader(encoder)
        splits = {
            split: spread([question for question in questions if question.split == split], options.questions)
            for split in ("fit", "measure")
        }
        with Index(index_folder, encoder).snapshot() as snapshot:
            fit, measure = (
                [_example(question, reader, snapshot) for question in tqdm(splits[split], desc=split)]
                for split in ("fit", "measure")
            )
            elsewhere = spread(_questions_about_other_articles(options.data), options.questions // 3)
            other = [
                Example(
                    False, reader.clues(question, retrieve(snapshot, question, RetrievalConfig())), np.zeros(0, bool)
                )
                for question in tqdm(elsewhere, desc="about other articles")
            ]
    weights = fit_weights(fit)
    threshold = choose_threshold(fit, weights)
    print(weights)
    print(f"threshold={threshold:.4f}: loses at most {LOST_SHARE:.0%} of the right answers to the fit questions\n")
    print(report("fit", fit, weights, threshold))
    print(report("measure", measure, weights, threshold))
    print(f"\nThe threshold, fitted on fit, applied to measure and to {len(other)} questions about other articles:\n")
    print(trade_off(fit, measure, other, weights))


def fit_weights(examples: Sequence[Example]) -> SentenceWeights:
    """Fit the logistic regression on every sentence of the answerable questions whose answer was found."""
    useful = [example for example in examples if example.answerable and example.right.any()]
    clues = np.concatenate([example.clues for example in useful])
    right = np.concatenate([example.right for example in useful])
    model = LogisticRegression(C=10, max_iter=1000).fit(clues, right)
    match, kind = (round(float(weight), 2) for weight in model.coef_[0])
    return SentenceWeights(match, kind, bias=round(float(model.intercept_[0]), 2))


def choose_threshold(examples: Sequence[Example], weights: SentenceWeights, lost: float = LOST_SHARE) -> float:
    """Return the highest threshold that loses at most the share `lost` of the right answers."""
    scores = np.array([score for score, right in (best(example, weights) for example in examples) if right])
    return float(np.quantile(scores, lost))


def best(example: Example, weights: SentenceWeights) -> tuple[float, bool]:
    """Return the best sentence's score, 0..1, and whether it holds the answer."""
    logits = example.clues @ np.array([weights.match, weights.kind]) + weights.bias
    top = int(np.argmax(logits))
    return float(1 / (1 + np.exp(-logits[top]))), bool(example.right.any() and example.right[top])


def report(split: str, examples: Sequence[Example], weights: SentenceWeights, threshold: float) -> str:
    """Return the figures of a split as text."""
    results = [(example.answerable, *best(example, weights)) for example in examples]
    answerable = [(score, right) for can, score, right in results if can]
    refused = [score < threshold for can, score, _ in results if not can]
    right = np.array([right for _, right in answerable])
    kept = np.array([score >= threshold for score, _ in answerable])
    auroc = roc_auc_score([can for can, _, _ in results], [score for _, score, _ in results])
    return (
        f"{split}: {len(answerable)} answerable, {len(refused)} written to look answerable\n"
        f"  best sentence holds the answer        {right.mean():.1%}\n"
        f"  the same, abstention counted as wrong {(right & kept).mean():.1%}\n"
        f"  right answers lost to abstention      {1 - kept[right].mean():.1%}\n"
        f"  unanswerable, abstained               {np.mean(refused):.1%}\n"
        f"  AUROC, answerable against not         {auroc:.3f}"
    )


def trade_off(
    fit: Sequence[Example], measure: Sequence[Example], other: Sequence[Example], weights: SentenceWeights
) -> str:
    """Return a table of what each threshold costs and catches."""
    rows = [
        "| threshold | right answers lost | unanswerable, abstained | about other articles, abstained |",
        "|---|---|---|---|",
    ]
    results = [(example.answerable, *best(example, weights)) for example in measure]
    for lost in (0.01, 0.02, 0.05, 0.10, 0.20):
        threshold = choose_threshold(fit, weights, lost)
        shares = (
            np.mean([score < threshold for _, score, right in results if right]),
            np.mean([score < threshold for can, score, _ in results if not can]),
            np.mean([best(example, weights)[0] < threshold for example in other]),
        )
        rows.append(f"| {threshold:.4f} | {' | '.join(f'{share:.1%}' for share in shares)} |")
    return "\n".join(rows)


def _example(question: SquadQuestion, reader: SentenceReader, snapshot: Snapshot) -> Example:
    passages = retrieve(snapshot, question.question, RetrievalConfig())
    right = [
        passage.chunk.document == question.document and any(start <= a and b <= end for a, b in question.spans)
        for passage in passages
        for start, end in sentences_of(passage)
    ]
    return Example(bool(question.answers), reader.clues(question.question, passages), np.array(right, dtype=bool))


def _questions_about_other_articles(data: Path) -> list[str]:
    with gzip.open(data / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [qa["question"].strip() for line in lines for qa in json.loads(line)["qas"]]


if __name__ == "__main__":
    main()
