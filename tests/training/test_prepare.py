from pathlib import Path

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index
from qa_app.config import RetrievalConfig
from qa_app.retrieval import retrieve
from tests.training.conftest import Data
from tests.training.towns import history, nature, paragraphs, towns, unanswerable, write_squad
from training.prepare import main, prepare
from training.prepared import read_prepared


def test_every_question_keeps_its_half_and_its_answers(data: Data) -> None:
    _, train = read_prepared(data.train)
    _, dev = read_prepared(data.dev)
    assert len(train) + len(dev) == 36
    assert {question.split for question in train} == {"train"}
    assert sorted(question.split for question in dev) == ["fit"] * 8 + ["measure"] * 4
    assert sorted(question.question for question in train + dev if not question.answers) == sorted(
        unanswerable(town).question for town in [*data.train_towns, data.fit, data.held_out, data.measure]
    )


def test_gold_chunks_contain_the_answer_or_are_an_unanswerable_questions_paragraph(data: Data) -> None:
    for folder in (data.train, data.dev):
        passages, questions = read_prepared(folder)
        for question in questions:
            assert question.gold
            for i in question.gold:
                text = passages[i].text
                assert question.answers[0] in text if question.answers else "was founded in" in text
                assert passages[i].title in question.question


def test_chunks_are_exact_slices_of_the_article(data: Data) -> None:
    for passage in read_prepared(data.train)[0].values():
        article = (data.train / "articles" / passage.document).read_text(encoding="utf-8")
        assert article[passage.start : passage.start + len(passage.text)] == passage.text


def test_retrieval_is_the_same_as_in_the_product(data: Data, encoder: SentenceEncoder) -> None:
    passages, questions = read_prepared(data.dev)
    config = RetrievalConfig()
    with Index(data.dev / "parts" / "00" / "index", encoder).snapshot() as snapshot:
        for question in questions:
            read = [passage.chunk.text for passage in retrieve(snapshot, question.question, config)]
            assert [passages[i].text for i in question.retrieved[: config.passages]] == read
            assert len(question.retrieved) == len(set(question.retrieved)) == snapshot.size()


def test_the_gold_of_an_unanswerable_question_is_its_own_paragraph(tmp_path: Path) -> None:
    lines = list(paragraphs(towns(1)[0], None, with_unanswerable=False))
    for place, line in enumerate(lines):
        line["qas"] = [{"id": str(place), "question": "Who painted it?", "is_impossible": True, "answers": []}]
    prepare(write_squad(tmp_path / "data.jsonl.gz", lines), tmp_path / "out", RetrievalConfig())
    passages, questions = read_prepared(tmp_path / "out")
    gold = [[passages[i].text for i in question.gold] for question in questions]
    assert gold == [[history(towns(1)[0])], [nature(towns(1)[0])]]


def small(folder: Path, town: int) -> Path:
    return write_squad(folder / f"{town}.jsonl.gz", paragraphs(towns(9)[town], None, with_unanswerable=False))


def test_a_finished_corpus_is_not_prepared_again(tmp_path: Path) -> None:
    prepare(small(tmp_path, 0), tmp_path / "out", RetrievalConfig())
    before = read_prepared(tmp_path / "out")
    prepare(small(tmp_path, 1), tmp_path / "out", RetrievalConfig())
    assert read_prepared(tmp_path / "out") == before


def test_an_interrupted_corpus_is_prepared_again(tmp_path: Path) -> None:
    data, out = small(tmp_path, 0), tmp_path / "out"
    prepare(data, out, RetrievalConfig())
    before = read_prepared(out)
    (out / "parts" / "00" / "questions.jsonl").unlink()
    prepare(data, out, RetrievalConfig())
    assert read_prepared(out) == before


def test_articles_are_split_into_corpora_and_questions_search_only_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line for town in towns(3) for line in paragraphs(town, None, with_unanswerable=False)]
    two_towns = 2 * max(len(history(town)) + len(nature(town)) + 2 for town in towns(3))
    monkeypatch.setattr("training.prepare._CHARACTERS_PER_CORPUS", two_towns)
    prepare(write_squad(tmp_path / "data.jsonl.gz", lines), tmp_path / "out", RetrievalConfig())
    passages, questions = read_prepared(tmp_path / "out")
    assert len(questions) == 9
    sizes = []
    for part in sorted((tmp_path / "out" / "parts").iterdir()):
        documents = {file.name for file in (part / "corpus").iterdir()}
        sizes.append(len(documents))
        own = [q for q in questions if passages[q.gold[0]].document in documents]
        assert {passages[i].document for q in own for i in q.retrieved} == documents
    assert sizes == [2, 1]


