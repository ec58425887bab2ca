from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from tests.embeddings.odd_text import odd_texts
from training.prepared import Passage, Question, is_finished, read_prepared, write_part

PASSAGES = [Passage(1, "a.txt", "A", 0, "Some text."), Passage(7, "a.txt", "A", 12, "More text.")]
QUESTIONS = [
    Question("q1", "What?", "train", ("text", "Some"), (1,), (7, 1)),
    Question("q2", "Who?", "fit", (), (1, 7), ()),
]


def test_a_part_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    part = tmp_path / "parts" / "00"
    part.mkdir(parents=True)
    write_part(part, PASSAGES, QUESTIONS)
    assert read_prepared(tmp_path) == ({1: PASSAGES[0], 7: PASSAGES[1]}, QUESTIONS)
    assert sorted(file.name for file in part.iterdir()) == ["chunks.jsonl", "questions.jsonl"]


@given(text=odd_texts)
def test_odd_texts_are_read_back_as_they_were_written(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "odd"
    part = folder / "parts" / "00"
    part.mkdir(parents=True, exist_ok=True)
    passage, question = Passage(3, text, text, 5, text), Question(text, text, "train", (text,), (3,), (3,))
    write_part(part, [passage], [question])
    assert read_prepared(folder) == ({3: passage}, [question])


def test_an_unfinished_part_is_ignored(tmp_path: Path) -> None:
    done, broken = tmp_path / "parts" / "00", tmp_path / "parts" / "01"
    for part in (done, broken):
        part.mkdir(parents=True)

    def failing() -> Iterator[Question]:
        yield QUESTIONS[0]
        raise RuntimeError("stopped")

    write_part(done, PASSAGES[:1], QUESTIONS[:1])
    with pytest.raises(RuntimeError, match="stopped"):
        write_part(broken, PASSAGES[1:], failing())
    assert is_finished(done)
    assert not is_finished(broken)
    assert read_prepared(tmp_path) == ({1: PASSAGES[0]}, QUESTIONS[:1])


def test_a_part_is_not_finished_while_its_questions_are_being_written(tmp_path: Path) -> None:
    finished = []

    def rows() -> Iterator[Question]:
        for question in QUESTIONS:
            finished.append(is_finished(tmp_path))
            yield question

    write_part(tmp_path, PASSAGES, rows())
    assert [*finished, is_finished(tmp_path)] == [False, False, True]


def test_folders_do_not_share_ids(tmp_path: Path) -> None:
    for name in ("one", "two"):
        part = tmp_path / name / "parts" / "00"
        part.mkdir(parents=True)
        write_part(part, PASSAGES, QUESTIONS)
    passages, questions = read_prepared(tmp_path / "one", tmp_path / "two")
    assert len(passages) == 4
    assert all(passages[i].id == i for i in passages)
    assert [question.id for question in questions] == ["q1", "q2", "q1", "q2"]
    for question in questions:
        assert set(question.gold) | set(question.retrieved) <= set(passages)
    assert not set(questions[0].gold) & set(questions[2].gold)
    assert [passages[i].text for i in questions[2].retrieved] == ["More text.", "Some text."]


def test_parts_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for number in (1, 0, 2):
        part = tmp_path / "parts" / f"{number:02d}"
        part.mkdir(parents=True)
        write_part(part, [], [Question(str(number), "What?", "train", (), (), ())])
    assert [question.id for question in read_prepared(tmp_path)[1]] == ["0", "1", "2"]
