import sys
from pathlib import Path

import pytest

from benchmarks.peers.processes import MeasuredProcess, SystemFailed

FAKE = "tests.benchmarks.peers.word_overlap"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "rivers.txt").write_text("The Alva is cold.\n\nThe Orsa is warm.")
    return tmp_path / "articles"


def start(tmp_path: Path, module: str = FAKE) -> MeasuredProcess:
    return MeasuredProcess(Path(sys.executable), module, ["no-encoder"], tmp_path / "logs" / "fake.log")


def test_index_store_open_and_search(tmp_path: Path, folder: Path) -> None:
    place = str(tmp_path / "stored")
    with start(tmp_path) as process:
        assert process.ask("index", folder=str(folder), place=place)["seconds"] > 0
        process.ask("store", place=place)
        assert process.ask("encoded")["result"] == {
            "texts": ["The Alva is cold.", "The Orsa is warm."],
            "token_limit": 256,
        }
    with start(tmp_path) as process:
        process.ask("open", place=place)
        found = process.ask("search", query="is the orsa cold or warm.", k=1)["result"]
        assert found == [{"document": "rivers.txt", "text": "The Orsa is warm."}]
        end = process.ask("end")["result"]
    assert end["versions"] == {"pytest": pytest.__version__}
    assert 5e6 < end["peak_bytes"] < 1e9  # Python alone takes about 10 MB
    assert "libraries print what they like" in (tmp_path / "logs" / "fake.log").read_text()


def test_an_error_is_reported_in_one_line_and_the_process_continues(tmp_path: Path, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with start(tmp_path) as process:
        with pytest.raises(SystemFailed, match=r"^index: ValueError: nothing to index\. See .*fake\.log\.$"):
            process.ask("index", folder=str(empty), place="")
        process.ask("index", folder=str(folder), place="")
    assert "Traceback" in (tmp_path / "logs" / "fake.log").read_text()


def test_a_process_that_exits_is_reported_with_its_last_log_line(tmp_path: Path) -> None:
    with (
        pytest.raises(SystemFailed, match=r"search: the process exited with status 7 \(the last words\)"),
        start(tmp_path) as one,
    ):
        one.ask("search", query="crash", k=1)
    with pytest.raises(SystemFailed, match="No module named"), start(tmp_path, "no.such.module") as one:
        one.ask("search", query="anything", k=1)


def test_a_missing_python_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SystemFailed, match="cannot be started"):
        MeasuredProcess(tmp_path / "python", FAKE, [], tmp_path / "log")
