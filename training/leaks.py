"""Find questions of the training data that are also among those to measure with.

    python -m training.leaks data/prepared/squad data/prepared/qed_nq_dev --against data/squad/dev.jsonl.gz

Questions are compared without case, punctuation and articles. Prints each question that is in both; the exit status is 1 if
there is any.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.squad import read_lines
from qa_app.answer_matching import normalised
from training.prepared import finished_parts, read_questions


def leaks(training: Iterable[str], measuring: Iterable[str]) -> list[str]:
    """Return the training questions that are also measured with, in order, each once."""
    measured = {normalised(question) for question in measuring}
    return list(dict.fromkeys(question for question in training if normalised(question) in measured))


def questions_in(files: Sequence[Path]) -> list[str]:
    """Return the questions of .jsonl.gz files in SQuAD's form."""
    return [qa["question"] for paragraph in read_lines(*files) for qa in paragraph["qas"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("prepared", type=Path, nargs="+", help="folders from training.prepare")
    parser.add_argument(
        "--against", type=Path, action="append", required=True, metavar="FILE", help=".jsonl.gz; may be repeated"
    )
    options = parser.parse_args()
    training = [
        q.question for folder in options.prepared for part in finished_parts(folder) for q in read_questions(part)
    ]
    found = leaks(training, questions_in(options.against))
    print("\n".join([*found, f"{len(found)} of {len(training)} questions are also measured with"]))
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
