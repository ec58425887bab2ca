from pathlib import Path

import pytest

from qa_app.evaluation.question_files import BrokenLine, Gold, Question, parse_questions, read_questions
from qa_app.types import Turn


def test_a_line_gives_all_its_fields() -> None:
    line = """{"id": 7, "question": "Who?", "history": [{"role": "user", "content": "Hi"}], "answers": ["A"],
        "evidence": [{"document": "a.txt", "start": 1, "end": 4}, {"document": "b.txt", "quote": "x"}], "unanswerable": false}"""
    assert list(parse_questions([line.replace("\n", " ")], "f")) == [
        Question(7, "Who?", (Turn("user", "Hi"),), ("A",), (Gold("a.txt", 1, 4), Gold("b.txt", quote="x")))
    ]


def test_blank_lines_are_skipped_and_a_missing_id_is_the_line_number() -> None:
    assert [q.id for q in parse_questions(["", '{"question": "a"}', " \n", '{"question": "b"}'], "f")] == [2, 4]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "not a JSON object"),
        ("{}", "'question' is missing"),
        ('{"question": " "}', "is blank"),
        ('{"question": 3}', "is not a string"),
        ('{"question": "a", "id": {}}', "neither a string nor a number"),
        ('{"question": "a", "id": true}', "neither a string nor a number"),
        ('{"question": "a", "history": "b"}', "is not a list"),
        ('{"question": "a", "history": ["b"]}', "is not a JSON object"),
        ('{"question": "a", "answers": "b"}', '"answers" is not a list'),
        ('{"question": "a", "answers": ["b", ""]}', "an answer is blank"),
        ('{"question": "a", "answers": [1841]}', "an answer is not a string"),
        ('{"question": "a", "evidence": [{}]}', "'document' is missing"),
        ('{"question": "a", "evidence": ["a.txt"]}', "is not a JSON object"),
        ('{"question": "a", "evidence": [{"document": "a.txt", "start": 1}]}', 'only one of "start" and "end"'),
        ('{"question": "a", "evidence": [{"document": "a.txt", "end": 1}]}', 'only one of "start" and "end"'),
        ('{"question": "a", "evidence": [{"document": "a.txt", "start": 4, "end": 4}]}', "is not a range"),
        ('{"question": "a", "evidence": [{"document": "a.txt", "start": -1, "end": 4}]}', "is not a range"),
        ('{"question": "a", "evidence": [{"document": "a.txt", "start": 1.5, "end": 4}]}', "not a whole number"),
        ('{"question": "a", "evidence": [{"document": "a.txt", "quote": ""}]}', '"quote" is blank'),
        ('{"question": "a", "unanswerable": "no"}', "neither true nor false"),
        ('{"question": "a", "unanswerable": true, "answers": ["b"]}', '"unanswerable" and has "answers"'),
        ('{"question": "fine", "id": 1}', "line 1 has the same id and question"),
    ],
)
def test_a_broken_line_is_named_by_number_and_reason(line: str, reason: str) -> None:
    with pytest.raises(BrokenLine, match=rf"f, line 2: .*{reason}"):
        parse_questions(['{"question": "fine"}', line], "f")


def test_all_broken_lines_are_named_at_once() -> None:
    with pytest.raises(BrokenLine) as broken:
        parse_questions(["{", '{"question": "fine"}', "[]", ""], "f")
    first, second = broken.value.what.split("\n")
    assert first.startswith("f, line 1: ") and second.startswith("f, line 3: ")
    assert broken.value.next_step == "Correct these 2 lines."


def test_what_is_null_counts_as_missing() -> None:
    line = '{"id": null, "question": "a", "answers": null, "evidence": null, "unanswerable": null, "history": null}'
    assert parse_questions([line], "f") == [Question(1, "a")]


def test_a_byte_order_mark_is_not_part_of_the_first_line(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"question": "a"}\n', encoding="utf-8-sig")
    assert read_questions(file) == [Question(1, "a")]


def test_a_file_without_a_question_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text("\n")
    with pytest.raises(BrokenLine, match=r"q\.jsonl contains no questions"):
        read_questions(file)


def test_a_missing_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BrokenLine, match=r"none\.jsonl cannot be read"):
        list(read_questions(tmp_path / "none.jsonl"))
