"""Calibrate the confidence on questions that the network was not trained on, and print a table of abstention thresholds.

    python -m training.calibrate data/prepared/dev data/runs/check/reader --held-out Pharmacy.txt ... --write models/reader

A candidate is right if its words match an answer exactly; for an unanswerable question no candidate is right. The table
shows the right answers that each threshold loses and the unanswerable questions that it refuses.
"""

import argparse
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from embeddings.encoders.packaged import packaged_folder
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ArticlesError
from embeddings.index import Index
from qa_app.answer_matching import exact_match
from qa_app.config import RetrievalConfig
from qa_app.evaluation.metrics import weighted
from qa_app.evaluation.metrics.measures import calibration_error
from qa_app.reading.confidence import FEATURES, Calibration, save_calibration
from qa_app.reading.inputs import ReaderTokenizer
from qa_app.reading.model import load_model
from qa_app.reading.span_reader import Reading, SpanReader, features
from qa_app.retrieval import retrieve
from training.prepared import Question, read_prepared

_LOST = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
# Ranks by the odds alone, until the weights of the other features are fitted.
UNFITTED = Calibration(odds=1.0, rivals=0.0, relevance=0.5, search=0.0, bias=0.0)


class NothingToFit(ArticlesError):
    """All outcomes are right or all are wrong, so nothing can be fitted."""


@dataclass(frozen=True)
class Read:
    """A question with the network's output for every sentence it was read with."""

    question: Question
    readings: tuple[Reading, ...]
    features: npt.NDArray[np.float64]
    """(readings, 4)."""


def read_all(index: Path, reader: SpanReader, questions: Sequence[Question], config: RetrievalConfig) -> list[Read]:
    """Search and read for every question, as the product does."""
    read = []
    with Index(index, SentenceEncoder()).snapshot() as snapshot:
        for question in questions:
            readings = reader.readings(question.question, retrieve(snapshot, question.question, config))
            read.append(Read(question, tuple(readings), features(readings)))
    return read


def fit(read: Sequence[Read]) -> Calibration:
    """Fit a logistic regression to the best candidate of each question.

    Which candidate is best depends on the weights, so both are found in turn; three rounds are enough to converge.

    Raises:
        NothingToFit: the answers are all right or all wrong.
    """
    calibration = UNFITTED
    for _ in range(3):
        rows, right = outcomes(read, calibration)
        if right.all() or not right.any():
            raise NothingToFit(
                f"All {len(right)} answers are {'right' if right.any() else 'wrong'}: a probability cannot be fitted.",
                "Hold more articles out, or train the reader longer.",
            )
        regression = LogisticRegression(C=10.0).fit(rows, right)
        weights = dict(zip(FEATURES, map(float, regression.coef_[0]), strict=True))
        calibration = Calibration(**weights, bias=float(regression.intercept_[0]))
    return calibration


def outcomes(read: Sequence[Read], calibration: Calibration) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the features, (N, 4), of each question's best candidate, and whether it is right, (N,)."""
    rows, right = [], []
    for one in read:
        best = int(np.argmax(calibration.probability(one.features)))
        rows.append(one.features[best])
        right.append(bool(exact_match(one.readings[best].answer, one.question.answers)))
    return np.array(rows), np.array(right)


def held_out_questions(data: Path, held_out: Collection[str]) -> list[Question]:
    """Return the questions of the fit half about the held-out articles.

    Raises:
        SystemExit: there is no such question.
    """
    passages, questions = read_prepared(data)
    chosen = [q for q in questions if q.split == "fit" and q.gold and passages[q.gold[0]].document in held_out]
    if not chosen:
        raise SystemExit(f"{data} has no fit questions about {', '.join(held_out) or 'no article'}.")
    return chosen


def report(read: Sequence[Read], calibration: Calibration) -> str:
    """Return the figures as a text table."""
    rows, right = outcomes(read, calibration)
    confidences = calibration.probability(rows)
    unanswerable = np.array([not one.question.answers for one in read])
    counted = right | unanswerable
    auroc = weighted.auroc(confidences[counted].tolist(), right[counted].tolist())
    lines = [
        f"{len(read)} questions, {unanswerable.sum()} unanswerable",
        f"exact match {right[~unanswerable].mean():.3f}",
        f"AUROC, right against unanswerable {weighted.value(auroc, int(counted.sum())):.3f}",
        f"calibration error {calibration_error(confidences.tolist(), right.tolist()):.3f}",
        "threshold  right answers lost  unanswerable, abstained",
    ]
    for lost in _LOST:
        threshold = float(np.quantile(confidences[right], lost))
        lines.append(f"{threshold:9.4f}  {lost:18.1%}  {(confidences < threshold)[unanswerable].mean():23.1%}")
    return "\n".join([*lines, str(calibration)])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="development articles, from training.prepare")
    parser.add_argument("reader", type=Path, help="folder of the reader")
    parser.add_argument(
        "--held-out", action="append", required=True, metavar="FILE", help="an article the reader was not trained on"
    )
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write calibration.json to this folder")
    options = parser.parse_args()
    reader = SpanReader(load_model(options.reader), ReaderTokenizer(packaged_folder()), UNFITTED)
    questions = held_out_questions(options.data, options.held_out)
    read = read_all(options.data / "parts" / "00" / "index", reader, questions, RetrievalConfig())
    try:
        calibration = fit(read)
    except NothingToFit as error:
        raise SystemExit(f"error: {error}") from error
    print(report(read, calibration))
    if options.write:
        save_calibration(calibration, options.write)


if __name__ == "__main__":
    main()
