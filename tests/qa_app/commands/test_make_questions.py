from pathlib import Path

import pytest

from qa_app.__main__ import main
from qa_app.evaluation.question_files import read_questions


def test_drafts_go_to_standard_output_or_to_a_new_file(
    seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["make-questions", "--index", str(seed_index), "--count", "4"]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("\n") == 4 and "4 drafts" in printed.err and "python -m qa_app eval" in printed.err

    file = tmp_path / "my questions.jsonl"
    assert main(["make-questions", "--index", str(seed_index), "--count", "4", "--out", str(file)]) == 0
    output = capsys.readouterr()
    assert output.out == "" and f"'{file}'" in output.err
    assert file.read_text(encoding="utf-8") == printed.out
    assert len(list(read_questions(file))) == 4


def test_an_existing_file_is_not_changed(seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("mine")
    assert main(["make-questions", "--index", str(seed_index), "--out", str(file)]) == 1
    assert file.read_text() == "mine" and "Name another file" in capsys.readouterr().err


def test_without_an_index_it_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["make-questions", "--index", str(tmp_path)]) == 1
    assert "python -m embeddings sync" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named(
    seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["make-questions", "--index", str(seed_index), "--out", str(tmp_path / "none" / "q.jsonl")]) == 1
    assert "q.jsonl" in capsys.readouterr().err
