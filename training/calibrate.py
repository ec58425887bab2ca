"""Calibrate the confidences on questions of several kinds, and print a table of abstention thresholds.

    python -m training.calibrate data/runs/english/reader --corpora data/prepared/dev --corpora data/prepared/timeqa \
        --alone data/prepared/ace --write data/runs/english/reader

Which candidate of a question is best is fitted by a conditional logit (McFadden 1974): the one that answers against the others.
Then two probabilities are fitted to the best candidate of each question. Its sentence answers if the marked answer is in it, or if its
words match an answer exactly; its words are right if they match. For an unanswerable question neither is. Each folder has
the same weight, whatever its number of questions. The table shows the right answers that a threshold loses and the
unanswerable questions that it refuses.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.utils.rnn import pad_sequence

from benchmarks.squad import holds, spread
from embeddings.encoders.encoder import Encoder
from embeddings.encoders.packaged import PACKAGED_SHA256
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ArticlesError
from embeddings.index import Index
from embeddings.scope import Scope
from qa_app.answer_matching import exact_match
from qa_app.config import RetrievalConfig
from qa_app.evaluation.metrics import weighted
from qa_app.evaluation.metrics.measures import calibration_error
from qa_app.reading.confidence import FEATURES, Calibration, Logistic, save_calibration
from qa_app.reading.model import base_of, load_model
from qa_app.reading.span_reader import Reading, SpanReader, features
from qa_app.retrieval import retrieve
from training.prepared import Question, finished_parts, read_questions

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_LOST = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
# Ranks by the odds alone, until the weights of the other features are fitted.
_BY_ODDS = Logistic(odds=1.0, rivals=0.0, share=0.0, relevance=0.5, search=0.0, bias=0.0)
UNFITTED = Calibration(_BY_ODDS, _BY_ODDS, _BY_ODDS, PACKAGED_SHA256)
# Of the conditional logit, on the squared weights; the search's score lies in a narrow range, and needs a large weight.
_PENALTY = 1e-4


class NothingToFit(ArticlesError):
    """All outcomes are right or all are wrong, so nothing can be fitted."""


@dataclass(frozen=True)
class Read:
    """A question with the network's output for every sentence it was read with."""

    question: Question
    readings: tuple[Reading, ...]
    features: Floats
    """(readings, 5)."""


@dataclass(frozen=True)
class Outcomes:
    """The best candidate of each question."""

    features: Floats
    """(N, 5)."""
    answers: Flags
    """(N,): whether its sentence answers."""
    exact: Flags
    """(N,): whether its words are right."""
    unanswerable: Flags
    """(N,): whether nothing would be right."""


def read_all(
    folder: Path, reader: SpanReader, most: int | None, *, alone: bool, encoder: Encoder | None = None
) -> list[Read]:
    """Search and read for the questions of a prepared folder, as the product does; those to measure with are left out.

    Args:
        folder: written by `training.prepare` with the same encoder.
        reader: its calibration does not matter.
        most: number of questions, evenly spread; None reads all.
        alone: search only the article that a question was asked about.
        encoder: None for the default.
    """
    encoder, config = encoder or SentenceEncoder(), RetrievalConfig()
    kept = [(part, q) for part in finished_parts(folder) for q in read_questions(part) if q.split != "measure"]
    kept = spread(kept, most or len(kept))
    read = []
    for part in finished_parts(folder):
        with Index(part / "index", encoder).snapshot() as snapshot:
            for question in (q for its, q in kept if its == part):
                searched = snapshot.limited(Scope(within=(question.document,))) if alone else snapshot
                readings = reader.readings(question.question, retrieve(searched, question.question, config))
                if readings:
                    read.append(Read(question, tuple(readings), features(readings)))
    return read


