"""Measure a reader on questions with their paragraph: right words, and right answers told from unanswerable questions.

    python -m benchmarks.given_paragraph models/reader --data data/squad/dev.jsonl.gz --split fit

Prints a row for each reader: exact match and F1 of the answerable questions, and two AUROC by the log-odds of the best words:
right answers against unanswerable questions (wrong answers are left out), and all answerable ones against them.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.squad import passage_of, read_lines, spread
from embeddings.encoders.packaged import PACKAGED_SHA256
from qa_app.answer_matching import exact_match, f1
from qa_app.reading.confidence import Calibration, Logistic
from qa_app.reading.model import base_of, load_model
from qa_app.reading.span_reader import SpanReader

# The log-odds of the best words alone.
_ODDS = Logistic(odds=1.0, rivals=0.0, share=0.0, relevance=0.0, search=0.0, bias=0.0)


@dataclass(frozen=True)
class Asked:
    question: str
    title: str
    paragraph: str
    answers: tuple[str, ...]
    """Empty for an unanswerable question."""


def questions_of(files: Sequence[Path], split: str | None) -> list[Asked]:
    """Read the questions of files in SQuAD's form, of one half if `split` names it."""
    asked = []
    for paragraph in read_lines(*files):
        if split in (None, paragraph.get("split")):
            asked += [_asked(paragraph, qa) for qa in paragraph["qas"] if qa["answers"] or qa["is_impossible"]]
    return asked


def _asked(paragraph: dict[str, Any], qa: dict[str, Any]) -> Asked:
    answers = () if qa["is_impossible"] else tuple(answer["text"] for answer in qa["answers"])
    title = re.sub(r"[_/]", " ", paragraph["title"])
    return Asked(qa["question"], title, paragraph["context"], answers)


def measure(reader: SpanReader, asked: Sequence[Asked]) -> str:
    """Return the figures as a row of a Markdown table."""
    exact, likeness, odds = [], [], []
    for one in asked:
        passage = passage_of(one.paragraph, 0, len(one.paragraph), "a.txt", one.title)
        found = reader.readings(one.question, [passage])
        best = max(found, key=lambda reading: reading.odds)
        odds.append(best.odds)
        exact.append(bool(exact_match(best.answer, one.answers)))
        likeness.append(f1(best.answer, one.answers))
    answerable = np.array([bool(one.answers) for one in asked])
    right = np.array(exact) & answerable
    counted = right | ~answerable
    columns = [f"{len(asked)}", "", "", "", ""]
    if answerable.any():
        columns[1] = f"{100 * right[answerable].mean():.1f}"
        columns[2] = f"{100 * np.mean(np.array(likeness)[answerable]):.1f}"
    if answerable.any() and not answerable.all():
        columns[3] = f"{roc_auc_score(right[counted], np.array(odds)[counted]):.3f}"
        columns[4] = f"{roc_auc_score(answerable, odds):.3f}"
    return "| " + " | ".join(columns) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("readers", type=Path, nargs="+", help="folders of readers")
    parser.add_argument(
        "--data", type=Path, action="append", required=True, help=".jsonl.gz in SQuAD's form; may be repeated"
    )
    parser.add_argument("--split", choices=("fit", "measure"), help="one half of the data")
    parser.add_argument("--questions", type=int, metavar="N", help="evenly spread (default: all)")
    options = parser.parse_args()
    asked = questions_of(options.data, options.split)
    asked = spread(asked, options.questions or len(asked))
    print("| reader | questions | exact match | F1 | AUROC, right | AUROC, answerable |\n|---|---|---|---|---|---|")
    for folder in options.readers:
        reader = SpanReader(
            load_model(folder), base_of(folder).tokenizer(), Calibration(_ODDS, _ODDS, _ODDS, PACKAGED_SHA256)
        )
        print(f"| {folder.name} {measure(reader, asked)}", flush=True)


if __name__ == "__main__":
    main()
