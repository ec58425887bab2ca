from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index
from qa_app.config import RetrievalConfig
from qa_app.evaluation.metrics.measures import calibration_error
from qa_app.reading.base import ENGLISH
from qa_app.reading.confidence import load_calibration
from qa_app.reading.model import load_model
from qa_app.reading.span_reader import Reading, SpanReader, open_reader
from qa_app.retrieval import retrieve
from tests.qa_app.reading.networks import BY_ODDS, reader_pointing_at
from tests.qa_app.values_made import passage
from tests.training.conftest import Data
from tests.training.towns import paragraphs, towns, write_squad
from training.calibrate import UNFITTED, NothingToFit, Read, fit, main, outcomes, read_all, report
from training.prepare import prepare
from training.prepared import Question


def read_of(
    answers: tuple[str, ...], features: dict[str, list[float]], spans: tuple[tuple[int, int], ...] = ()
) -> Read:
    """A question as read: candidate sentences of one or more words, each with its features."""
    question = Question("q", "What?", "fit", answers, (1,), (1,), "a.txt", spans)
    readings = tuple(
        Reading(passage(words), (0, len(words)), (0, len(words)), row[0], row[0], row[3])
        for words, row in features.items()
    )
    return Read(question, readings, np.array(list(features.values())))


def some_reads(count: int, seed: int = 0) -> list[Read]:
    """Questions that are more likely right with higher odds and lower rivals."""
    draw = np.random.default_rng(seed)
    reads = []
    for _ in range(count):
        odds, rivals = draw.normal(scale=3), abs(draw.normal(scale=3))
        right = draw.random() < 1 / (1 + np.exp(-(odds - rivals)))
        unanswerable = not right and draw.random() < 0.7
        answers = () if unanswerable else ("rome",) if right else ("oslo",)
        noise = draw.normal(size=3).tolist()
        reads.append(read_of(answers, {"Rome": [odds, rivals, *noise], "Bergen": [odds - 5, rivals + 5, *noise]}))
    return reads


def test_the_outcome_of_a_question_is_that_of_its_likeliest_sentence() -> None:
    reads = [
        read_of(("Rome",), {"Oslo": [1.0, 0, 0, 0, 0], "rome": [2.0, 0, 0, 0, 0]}),
        read_of(("Rome",), {"Oslo": [3.0, 0, 0, 0, 0], "Rome": [2.0, 0, 0, 0, 0]}),
        read_of((), {"Rome": [2.5, 0, 0, 0, 0]}),
    ]
    found = outcomes(reads, BY_ODDS)
    assert found.features[:, 0].tolist() == [2.0, 3.0, 2.5]
    assert found.answers.tolist() == found.exact.tolist() == [True, False, False]
    assert found.unanswerable.tolist() == [False, False, True]


def test_a_sentence_answers_if_it_holds_the_marked_answer_or_says_its_words_elsewhere() -> None:
    row = {"in Rome, Italy": [1.0, 0, 0, 0, 0]}
    holding, elsewhere = read_of(("Rome",), row, ((3, 7),)), read_of(("Rome",), row, ((30, 34),))
    other_article = replace(holding, question=replace(holding.question, document="b.txt"))
    same_words = read_of(("in Rome, Italy",), row, ((30, 44),))
    found = outcomes([holding, elsewhere, other_article, same_words], BY_ODDS)
    assert found.answers.tolist() == [True, False, False, True]
    assert found.exact.tolist() == [False, False, False, True]


def test_the_fit_recovers_the_features_that_decide_the_outcomes() -> None:
    found = fit([some_reads(2000)])
    for fitted in (found.sentence, found.words):
        assert fitted.odds == pytest.approx(1.0, abs=0.2)
        assert fitted.rivals == pytest.approx(-1.0, abs=0.2)
        assert max(abs(fitted.share), abs(fitted.relevance), abs(fitted.search), abs(fitted.bias)) < 0.2


def test_the_choice_prefers_what_tells_the_right_candidate_from_the_others() -> None:
    draw = np.random.default_rng(0)
    reads = []
    for _ in range(300):
        odds, search = draw.normal(size=2), draw.random(size=2) / 4
        right = int(draw.random() < 1 / (1 + np.exp(-(odds[1] - odds[0] + 20 * (search[1] - search[0])))))
        names = ["Oslo", "Bergen"]
        rows = {name: [odds[i], 0.0, 0.0, 0.0, search[i]] for i, name in enumerate(names)}
        reads.append(read_of((names[right],), rows))
    choice = fit([reads]).choice
    assert choice.search / choice.odds == pytest.approx(20, rel=0.3)


def test_fitted_confidences_match_the_share_of_right_answers() -> None:
    reads = some_reads(2000)
    calibration = fit([reads])
    found = outcomes(reads, calibration.choice)
    assert calibration_error(calibration.sentence.probability(found.features).tolist(), found.answers.tolist()) < 0.04


def test_the_fit_is_the_same_every_time_and_a_domain_counts_the_same_with_more_questions() -> None:
    few, many = some_reads(100), some_reads(900, seed=1)
    assert fit([few, many], [few]) == fit([few, many], [few])
    calibrations = [fit([few, many]), fit([few * 9, many])]
    weights = [np.array(list(vars(each.sentence).values())) for each in calibrations]
    assert weights[0] == pytest.approx(weights[1], abs=0.05)


