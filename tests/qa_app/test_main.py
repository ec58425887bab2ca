"""The command line as a user runs it, mostly in its own process."""

import json
import subprocess
from pathlib import Path

import pytest

from qa_app.__main__ import main
from qa_app.config import RetrievalConfig
from qa_app.selection import ABSTENTION
from tests.preloaded import run

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "what rainwater system does Arkadag use?"


def _run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return run(["-m", *arguments], text=text)


def test_a_folder_is_indexed_and_a_question_answered_with_citations(tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    assert _run("embeddings", "sync", "seeds", "--index", index).returncode == 0
    shown = _run("qa_app", "ask", QUESTION, "--index", index)
    assert shown.returncode == 0 and shown.stderr == ""
    assert (
        "rainwater collection system" in shown.stdout
        and "[1] Arkadag delegation visits Kazan, 2024-05-17" in shown.stdout
    )

    found = json.loads(_run("qa_app", "ask", QUESTION, "--index", index, "--json").stdout)
    for citation in found["citations"]:
        text = (ROOT / "seeds" / citation["document"]).read_text(encoding="utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_batch_writes_one_line_per_input_line_in_the_same_order(seed_index: Path, tmp_path: Path) -> None:
    lines = [
        {"id": f"q{i}", "question": q}
        for i, q in enumerate([QUESTION, "Who won the 2022 World Cup?", "Who is Aliyev?"])
    ]
    lines[2]["history"] = [{"role": "user", "content": QUESTION}]  # type: ignore[assignment]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    done = _run("qa_app", "batch", str(file), "--index", str(seed_index))
    assert done.returncode == 0
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["q0", "q1", "q2"]
    assert [a["abstained"] for a in answers][:2] == [False, True]
    wanted = {
        "id",
        "question",
        "searched_for",
        "answer",
        "short_answer",
        "abstained",
        "confidence",
        "citations",
        "passages",
    }
    for found in answers:
        assert wanted | {"timings_ms"} <= set(found)
        assert 0 <= found["confidence"] <= 1 and len(found["passages"]) == RetrievalConfig().passages
        assert all(
            set(c) == {"n", "document", "title", "start", "end", "quote", "page", "context", "copies", "folder"}
            for c in found["citations"]
        )
        assert all(set(p) == {"document", "start", "end", "score", "folder"} for p in found["passages"])


def test_batch_completes_a_follow_up_from_its_history(
    seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "The city uses a rainwater collection system. [1]"},
    ]
    alone = {"role": "user", "content": "Who toured Fizuli with Tokayev?"}
    lines = [
        {"id": 1, "question": "What else is planned there?", "history": history},
        {"id": 2, "question": "And  in which town was that?", "history": [alone, {"role": "assistant", "content": ""}]},
        {"id": 3, "question": "Who  toured Fizuli?", "history": history},
        {"id": 4, "question": "What else is planned there?", "history": []},
        {"id": 5, "question": "What is it?", "history": [alone, {"role": "assistant", "content": ABSTENTION}]},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    assert main(["batch", str(file), "--index", str(seed_index)]) == 0
    planned, town, itself, nothing, abstained = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (planned["question"], planned["searched_for"]) == (
        "What else is planned there?",
        "What else is planned in Arkadag?",
    )
    assert any("medical cluster" in citation["quote"] for citation in planned["citations"])
    assert "Fizuli" in town["searched_for"]
    assert itself["searched_for"] == "Who toured Fizuli?"
    assert nothing["searched_for"] == "What else is planned there?"
    assert "Fizuli" in abstained["searched_for"]


def test_batch_reads_standard_input(seed_index: Path) -> None:
    done = _run("qa_app", "batch", "-", "--index", str(seed_index), text=json.dumps({"id": 1, "question": QUESTION}))
    assert json.loads(done.stdout)["id"] == 1


def test_a_bad_line_of_a_batch_does_not_stop_the_others(
    seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "q.jsonl"
    half = '{"question": "\\ud800"}\n{"id": "\\ud800", "question": "x"}\n'  # JSON can write half a character
    file.write_text('{"id": 7, "question": " "}\n{broken\n' + half + json.dumps({"id": "ok", "question": QUESTION}))
    assert main(["batch", str(file), "--index", str(seed_index)]) == 1
    output = capsys.readouterr()
    blank, broken, *halves, fine = (json.loads(line) for line in output.out.splitlines())
    assert "line 1" in blank["error"] and "line 2" in broken["error"]
    assert len(halves) == 2 and all("half a character" in each["error"] for each in halves)
    assert (fine["id"], fine["abstained"]) == ("ok", False)
    assert "line 2" in output.err


def test_search_shows_passages_with_scores(seed_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "rainwater", "-k", "2", "--index", str(seed_index), "--json"]) == 0
    passages = json.loads(capsys.readouterr().out)
    assert len(passages) == 2 and "rainwater" in passages[0]["text"]
    assert passages[0]["score"] >= passages[1]["score"]
    assert main(["search", "rainwater", "--index", str(seed_index)]) == 0
    assert "rainwater collection system" in capsys.readouterr().out


def test_an_abstention_shows_the_closest_passages_and_the_threshold(
    seed_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who won the 2022 World Cup?", "--index", str(seed_index)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("The articles don't say.") and "an answer needs" in shown and ".txt" in shown


def test_the_threshold_moves_between_never_and_always_abstaining(
    seed_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for threshold, abstained in (("0", False), ("1", True)):
        assert main(["ask", QUESTION, "--threshold", threshold, "--index", str(seed_index), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["abstained"] is abstained
    assert main(["ask", "Who won the 2022 World Cup?", "--threshold", "0", "--index", str(seed_index), "--json"]) == 0
    assert not json.loads(capsys.readouterr().out)["abstained"]


@pytest.mark.parametrize("threshold", ["-0.1", "1.1", "some"])
def test_a_threshold_that_is_not_from_0_to_1_is_wrong_usage(threshold: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["ask", QUESTION, "--threshold", threshold])
    assert stopped.value.code == 2 and "--threshold" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "x", "--index", "{tmp}/none"], "python -m embeddings sync"),
        (["batch", "{tmp}/none.jsonl", "--index", "{index}"], "cannot be read"),
        (["ask", "  ", "--index", "{index}"], "question is empty"),
    ],
)
def test_errors_are_one_line_with_the_next_step(
    arguments: list[str], words: str, seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([a.format(tmp=tmp_path, index=seed_index) for a in arguments]) == 1
    output = capsys.readouterr()
    assert output.out == "" and output.err.count("\n") == 1 and words in output.err


@pytest.mark.parametrize(
    "arguments", [[], ["ask"], ["verify"], ["search", "x", "-k", "0"], ["search", "x", "-k", "many"], ["nonsense"]]
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2 and "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["ask", "batch", "search", "eval", "make-questions", "verify", "feedback", "users list"]
)
def test_help_of_every_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([*command.split(), "--help"])
    assert stop.value.code == 0 and "--index" in capsys.readouterr().out
