from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.packaged import packaged_folder
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index
from qa_app.config import RetrievalConfig
from qa_app.evaluation.metrics.measures import calibration_error
from qa_app.reading.confidence import Calibration, load_calibration
from qa_app.reading.inputs import ReaderTokenizer
from qa_app.reading.model import load_model
from qa_app.reading.span_reader import Reading, SpanReader, open_reader
from qa_app.retrieval import retrieve
from tests.qa_app.values_made import passage
from tests.training.conftest import Data
from training.calibrate import (
    UNFITTED,
    NothingToFit,
    Read,
    fit,
    held_out_questions,
    main,
    outcomes,
    read_all,
    report,
)
from training.prepared import Question

ODDS_ALONE = Calibration(odds=1.0, rivals=0.0, relevance=0.0, search=0.0, bias=0.0)


def read_of(answers: tuple[str, ...], features: dict[str, list[float]]) -> Read:
    """A question as read: candidate sentences of one or more words, each with its features."""
    question = Question("q", "What?", "fit", answers, (1,), (1,))
    readings = tuple(
        Reading(passage(words), (0, len(words)), (0, len(words)), row[0], row[0], row[2])
        for words, row in features.items()
    )
    return Read(question, readings, np.array(list(features.values())))


def some_reads(count: int) -> list[Read]:
    """Questions that are more likely right with higher odds and lower rivals."""
    draw = np.random.default_rng(0)
    reads = []
    for _ in range(count):
        odds, rivals = draw.normal(scale=3), abs(draw.normal(scale=3))
        right = draw.random() < 1 / (1 + np.exp(-(odds - rivals)))
        unanswerable = not right and draw.random() < 0.7
        answers = () if unanswerable else ("rome",) if right else ("oslo",)
        noise = draw.normal(size=2).tolist()
        reads.append(read_of(answers, {"Rome": [odds, rivals, *noise], "Bergen": [odds - 5, rivals + 5, *noise]}))
    return reads


def test_the_outcome_of_a_question_is_that_of_its_likeliest_statement() -> None:
    reads = [
        read_of(("Rome",), {"Oslo": [1.0, 0, 0, 0], "rome": [2.0, 0, 0, 0]}),
        read_of(("Rome",), {"Oslo": [3.0, 0, 0, 0], "Rome": [2.0, 0, 0, 0]}),
        read_of((), {"Rome": [2.5, 0, 0, 0]}),
    ]
    rows, right = outcomes(reads, ODDS_ALONE)
    assert rows[:, 0].tolist() == [2.0, 3.0, 2.5]
    assert right.tolist() == [True, False, False]


def test_the_fit_recovers_the_features_that_decide_the_outcomes() -> None:
    calibration = fit(some_reads(2000))
    assert calibration.odds == pytest.approx(1.0, abs=0.2)
    assert calibration.rivals == pytest.approx(-1.0, abs=0.2)
    assert abs(calibration.relevance) < 0.2
    assert abs(calibration.search) < 0.2
    assert abs(calibration.bias) < 0.2


def test_fitted_confidences_match_the_share_of_right_answers() -> None:
    reads = some_reads(2000)
    calibration = fit(reads)
    rows, right = outcomes(reads, calibration)
    assert calibration_error(calibration.probability(rows).tolist(), right.tolist()) < 0.04


def test_the_fit_is_the_same_every_time() -> None:
    assert fit(some_reads(100)) == fit(some_reads(100))


@pytest.mark.parametrize(
    ("answers", "words"), [(("Rome",), "All 3 answers are right"), (("Oslo",), "All 3 answers are wrong")]
)
def test_identical_outcomes_are_refused(answers: tuple[str, ...], words: str) -> None:
    reads = [read_of(answers, {"Rome": [odds, 0.0, 0.0, 0.0]}) for odds in (1.0, 2.0, 3.0)]
    with pytest.raises(NothingToFit, match=words):
        fit(reads)


def test_the_report_counts_questions_and_shows_what_each_threshold_costs() -> None:
    reads = some_reads(500)
    lines = report(reads, fit(reads)).splitlines()
    unanswerable = sum(not read.question.answers for read in reads)
    assert lines[0] == f"500 questions, {unanswerable} unanswerable"
    table = [line.split() for line in lines[5:-1]]
    thresholds, lost, caught = ([float(row[i].rstrip("%")) for row in table] for i in range(3))
    assert lost == [0.5, 1.0, 2.0, 3.0, 5.0, 10.0]
    assert thresholds == sorted(thresholds)
    assert caught == sorted(caught)


def test_held_out_questions_are_fit_questions_about_the_named_articles(data: Data) -> None:
    questions = held_out_questions(data.dev, [data.held_out_file])
    assert len(questions) == 4
    assert all(data.held_out.name in question.question and question.split == "fit" for question in questions)
    assert sum(not question.answers for question in questions) == 1


def test_articles_without_fit_questions_are_refused_by_name(data: Data) -> None:
    with pytest.raises(SystemExit, match=f"{data.measure.name}.txt"):
        held_out_questions(data.dev, [f"{data.measure.name}.txt"])


@pytest.fixture(scope="module")
def read(data: Data, trained: Path) -> list[Read]:
    """The fit questions about two articles, so like those of the training that some are answered rightly."""
    reader = SpanReader(load_model(trained / "reader"), ReaderTokenizer(packaged_folder()), UNFITTED)
    questions = held_out_questions(data.dev, [data.fit_file, data.held_out_file])
    return read_all(data.dev / "parts" / "00" / "index", reader, questions, RetrievalConfig())


def test_every_question_is_read_with_what_the_product_retrieves(read: list[Read]) -> None:
    assert len(read) == 8
    for one in read:
        assert one.features.shape == (len(one.readings), 4)
        chunks = dict.fromkeys(reading.passage.chunk.chunk_id for reading in one.readings)
        assert list(chunks) == list(one.question.retrieved[: RetrievalConfig().passages])


def test_a_trained_reader_is_calibrated_and_more_confident_when_right(
    data: Data, trained: Path, read: list[Read], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = trained / "reader"
    arguments = ["--held-out", data.fit_file, "--held-out", data.held_out_file, "--write", str(folder)]
    monkeypatch.setattr("sys.argv", ["calibrate", str(data.dev), str(folder), *arguments])
    main()
    assert capsys.readouterr().out.startswith("8 questions, 2 unanswerable\n")
    calibration = load_calibration(folder)
    assert calibration == fit(read)
    rows, right = outcomes(read, calibration)
    confidences = calibration.probability(rows)
    assert confidences[right].mean() > confidences[~right].mean()
    with Index(data.dev / "parts" / "00" / "index", SentenceEncoder()).snapshot() as snapshot:
        surest = int(np.argmax(np.where(right, confidences, -1.0)))
        asked = read[surest].question
        passages = retrieve(snapshot, asked.question, RetrievalConfig())
        candidate = open_reader(folder).read(asked.question, passages)[0]
        assert candidate.short is not None
        document = snapshot.document(candidate.passage.chunk.document)
    assert document is not None
    assert document.text[slice(*candidate.short)] in asked.answers
    assert candidate.score == pytest.approx(confidences[surest], abs=0.01)
