"""Runs a small benchmark: this project alone, two articles, twenty questions, the real driver and models."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers import __main__ as peers
from benchmarks.peers.evidence import Articles
from benchmarks.peers.processes import SystemFailed
from benchmarks.peers.systems import SYSTEMS, MeasuredSystem
from embeddings.errors import ArticlesError


def squad(file: Path, split: str = "measure", count: int = 20) -> Path:
    """Write two articles about lakes in SQuAD's format, with one question per paragraph."""
    names = ["Sevan", "Onega", "Vattern", "Balaton", "Ohrid", "Saimaa", "Ladoga", "Como", "Garda", "Inari"]
    uses = ["ferries carry timber", "children learn to skate"]
    lines = []
    for article, use in enumerate(uses):
        for i, name in enumerate(names[: count // 2]):
            context = (
                f"On Lake {name} {use} every winter. The water of {name} is {31 + 7 * i + article} metres deep, "
                "and its shores were measured by hand before there were any maps of the region."
            )
            answer = f"{31 + 7 * i + article} metres"
            asked = f"How deep is the water of {name}, where {use}?"
            gold = [{"text": answer, "start": context.index(answer)}]
            qas = [{"id": f"{article}-{i}", "question": asked, "is_impossible": False, "answers": gold}]
            lines.append({"title": f"Lakes {article}", "context": context, "split": split, "qas": qas})
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    return file


def test_this_project_alone_on_two_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = squad(tmp_path / "dev.jsonl.gz"), tmp_path / "out"
    assert peers.main([str(out), "--data", str(data), "--questions", "20", "--rounds", "1", "--only", "ours"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("2 articles, ")
    assert "20 questions" in printed
    assert printed.count("| this project |") == 2
    assert not (out / "venvs").exists()  # pip was not needed

    (measured,) = json.loads((out / "results.json").read_text())
    (once,) = measured["rounds"]
    judgements: list[dict[str, Any]] = once["judgements"]
    assert len(judgements) == len(once["query_seconds"]) == 20
    assert all(j["unlocated"] == 0 and 1 <= j["passages"] <= 10 for j in judgements)
    # The twenty paragraphs differ only in a name, a depth and an activity.
    assert sum(j["rank"] == 1 for j in judgements) >= 18
    assert once["chunks"] >= 2 and once["chunks_cut"] == 0
    assert 0 < once["index_seconds"] < 60
    assert max(once["query_seconds"]) < once["cold_seconds"]
    assert once["index_peak_bytes"] > 100e6  # the encoder alone takes 90 MB


def test_a_system_whose_environment_cannot_be_created_is_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "txtai_requirements.txt").write_text("--no-index\nno-such-package-of-ours==1\n")
    monkeypatch.setattr(peers, "_REQUIREMENTS", tmp_path)
    assert peers.main([str(tmp_path / "out"), "--data", str(squad(tmp_path / "dev.jsonl.gz")), "--only", "txtai"]) == 1
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| txtai |")]
    assert len(rows) == 2
    assert all(
        "failed: its environment: No matching distribution found for no-such-package-of-ours==1." in r for r in rows
    )


def test_systems_take_turns_and_a_system_that_fails_is_not_run_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second, third = SYSTEMS[:3]
    taken: list[MeasuredSystem] = []

    def noted(system: MeasuredSystem, *_: object) -> str:
        taken.append(system)
        if system == second and taken.count(second) == 2:
            raise SystemFailed("it broke.", "See the log.")
        return f"round {taken.count(system)}"

    monkeypatch.setattr(peers, "run_round", noted)
    monkeypatch.setattr(peers, "_python", lambda system, out: Path("python"))
    measured = peers.measure(SYSTEMS[:3], None, tmp_path, 3)  # type: ignore[arg-type]
    assert taken == [first, second, third, second, third, first, third, first]
    assert [m.failure for m in measured] == [None, "it broke. See the log.", None]
    assert [len(m.rounds) for m in measured] == [3, 1, 3]


def test_questions_are_answerable_measure_questions_and_warm_up_questions_are_fit_questions(tmp_path: Path) -> None:
    both = tmp_path / "both.jsonl.gz"
    with gzip.open(both, "wb") as out:
        for split in ("measure", "fit"):
            lines = gzip.decompress(squad(tmp_path / f"{split}.jsonl.gz", split).read_bytes())
            out.write(lines.replace(b"Lakes", f"Lakes {split}".encode()))
    work = peers.prepare(both, tmp_path / "articles", 10)
    assert len(work.questions) == 10 and {q.split for q in work.questions} == {"measure"}
    assert len(work.warming) == 20 and {q.split for q in work.warming} == {"fit"}
    assert isinstance(work.articles, Articles)
    assert work.characters == sum(len(file.read_text("utf-8")) for file in work.folder.iterdir())


def test_files_of_another_run_are_refused(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "stray.txt").write_text("An old article.")
    with pytest.raises(ArticlesError, match=r"stray\.txt"):
        peers.prepare(squad(tmp_path / "dev.jsonl.gz"), tmp_path / "articles", 10)


def test_data_without_measure_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticlesError, match="no answerable measure question"):
        peers.prepare(squad(tmp_path / "train.jsonl.gz", "train"), tmp_path / "articles", 10)
