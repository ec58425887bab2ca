from pathlib import Path

import pytest

from qa_app.question_files import BrokenLine, Gold, Question, Turn, parse_questions, read_questions


def test_a_line_gives_all_its_fields() -> None:
    line = """{"id": 7, "question": "Who?", "history": [{"role": "user", "content": "Hi"}], "answers": ["A"],
        "evidence": [{"document": "a.txt", "start": 1, "end": 4}, {"document": "b.txt", "quote": "x"}], "unanswerable": false}"""
    assert list(parse_questions([line.replace("\n", " ")], "f")) == [
        Question(7, "Who?", (Turn("user", "Hi"),), ("A",), (Gold("a.txt", 1, 4), Gold("b.txt", quote="x")))
    ]


def test_blank_lines_are_passed_over_and_a_missing_id_is_the_line_number() -> None:
    assert [q.id for q in parse_questions(["", '{"question": "a"}', " \n", '{"question": "b"}'], "f")] == [2, 4]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "'question' is missing"),
        ('{"question": " "}', "is not a text"),
        ('{"question": "a", "history": "b"}', "is not a list"),
        ('{"question": "a", "evidence": [{}]}', "'document' is missing"),
    ],
)
def test_a_broken_line_is_named_by_number_and_reason(line: str, reason: str) -> None:
    with pytest.raises(BrokenLine, match=rf"f, line 2: .*{reason}"):
        list(parse_questions(['{"question": "fine"}', line], "f"))


def test_a_missing_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BrokenLine, match=r"none\.jsonl cannot be read"):
        list(read_questions(tmp_path / "none.jsonl"))
