import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embeddings.sync import sync
from qa_app.__main__ import main
from qa_app.records.export import conversation_json
from qa_app.records.receipts import receipt_json
from qa_app.records.turns import KeptTurn
from tests.fakes import WordEncoder
from tests.qa_app.records.receipts_made import article, made, quote

ROOT = Path(__file__).resolve().parents[3]
TOWER = article("The tower is 90 metres high. It was built in 1911. Lightning struck it twice.")
BRIDGE = article("The bridge is 40 metres long.", "bridge.txt")
# Four sentences, of which each comes to another end below.
RECEIPT = made(quote(TOWER, 0, 28), quote(TOWER, 29, 50, 2), quote(TOWER, 51, 77, 3), quote(BRIDGE, 0, 29, 4))
NOW = "The tower is 90 metres high. So they say. It was built in 1911. Lightning struck it once."


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of what became of the articles."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(NOW)
    sync(tmp_path / "articles", tmp_path / "index", WordEncoder())
    return tmp_path / "index"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "receipt.json"
    file.write_text(receipt_json(RECEIPT), encoding="utf-8")
    return file


def test_a_line_for_each_quote_says_what_became_of_it(
    index: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(file), "--index", str(index)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "How high is the tower? (answered 2026-01-02T03:04:05+00:00)",
        "there    [1] Title of a.txt (a.txt 0-28): the article has changed elsewhere",
        "moved    [2] Title of a.txt (a.txt 29-50): now a.txt 42-63",
        "changed  [3] Title of a.txt (a.txt 51-77): the article has changed, and no article holds these words",
        "gone     [4] Title of bridge.txt (bridge.txt 0-29): the article is gone, and no other holds these words",
    ]


def test_json_says_where_the_words_are_now(index: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(file), "--index", str(index), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["question"], found["holds"]) == ("How high is the tower?", False)
    assert [quote["state"] for quote in found["quotes"]] == ["there", "moved", "changed", "gone"]
    now = found["quotes"][1]["now"]
    assert NOW[now["start"] : now["end"]] == found["quotes"][1]["quote"] and now["document"] == "a.txt"
    assert found["quotes"][3]["now"] is None


def test_quotes_that_are_there_or_moved_hold(index: Path, file: Path) -> None:
    file.write_text(receipt_json(made(*RECEIPT.quotes[:2])))
    assert main(["verify", str(file), "--index", str(index)]) == 0


def test_a_conversation_is_checked_answer_by_answer(
    index: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipts = [made(RECEIPT.quotes[0]), made(), None, made(RECEIPT.quotes[2])]
    turns = [KeptTurn(str(i), "c", i, "q", "2026", receipt, None, None) for i, receipt in enumerate(receipts)]
    file.write_text(conversation_json("Towers", turns))
    assert main(["verify", str(file), "--index", str(index)]) == 1
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.split("\n\n")[0].splitlines()] == ["How", "there"]
    assert shown.count("(answered") == 3 and "nothing was quoted" in shown and "changed  [3]" in shown


def test_an_altered_receipt_is_told_from_a_changed_article(
    index: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = article(NOW)
    file.write_text(receipt_json(made(quote(now, 0, 28))).replace("90 metres", "99 metres"))
    assert main(["verify", str(file), "--index", str(index)]) == 1
    assert "the receipt was altered" in capsys.readouterr().out


def test_standard_input_is_read(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(receipt_json(made(RECEIPT.quotes[0]))))
    assert main(["verify", "-", "--index", str(index)]) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), (b"\xff\xfe\x00", "utf-8"), (b'{"answer": 3}', "not the receipt of an answer")],
)
def test_a_file_that_is_no_receipt_is_one_line_with_the_next_step(
    index: Path, tmp_path: Path, content: bytes | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.json"
    if content is not None:
        file.write_bytes(content)
    assert main(["verify", str(file), "--index", str(index)]) == 1
    output = capsys.readouterr()
    assert output.out == "" and output.err.count("\n") == 1
    assert str(file) in output.err and words in output.err


def test_an_index_that_is_not_there_is_said(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(file), "--index", str(tmp_path / "none")]) == 1
    assert "python -m embeddings sync" in capsys.readouterr().err


_TIMED = """
import sys, time
from qa_app.__main__ import main
begun = time.perf_counter()
status = main(sys.argv[1:])
print(status, time.perf_counter() - begun, *({"torch", "transformers", "faiss", "gradio"} & set(sys.modules)), file=sys.stderr)
"""


def test_no_model_is_loaded_and_it_takes_a_moment(index: Path, file: Path) -> None:
    command = [sys.executable, "-c", _TIMED, "verify", str(file), "--index", str(index)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    status, seconds, *libraries = done.stderr.split()
    assert status == "1" and float(seconds) < 1 and libraries == []


def test_the_words_of_a_large_corpus_are_searched_in_a_moment(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number}.txt").write_text(f"Article {number}. " + "No word of it is here. " * 1000)
    (folder / "renamed.txt").write_text(BRIDGE.text)
    sync(folder, tmp_path / "index", WordEncoder())
    file = tmp_path / "receipt.json"
    file.write_text(receipt_json(made(RECEIPT.quotes[3])))
    begun = time.perf_counter()
    assert main(["verify", str(file), "--index", str(tmp_path / "index")]) == 0
    assert time.perf_counter() - begun < 2
