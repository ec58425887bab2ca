"""Tests the driver with the real assistant; the chat model is a small process that answers by rule."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks.writers import __main__ as writers
from benchmarks.writers.scoring import Written
from tests.benchmarks.peers.test_main import squad


def written(text: str, quotes: tuple[str, ...], golds: tuple[str, ...], refused: bool, seconds: float) -> Written:
    return Written(golds, text, quotes, ("The Orsa is warm in May.",), refused, seconds)


def test_the_figures_of_five_answers_by_hand() -> None:
    answers = [
        written('"warm in May"', ("warm in May",), ("May",), False, 1.0),
        written('"warm in June" "May"', ("warm in June", "May"), ("May",), False, 2.0),
        written("not in the articles", (), ("May",), True, 3.0),
        written("not in the articles", (), (), True, 4.0),
        written("It was Ek.", (), (), False, 5.0),
    ]
    lines = writers.table({"one side": answers}).splitlines()
    assert dict([cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]) == {
        "answer contains a gold answer": "66.7 % (2 of 3)",
        "answers with a quote": "66.7 % (2 of 3)",
        "quotes found verbatim in the passages": "66.7 % (2 of 3)",
        "answers with verbatim quotes only": "33.3 % (1 of 3)",
        "unanswerable questions refused": "50.0 % (1 of 2)",
        "answerable questions refused": "33.3 % (1 of 3)",
        "characters per answer, median": "13",
        "seconds per answer, median / p95": "3.00 / 4.80",
    }


def test_both_sides_answer_every_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(writers, "make_environment", lambda *_: Path(sys.executable))
    monkeypatch.setattr(writers, "_WRITER", "tests.benchmarks.writers.first_sentence")
    data, out = squad(tmp_path / "dev.jsonl.gz"), tmp_path / "out"
    assert writers.main([str(out), "--data", str(data), "--answerable", "4", "--unanswerable", "4"]) == 0
    printed = capsys.readouterr().out
    ours, doubtful, model = (
        [json.loads(line)[name] for line in (out / "answers.jsonl").read_text().splitlines()]
        for name in ("this project, threshold 0.1", "this project, threshold 0.6", writers._MODEL)
    )
    assert len(ours) == len(doubtful) == len(model) == 4
    for side in ours, model:
        assert all(len(one["passages"]) == 5 for one in side)
        assert all(any(quote in text for text in one["passages"]) for one in side for quote in one["quotes"])
    for one, other in zip(ours, model, strict=True):
        assert set(one["passages"]) == set(other["passages"])  # same passages; the reader's order and the search's
    assert all(one["quotes"] == [one["text"].strip('"')] for one in model)
    assert "| quotes found verbatim in the passages | 100.0 %" in printed
    assert "pytest" in printed.splitlines()[-1]