def outcomes(read: Sequence[Read], choice: Logistic) -> Outcomes:
    """Return what became of each question when the candidate with the highest logit is its answer."""
    best = [int(np.argmax(choice.logits(one.features))) for one in read]
    chosen = [one.readings[i] for one, i in zip(read, best, strict=True)]
    exact = [exact_match(reading.answer, one.question.answers) for one, reading in zip(read, chosen, strict=True)]
    return Outcomes(
        np.array([one.features[i] for one, i in zip(read, best, strict=True)]),
        np.array([_answers(reading, one.question) for one, reading in zip(read, chosen, strict=True)], dtype=bool),
        np.array(exact, dtype=bool),
        np.array([not one.question.answers for one in read]),
    )


def fit(
    corpora: Sequence[Sequence[Read]], alone: Sequence[Sequence[Read]] = (), encoder_sha256: str = PACKAGED_SHA256
) -> Calibration:
    """Fit the choice, then both probabilities by logistic regression; each domain has the same weight.

    All weights are fitted on the corpora, where there is a choice between candidates. Then the probabilities' logits are scaled
    and shifted to fit all domains (Platt 1999).

    Raises:
        NothingToFit: the answers are all right or all wrong.
    """
    choice = _choice(corpora)
    found, weights = _outcomes_of(corpora, choice)
    sentence = _logistic(found.features, found.answers, weights)
    words = _logistic(found.features, found.exact, weights)
    everywhere, weights = _outcomes_of([*corpora, *alone], choice)
    return Calibration(
        choice,
        _scaled(sentence, everywhere.features, everywhere.answers, weights),
        _scaled(words, everywhere.features, everywhere.exact, weights),
        encoder_sha256,
    )


def _answers(reading: Reading, question: Question) -> bool:
    return (
        holds(reading.passage.chunk.document, *reading.sentence, question)
        or exact_match(reading.answer, question.answers) > 0
    )


def _choice(domains: Sequence[Sequence[Read]]) -> Logistic:
    """Return the weights under which the candidates that answer are likeliest among all of their question."""
    asked: list[tuple[torch.Tensor, torch.Tensor, float]] = []
    for domain in domains:
        for one in domain:
            right = [_answers(reading, one.question) for reading in one.readings]
            if any(right) and not all(right):
                asked.append((torch.from_numpy(one.features), torch.tensor(right), 1 / len(domain)))
    if not asked:
        return _BY_ODDS
    rows = pad_sequence([features for features, _, _ in asked], batch_first=True)  # (questions, candidates, features)
    right_ones = pad_sequence([right for _, right, _ in asked], batch_first=True)  # padding is False
    there = pad_sequence([torch.ones(len(right), dtype=torch.bool) for _, right, _ in asked], batch_first=True)
    shares = torch.tensor([share for _, _, share in asked], dtype=torch.float64) / len(domains)
    start = [getattr(_BY_ODDS, feature) for feature in FEATURES]
    weights = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        logits = rows @ weights
        of_all = logits.masked_fill(~there, -torch.inf).logsumexp(1)
        of_right = logits.masked_fill(~right_ones, -torch.inf).logsumexp(1)
        total = _PENALTY / 2 * (weights**2).sum() + (shares * (of_all - of_right)).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return Logistic(**dict(zip(FEATURES, weights.tolist(), strict=True)), bias=0.0)


def _outcomes_of(domains: Sequence[Sequence[Read]], choice: Logistic) -> tuple[Outcomes, Floats]:
    """Return the outcomes of all domains, and the weight of each question, (N,), 1 on average."""
    weights = np.array([1 / len(domain) for domain in domains for _ in domain])
    return outcomes([one for domain in domains for one in domain], choice), weights * len(weights) / weights.sum()


def _logistic(rows: Floats, right: Flags, weights: Floats) -> Logistic:
    if right.all() or not right.any():
        raise NothingToFit(
            f"All {len(right)} answers are {'right' if right.any() else 'wrong'}: a probability cannot be fitted.",
            "Add questions, or train the reader longer.",
        )
    from sklearn.linear_model import LogisticRegression  # slow to import

    regression = LogisticRegression(C=10.0, max_iter=1000).fit(rows, right, weights)
    fitted = dict(zip(FEATURES, map(float, regression.coef_[0]), strict=True))
    return Logistic(**fitted, bias=float(regression.intercept_[0]))


