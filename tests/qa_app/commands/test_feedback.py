import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.sync import sync
from qa_app.__main__ import main
from qa_app.assistant import Assistant
from qa_app.commands.feedback import question_line
from qa_app.evaluation.question_files import FileInTheWay, Gold, read_questions, write_questions
from qa_app.evaluation.run import judge_all
from qa_app.pipeline import answer
from qa_app.records.conversations import Conversations, conversations_file
from qa_app.records.feedback import Feedback, Verdict
from qa_app.records.receipts import Receipt, receipt
from tests.fakes import WordEncoder
from tests.qa_app.records.receipts_made import article, made, quote

TOWER = article("The tower is 90 metres high. It was built in 1911.")
RECEIPT = made(quote(TOWER, 0, 28, short=(13, 22)), quote(TOWER, 29, 50, 2))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(TOWER.text)
    sync(tmp_path / "articles", tmp_path / "index", WordEncoder())
    return tmp_path / "index"


def _judge(index: Path, kept: Receipt, verdict: Verdict, note: str = "") -> None:
    with closing(Conversations(conversations_file(index))) as conversations:
        _, turn = conversations.turns.ask(None, 0, kept.question)
        conversations.turns.answered(turn, kept)
        conversations.feedback.give(turn, verdict, note)


def test_feedback_is_listed_for_people(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _judge(index, RECEIPT, "right")
    _judge(index, made(), "wrong answer", "it says\n1911")
    assert main(["feedback", "--index", str(index)]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    assert "  right           How high is the tower?" in first
    assert "    answer  90 metres  (a.txt 0-28, a.txt 29-50)" in first
    assert "answer  The articles don't say." in second and second.endswith("    note    it says 1911\n")


def test_feedback_is_listed_for_programs_with_the_receipt(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _judge(index, RECEIPT, "wrong evidence", "elsewhere")
    assert main(["feedback", "--json", "--index", str(index)]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["verdict"], said["note"]) == ("wrong evidence", "elsewhere")
    assert said["receipt"]["quotes"][0]["citation"]["quote"] == "The tower is 90 metres high."


def test_without_feedback_no_file_is_created(index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "--index", str(index)]) == 0
    assert capsys.readouterr().out == "No feedback yet.\n"
    assert main(["feedback", "--json", "--index", str(index)]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["feedback", "--questions", str(tmp_path / "q.jsonl"), "--index", str(index)]) == 1
    assert main(["feedback", "--index", str(tmp_path / "none")]) == 1
    assert not conversations_file(index).exists() and not (tmp_path / "none").exists()
    assert not (tmp_path / "q.jsonl").exists()


def test_a_damaged_file_is_an_error_of_one_line_with_the_next_step(
    index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    conversations_file(index).write_bytes(b"no database " * 500)
    assert main(["feedback", "--index", str(index)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "conversations.sqlite3 are damaged" in error and "move it away" in error


def _line(kept: Receipt, verdict: Verdict, note: str = "") -> dict[str, object]:
    return question_line(Feedback("t1", verdict, note, "2026-01-02", kept))


def test_an_answer_judged_right_becomes_the_expected_one() -> None:
    evidence = [{"document": "a.txt", "quote": q.citation.quote} for q in RECEIPT.quotes]
    line = {"id": "t1", "question": "tower height", "answers": ["90 metres"], "evidence": evidence}
    assert _line(replace(RECEIPT, searched_for="tower height"), "right") == line
    assert _line(replace(RECEIPT, short_answer=None), "right", "yes") == {
        "id": "t1", "question": "How high is the tower?", "evidence": evidence, "note": "yes",
    }  # fmt: skip


def test_a_right_abstention_becomes_an_unanswerable_question() -> None:
    assert _line(made(), "right") == {"id": "t1", "question": "How high is the tower?", "unanswerable": True}


def test_a_wrong_answer_gives_only_its_question_and_a_note() -> None:
    question = {"id": "t1", "question": "How high is the tower?"}
    assert _line(RECEIPT, "wrong answer", "91") == question | {"note": "wrong answer: 91. The answer was: 90 metres"}
    assert _line(made(), "wrong evidence") == question | {
        "note": "wrong evidence. The answer was: The articles don't say."
    }


def test_a_question_file_is_written_once_and_eval_reads_it(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _judge(index, RECEIPT, "right")
    _judge(index, RECEIPT, "wrong answer")
    file = tmp_path / "questions.jsonl"
    command = ["feedback", "--questions", str(file), "--index", str(index)]
    assert main(command) == 0
    assert "2 questions, 1 of them with what is right" in capsys.readouterr().err
    right, wrong = read_questions(file)
    assert right.answers == ("90 metres",) and right.evidence[0] == Gold("a.txt", quote="The tower is 90 metres high.")
    assert (wrong.answers, wrong.evidence, wrong.unanswerable) == ((), (), False)
    written = file.read_bytes()
    assert main(command) == 1
    assert "was not changed" in capsys.readouterr().err and file.read_bytes() == written


def test_eval_judges_right_answers_and_skips_wrong_ones(assistant: Assistant, tmp_path: Path) -> None:
    asked = ["what rainwater system does Arkadag use?", "Who won the 2022 World Cup?", "How old is Kazan?"]
    verdicts: list[Verdict] = ["right", "right", "wrong answer"]
    lines = []
    for number, (question, verdict) in enumerate(zip(asked, verdicts, strict=True)):
        found = answer(assistant, question)
        with assistant.index.snapshot() as snapshot:
            kept = receipt(found, assistant, snapshot)
        lines.append(question_line(Feedback(f"t{number}", verdict, "", "2026", kept)))
    write_questions(lines, tmp_path / "q.jsonl")
    warnings: list[str] = []
    right, unanswerable, wrong = judge_all(assistant, read_questions(tmp_path / "q.jsonl"), warnings.append)
    assert warnings == []
    assert (right.exact_match, right.cited, right.first_cited) == (1.0, True, True)
    assert unanswerable.unanswerable
    assert (wrong.exact_match, wrong.cited) == (None, None)


def test_an_existing_file_is_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text("somebody's work")
    with pytest.raises(FileInTheWay, match="was not changed"):
        write_questions([], file)
    assert file.read_text() == "somebody's work"