def test_several_files_are_one_set_and_a_paragraph_that_both_have_is_written_once(tmp_path: Path) -> None:
    town = towns(1)[0]
    answerable = list(paragraphs(town, None, with_unanswerable=False))
    asked = [{"id": "u", "question": "Who painted it?", "is_impossible": True, "answers": []}]
    unanswerable_ones: list[dict[str, object]] = [{"title": town.name, "context": history(town), "qas": asked}]
    files = [write_squad(tmp_path / "a.jsonl.gz", answerable), write_squad(tmp_path / "b.jsonl.gz", unanswerable_ones)]
    prepare(files, tmp_path / "out", RetrievalConfig())
    passages, questions = read_prepared(tmp_path / "out")
    assert sorted(passage.text for passage in passages.values()) == sorted([history(town), nature(town)])
    (added,) = [question for question in questions if not question.answers]
    assert [passages[i].text for i in added.gold] == [history(town)]
    assert len(questions) == 4


def test_a_question_whose_answer_is_not_in_the_words_of_its_paragraph_is_left_out(tmp_path: Path) -> None:
    answers: list[list[object]] = [[], [{"text": "an answer in other words", "start": None}]]
    asked = [{"id": str(a), "question": "Why?", "is_impossible": False, "answers": a} for a in answers]
    unmarked: dict[str, object] = {"title": "T", "context": "It was.", "qas": asked}
    lines = [*paragraphs(towns(1)[0], None, with_unanswerable=False), unmarked]
    prepare(write_squad(tmp_path / "data.jsonl.gz", lines), tmp_path / "out", RetrievalConfig())
    assert "Why?" not in {question.question for question in read_prepared(tmp_path / "out")[1]}


def test_an_answer_that_a_long_paragraph_holds_twice_is_not_trusted(tmp_path: Path) -> None:
    long = "The mill stands. " + "Nothing happened for years. " * 150 + "The mill burned. It was 1901."
    asked = [
        {"id": word, "question": word, "is_impossible": False, "answers": [{"text": word, "start": long.index(word)}]}
        for word in ("mill", "1901")
    ]
    lines: list[dict[str, object]] = [{"title": "T", "context": long, "qas": asked}]
    prepare(write_squad(tmp_path / "data.jsonl.gz", lines), tmp_path / "out", RetrievalConfig())
    assert [question.question for question in read_prepared(tmp_path / "out")[1]] == ["1901"]


def test_questions_to_measure_with_are_left_out(tmp_path: Path) -> None:
    prepare(small(tmp_path, 0), tmp_path / "with", RetrievalConfig())
    first, *others = [question.question for question in read_prepared(tmp_path / "with")[1]]
    asked = [{"id": "m", "question": first.upper(), "is_impossible": True, "answers": []}]
    measured: list[dict[str, object]] = [{"title": "M", "context": "It was measured.", "qas": asked}]
    against = write_squad(tmp_path / "measured.jsonl.gz", measured)
    prepare(small(tmp_path, 0), tmp_path / "out", RetrievalConfig(), without=[against])
    assert [question.question for question in read_prepared(tmp_path / "out")[1]] == others


def test_a_question_without_an_id_gets_one(tmp_path: Path) -> None:
    lines = list(paragraphs(towns(1)[0], None, with_unanswerable=False))
    for line in lines:
        assert isinstance(line["qas"], list)
        line["qas"] = [qa | {"id": ""} for qa in line["qas"]]
    prepare(write_squad(tmp_path / "data.jsonl.gz", lines), tmp_path / "out", RetrievalConfig())
    ids = [question.id for question in read_prepared(tmp_path / "out")[1]]
    assert all(ids)
    assert len(set(ids)) == 3


def test_the_command_prepares_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["prepare", str(small(tmp_path, 2)), str(tmp_path / "out")])
    main()
    passages, questions = read_prepared(tmp_path / "out")
    assert len(questions) == 3
    assert nature(towns(3)[2]) in {passage.text for passage in passages.values()}