def _scaled(logistic: Logistic, rows: Floats, right: Flags, weights: Floats) -> Logistic:
    """Return the logistic function with all its weights scaled alike, and its bias shifted, to fit these outcomes."""
    from sklearn.linear_model import LogisticRegression

    logits = rows @ np.array([getattr(logistic, feature) for feature in FEATURES]) + logistic.bias
    regression = LogisticRegression(C=10.0, max_iter=1000).fit(logits[:, None], right, weights)
    scale, shift = float(regression.coef_[0, 0]), float(regression.intercept_[0])
    scaled = {feature: scale * getattr(logistic, feature) for feature in FEATURES}
    return Logistic(**scaled, bias=scale * logistic.bias + shift)


def report(names: Sequence[str], domains: Sequence[Sequence[Read]], calibration: Calibration) -> str:
    """Return a row of figures for each domain, and a table of thresholds for each that has unanswerable questions."""
    lines = [
        "| questions | number | unanswerable | sentence answers | exact match | AUROC | calibration error | of the words |",
        "|---|---|---|---|---|---|---|---|",
    ]
    tables = []
    for name, domain in zip(names, domains, strict=True):
        found = outcomes(domain, calibration.choice)
        lines.append(f"| {name} | {' | '.join(_figures(found, calibration))} |")
        if found.unanswerable.any() and found.answers.any():
            tables += ["", f"| {name}: threshold | right answers lost | unanswerable, refused |", "|---|---|---|"]
            tables += _thresholds(found, calibration)
    return "\n".join([*lines, *tables])


def _figures(found: Outcomes, calibration: Calibration) -> Iterator[str]:
    answerable = ~found.unanswerable
    confidences = calibration.sentence.probability(found.features)
    words = calibration.words.probability(found.features)
    counted = found.answers | found.unanswerable
    yield from (str(len(counted)), str(found.unanswerable.sum()))
    yield from (f"{part[answerable].mean():.3f}" if answerable.any() else "" for part in (found.answers, found.exact))
    is_both = found.unanswerable.any() and found.answers.any()
    auroc = weighted.auroc(confidences[counted].tolist(), found.answers[counted].tolist()) if is_both else None
    yield f"{weighted.value(auroc, int(counted.sum())):.3f}" if auroc else ""
    yield f"{calibration_error(confidences.tolist(), found.answers.tolist()):.3f}"
    yield f"{calibration_error(words.tolist(), found.exact.tolist()):.3f}"


def _thresholds(found: Outcomes, calibration: Calibration) -> Iterator[str]:
    confidences = calibration.sentence.probability(found.features)
    for lost in _LOST:
        threshold = float(np.quantile(confidences[found.answers], lost))
        refused = (confidences < threshold)[found.unanswerable].mean()
        yield f"| {threshold:.4f} | {lost:.1%} | {refused:.1%} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reader", type=Path, help="folder of the reader")
    parser.add_argument(
        "--corpora",
        type=Path,
        action="append",
        required=True,
        metavar="FOLDER",
        help="prepared questions, searched for in their whole corpus",
    )
    parser.add_argument(
        "--alone",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="likewise, searched for in the article that they are about",
    )
    parser.add_argument("--questions", type=int, metavar="N", help="of each folder, evenly spread (default: all)")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write calibration.json to this folder")
    options = parser.parse_args()
    places = [(folder, False) for folder in options.corpora] + [(folder, True) for folder in options.alone]
    base = base_of(options.reader)
    reader, encoder = (
        SpanReader(load_model(options.reader), base.tokenizer(), UNFITTED),
        SentenceEncoder(base.encoder.name),
    )
    domains = [read_all(folder, reader, options.questions, alone=alone, encoder=encoder) for folder, alone in places]
    corpora = len(options.corpora)
    try:
        calibration = fit(domains[:corpora], domains[corpora:], base.encoder.sha256)
    except NothingToFit as error:
        raise SystemExit(f"error: {error}") from error
    print(report([folder.name for folder, _ in places], domains, calibration))
    print(f"\n{calibration}")
    if options.write:
        save_calibration(calibration, options.write)


if __name__ == "__main__":
    main()
