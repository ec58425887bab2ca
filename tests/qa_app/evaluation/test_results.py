import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.evaluation.results import BrokenResult, Result, read_result, result_json, write_result
from tests.qa_app.evaluation.outcomes import plain, result, told, unanswerable

RESULT = result(told(1, 0.9, exact=True), unanswerable(2, 0.25), plain(3, 1.0))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


def test_what_is_written_is_read(file: Path) -> None:
    write_result(RESULT, file)
    assert read_result(file) == RESULT
    write_result(result(plain(4, 0.5)), file)
    assert read_result(file) == result(plain(4, 0.5))


@given(st.text(st.characters(), max_size=20))
def test_any_words_come_back(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    file = tmp_path_factory.mktemp("words") / "result.json"
    odd = Result(RESULT.circumstances, (), (replace(plain(1, 0.1), question=words, short_answer=words),))
    write_result(odd, file)
    assert read_result(file) == odd


def test_what_a_command_put_beside_is_passed_over(file: Path) -> None:
    file.write_text(json.dumps({**result_json(RESULT), "comparison": {"is_loss": True}}))
    assert read_result(file) == RESULT


def change(path: str, value: Any) -> str:
    values = json.loads(json.dumps(result_json(RESULT)))
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    target = values
    for step in way:
        target = target[step]
    target[last] = value
    return json.dumps(values)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Invalid JSON: EOF"),
        ("[]", "Input should be an object"),
        ('{"outcomes": []}', "circumstances: Field required"),
        (change("format", 99), "it is of format 99, this program reads 1"),
        (change("outcomes", {}), "outcomes: Input should be a valid array"),
        (change("outcomes.1", 3), r"outcomes\[1\]: Input should be an object"),
        (change("outcomes.1.confidence", "high"), r"outcomes\[1\]\.confidence: Input should be a valid number"),
        (change("outcomes.0.gold.0.start", True), r"outcomes\[0\]\.gold\[0\]\.start: Input should be a valid integer"),
        (change("circumstances.threshold", None), "circumstances.threshold: Input should be a valid number"),
    ],
)
def test_a_broken_or_foreign_file_is_named_with_the_reason(file: Path, text: str, reason: str) -> None:
    file.write_text(text)
    with pytest.raises(BrokenResult, match=rf"result\.json cannot be read as a result: .*{reason}"):
        read_result(file)


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(BrokenResult, match=r"result\.json cannot be read as a result: No such file"):
        read_result(file)
