from pathlib import Path

import pytest

from qa_app.config import RetrievalConfig
from tests.training.towns import paragraphs, towns, write_squad
from training.leaks import leaks, main
from training.prepare import prepare


def test_case_punctuation_and_articles_do_not_hide_a_leak() -> None:
    training = ["Where is the mill?", "Who owns it?", "where is mill", "Where is the mill?"]
    assert leaks(training, ["WHERE IS A MILL", "When?"]) == ["Where is the mill?", "where is mill"]


def test_other_questions_are_no_leak() -> None:
    assert leaks(["Where is the mill?"], ["Where was the mill?", ""]) == []


@pytest.mark.parametrize("is_leaking", [True, False])
def test_the_command_names_the_questions_in_both(
    is_leaking: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (
        write_squad(tmp_path / f"{town.name}.jsonl.gz", paragraphs(town, None, with_unanswerable=False))
        for town in towns(2)
    )
    prepare(first, tmp_path / "prepared", RetrievalConfig())
    against = first if is_leaking else second
    monkeypatch.setattr("sys.argv", ["leaks", str(tmp_path / "prepared"), "--against", str(against)])
    with pytest.raises(SystemExit) as ended:
        main()
    count = 3 if is_leaking else 0
    assert ended.value.code == int(is_leaking)
    assert f"{count} of 3 questions are also measured with" in capsys.readouterr().out
