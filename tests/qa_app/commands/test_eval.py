"""`python -m qa_app eval` over the seeds: a benchmark small enough for every test run."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from qa_app.__main__ import main
from qa_app.config import AnswerConfig
from qa_app.evaluation.results import Result, last_result_file, read_result, write_result
from qa_app.threshold import threshold_file
from tests.qa_app.evaluation.outcomes import result, told

SEED_QUESTIONS = Path(__file__).resolve().parents[2] / "data" / "seed_questions.jsonl"
QUESTION = "what rainwater system does Arkadag use?"
RAINWATER = {"id": "rain", "question": QUESTION, "answers": ["rainwater collection system"]}
WORLD_CUP = {"id": "cup", "question": "Who won the 2022 World Cup?", "unanswerable": True}


@pytest.fixture(scope="module")
def index(seed_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the seeds into which evaluations may write."""
    return Path(shutil.copytree(seed_index, tmp_path_factory.mktemp("eval") / "index"))


@pytest.fixture(autouse=True)
def default_threshold(index: Path) -> None:
    threshold_file(index).unlink(missing_ok=True)


def questions(folder: Path, *lines: dict[str, Any]) -> str:
    file = folder / "q.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(file)


@pytest.fixture(scope="module")
def measured(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of twelve seed questions, two of them unanswerable."""
    place = tmp_path_factory.mktemp("measured")
    lines = SEED_QUESTIONS.read_text(encoding="utf-8").splitlines()
    (place / "q.jsonl").write_text("\n".join(lines[:30:3] + lines[30::5]))
    assert main(["eval", str(place / "q.jsonl"), "--index", str(index), "--out", str(place / "result.json")]) == 0
    return place / "result.json"


def figures_of(found: Result) -> dict[str, float]:
    return {measure.name: measure.value for measure in found.measures}


def test_twelve_questions_over_two_articles(measured: Path, index: Path) -> None:
    found = read_result(measured)
    assert len(found.outcomes) == 12
    assert (found.circumstances.documents, found.circumstances.threshold) == (2, AnswerConfig.threshold)
    figures = figures_of(found)
    assert figures["contains"] >= 0.7 and figures["cited"] >= 0.8
    assert figures["gold in 1"] <= figures["gold in 3"] <= figures["gold in 5"] <= figures["gold in 10"]
    assert figures["gold in 5"] >= 0.9 and figures["MRR"] >= 0.7
    assert figures["quotes exact"] == 1
    assert figures["exact match"] <= figures["F1"] <= 1
    assert figures["first cited"] <= figures["cited"]
    assert 0.5 < figures["AUROC"] <= 1
    assert 0 < figures["latency p50"] <= figures["latency p95"]
    counts = {measure.name: measure.count for measure in found.measures}
    assert (counts["contains"], counts["unanswerable abstained"], counts["coverage"]) == (10, 2, 12)
    assert all(m.low <= m.value <= m.high for m in found.measures if m.name != "calibration error")
    assert read_result(last_result_file(index)).outcomes


def test_a_second_run_differs_only_in_times_and_is_not_a_loss(
    measured: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(measured.parent / "q.jsonl")
    assert main(["eval", file, "--index", str(index), "--against", str(measured), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    before, now = json.loads(measured.read_text()), printed
    for side in (before, now):
        side["circumstances"].pop("made_at")
        side["measures"] = [measure for measure in side["measures"] if measure["unit"] != "ms"]
        for outcome in side["outcomes"]:
            outcome.pop("latency_ms")
    comparison = now.pop("comparison")
    assert now == before
    assert comparison["compared"] == 12 and comparison["is_loss"] is False
    assert (comparison["better"], comparison["worse"], comparison["circumstances"]) == ([], [], [])


def test_a_loss_exits_with_1_and_says_what_got_worse(
    measured: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(measured.parent / "q.jsonl")
    assert main(["eval", file, "--index", str(index), "--against", str(measured), "--threshold", "1"]) == 1
    shown = capsys.readouterr().out
    assert "threshold: 0.1 before, 1 now" in shown
    assert "Worse by more than chance: " in shown and "contains" in shown.rpartition("Worse by")[2]
    assert "(right to withheld" in shown


def test_the_table_has_value_interval_and_count(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", questions(tmp_path, RAINWATER, WORLD_CUP), "--index", str(index)]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    lines = {line[:24].strip(): line[24:].split() for line in output.out.splitlines()}
    assert lines["contains"] == ["100.0%", "100.0", "to", "100.0", "1"]
    assert lines["unanswerable abstained"] == ["100.0%", "100.0", "to", "100.0", "1"]
    assert lines["coverage"] == ["50.0%", "0.0", "to", "100.0", "2"]
    assert output.out.rstrip().endswith("Threshold 0.1: answers with a lower confidence are withheld.")


def test_a_fitted_threshold_applies_until_it_is_removed(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = questions(tmp_path, RAINWATER, {**RAINWATER, "id": "no", "answers": ["a dam"]}, WORLD_CUP)
    assert main(["eval", file, "--index", str(index), "--calibrate", "0.5", "--json"]) == 0
    fitted = json.loads(capsys.readouterr().out)
    kept = json.loads(threshold_file(index).read_text())
    assert fitted["calibration"].items() <= kept.items()
    assert (kept["given"], kept["questions"], kept["rate"]) == (2, 3, 0.5)
    assert kept["threshold"] == fitted["circumstances"]["threshold"] > 0
    assert main(["ask", QUESTION, "--index", str(index), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["threshold"] == kept["threshold"]
    assert main(["ask", QUESTION, "--index", str(index), "--json", "--threshold", "0.1"]) == 0
    assert json.loads(capsys.readouterr().out)["threshold"] == 0.1
    assert main(["eval", file, "--index", str(index), "--calibrate", "off"]) == 0
    assert "the default applies again" in capsys.readouterr().out
    assert not threshold_file(index).exists()
    assert main(["ask", QUESTION, "--index", str(index), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["threshold"] == AnswerConfig.threshold


def test_too_few_questions_are_reported(index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", questions(tmp_path, RAINWATER), "--index", str(index), "--calibrate", "0.1"]) == 0
    assert "It is based on 1 question: too few to rely on." in capsys.readouterr().out


def test_an_unreachable_rate_stores_nothing_and_still_shows_the_figures(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = questions(tmp_path, {**RAINWATER, "answers": ["a dam"]}, WORLD_CUP)
    assert main(["eval", file, "--index", str(index), "--calibrate", "0.1"]) == 1
    output = capsys.readouterr()
    assert "exact match" in output.out
    assert "the lowest is 100.0%, with 2 of 2 questions answered" in output.err
    assert not threshold_file(index).exists()


def test_a_threshold_fitted_with_another_reader_is_ignored(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["eval", questions(tmp_path, RAINWATER), "--index", str(index), "--calibrate", "1"]) == 0
    values = json.loads(threshold_file(index).read_text())
    threshold_file(index).write_text(json.dumps({**values, "threshold": 0.9, "reader": "another"}))
    capsys.readouterr()
    assert main(["ask", QUESTION, "--index", str(index), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["threshold"] == AnswerConfig.threshold
    assert "another encoder or reader" in caplog.text and "--calibrate RATE" in caplog.text


def test_evidence_that_is_not_in_the_corpus_is_left_out_with_a_warning(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {**RAINWATER, "evidence": [{"document": "none.txt"}]}
    assert main(["eval", questions(tmp_path, line), "--index", str(index), "--json"]) == 0
    output = capsys.readouterr()
    assert "warning: question rain: evidence left out: there is no article none.txt" in output.err
    names = [measure["name"] for measure in json.loads(output.out)["measures"]]
    assert "contains" in names and "cited" not in names


def test_a_result_that_cannot_be_stored_is_a_warning(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = last_result_file(index)
    file.unlink(missing_ok=True)
    file.mkdir()
    try:
        assert main(["eval", questions(tmp_path, RAINWATER), "--index", str(index)]) == 0
    finally:
        file.rmdir()
    output = capsys.readouterr()
    assert "warning: the result was not written to" in output.err
    assert "contains" in output.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{tmp}/none.jsonl"], "cannot be read"),
        (["{tmp}/broken.jsonl"], "broken.jsonl, line 1: not JSON"),
        (["{tmp}/q.jsonl", "--against", "{tmp}/q.jsonl"], "cannot be read as a result"),
        (["{tmp}/q.jsonl", "--against", "{tmp}/none.json"], "none.json cannot be read as a result"),
        (["{tmp}/q.jsonl", "--out", "{tmp}/none/result.json"], "or its folder does not exist"),
        (["{tmp}/q.jsonl", "--index", "{tmp}/none"], "python -m embeddings sync"),
    ],
)
def test_errors_are_reported_before_the_first_answer(
    arguments: list[str], words: str, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions(tmp_path, RAINWATER)
    (tmp_path / "broken.jsonl").write_text("{\n")
    given = [argument.format(tmp=tmp_path) for argument in arguments]
    assert main(["eval", "--index", str(index), *given]) == 1
    output = capsys.readouterr()
    assert output.out == "" and words in output.err


def test_results_of_other_questions_cannot_be_compared(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_result(result(told(1, 0.9, exact=True)), tmp_path / "other.json")
    against = ["--against", str(tmp_path / "other.json")]
    assert main(["eval", questions(tmp_path, RAINWATER), "--index", str(index), *against]) == 1
    assert "no question in common" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--calibrate", "2"], ["--calibrate", "on"], ["--calibrate", "0.1", "--threshold", "0.1"], ["--out"]]
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["eval", "q.jsonl", *arguments])
    assert stopped.value.code == 2 and "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--threshold", "--calibrate"])
@pytest.mark.parametrize("value", ["3", "-0.1", "nan", "much"])
def test_a_share_that_is_not_from_0_to_1_is_named(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["eval", "q.jsonl", f"{option}={value}"])
    assert f"argument {option}: must be a number from 0 to 1, not {value}\n" in capsys.readouterr().err