def test_questions_read_alone_change_the_scale_and_not_the_order() -> None:
    reads = some_reads(2000)
    harder = [replace(one, question=replace(one.question, answers=())) for one in some_reads(2000, seed=1)[::2]]
    harder += some_reads(2000, seed=1)[1::2]
    easy, both = fit([reads]).sentence, fit([reads], [harder]).sentence
    rows = outcomes(reads, BY_ODDS).features
    assert both.probability(rows).mean() < easy.probability(rows).mean()
    assert np.argsort(both.probability(rows)).tolist() == np.argsort(easy.probability(rows)).tolist()


@pytest.mark.parametrize(
    ("answers", "words"), [(("Rome",), "All 3 answers are right"), (("Oslo",), "All 3 answers are wrong")]
)
def test_identical_outcomes_are_refused(answers: tuple[str, ...], words: str) -> None:
    reads = [read_of(answers, {"Rome": [odds, 0.0, 0.0, 0.0, 0.0]}) for odds in (1.0, 2.0, 3.0)]
    with pytest.raises(NothingToFit, match=words):
        fit([reads])


def test_the_report_counts_questions_and_shows_what_each_threshold_costs() -> None:
    reads, only_answerable = some_reads(500), [read_of(("Rome",), {"Rome": [1.0, 0, 0, 0, 0]})]
    lines = report(["some", "few"], [reads, only_answerable], fit([reads])).splitlines()
    unanswerable = sum(not read.question.answers for read in reads)
    assert lines[2].startswith(f"| some | 500 | {unanswerable} |")
    assert lines[3].startswith("| few | 1 | 0 | 1.000 | 1.000 |  |")
    table = [[cell.strip(" %") for cell in line.strip("|").split("|")] for line in lines[7:]]
    thresholds, lost, refused = ([float(row[i]) for row in table] for i in range(3))
    assert lost == [0.5, 1.0, 2.0, 3.0, 5.0, 10.0]
    assert thresholds == sorted(thresholds)
    assert refused == sorted(refused)


@pytest.fixture(scope="module")
def reader(trained: Path) -> SpanReader:
    return SpanReader(load_model(trained / "reader"), ENGLISH.tokenizer(), UNFITTED)


@pytest.fixture(scope="module")
def read(data: Data, reader: SpanReader) -> list[Read]:
    return read_all(data.dev, reader, None, alone=False)


def test_every_question_but_those_to_measure_with_is_read_with_what_the_product_retrieves(read: list[Read]) -> None:
    assert [one.question.split for one in read] == ["fit"] * 8
    for one in read:
        assert one.features.shape == (len(one.readings), 5)
        chunks = dict.fromkeys(reading.passage.chunk.chunk_id for reading in one.readings)
        assert list(chunks) == list(one.question.retrieved[: RetrievalConfig().passages])


def test_as_many_questions_are_read_as_are_asked_for(data: Data, reader: SpanReader) -> None:
    assert len(read_all(data.dev, reader, 3, alone=False)) == 3


def test_a_question_can_be_read_with_its_own_article_alone(tmp_path: Path) -> None:
    lines = [line for town in towns(2) for line in paragraphs(town, None, with_unanswerable=True)]
    prepare(write_squad(tmp_path / "data.jsonl.gz", lines), tmp_path / "out", RetrievalConfig(), apart=True)
    read = read_all(tmp_path / "out", reader_pointing_at("founded"), None, alone=True)
    assert len(read) == 8
    assert len({one.question.document for one in read}) == 4
    for one in read:
        assert {reading.passage.chunk.document for reading in one.readings} == {one.question.document}


def test_a_trained_reader_is_calibrated_and_more_confident_when_right(
    data: Data, trained: Path, read: list[Read], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = trained / "reader"
    monkeypatch.setattr("sys.argv", ["calibrate", str(folder), "--corpora", str(data.dev), "--write", str(folder)])
    main()
    assert "| dev | 8 | 2 |" in capsys.readouterr().out
    calibration = load_calibration(folder)
    assert calibration == fit([read])
    found = outcomes(read, calibration.choice)
    confidences = calibration.sentence.probability(found.features)
    assert confidences[found.answers].mean() > confidences[~found.answers].mean()
    with Index(data.dev / "parts" / "00" / "index", SentenceEncoder()).snapshot() as snapshot:
        surest = int(np.argmax(np.where(found.exact, confidences, -1.0)))
        asked = read[surest].question
        passages = retrieve(snapshot, asked.question, RetrievalConfig())
        candidate = open_reader(folder).read(asked.question, passages)[0]
        assert candidate.short is not None
        document = snapshot.document(candidate.passage.chunk.document)
    assert document is not None
    assert document.text[slice(*candidate.short)] in asked.answers
    assert candidate.score == pytest.approx(confidences[surest], abs=0.01)


def test_without_questions_there_is_nothing_to_calibrate_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["calibrate", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    assert "--corpora" in capsys.readouterr().err
