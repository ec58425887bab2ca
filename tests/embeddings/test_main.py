import json
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from embeddings.documents.versions import versions_for
from embeddings.encoders.encoder import Vectors
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import recorded_encoder
from embeddings.storage.builds import current_build
from tests.embeddings.helpers import Run, article, assert_one_line_error, database, titled, write
from tests.fakes import WordEncoder
from tests.preloaded import run as run_program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "articles", "canal.txt", "date 2024-05-17\n\n" + article("canal"))
    write(tmp_path / "articles", "dam.txt", titled("How the dam was built", "dam"))
    return tmp_path / "articles"


@pytest.fixture
def index(tmp_path: Path, folder: Path, run: Run) -> Path:
    assert run("sync", folder, "--index", tmp_path / "index")[0] == 0
    return tmp_path / "index"


def test_sync_says_what_it_did(run: Run, folder: Path, tmp_path: Path) -> None:
    status, output, errors = run("sync", folder, "--index", tmp_path / "index")
    assert (status, errors) == (0, "")
    assert output.startswith("2 added, 0 changed, 0 renamed, 0 deleted, 0 unchanged; 2 chunks encoded in ")
    (folder / "dam.txt").rename(folder / "big.txt")
    write(folder, "canal.txt", article("river"))
    write(folder, "notes.jpg", "x")
    status, output, _ = run("sync", folder, "--index", tmp_path / "index")
    assert status == 0
    assert output.startswith("0 added, 1 changed, 1 renamed, 0 deleted, 0 unchanged; 1 chunks encoded")
    assert "skipped, of no known format: notes.jpg\n" in output


def test_sync_in_json(run: Run, folder: Path, tmp_path: Path) -> None:
    status, output, _ = run("sync", folder, "--index", tmp_path / "index", "--json")
    report = json.loads(output)
    assert status == 0
    assert report["added"] == ["canal.txt", "dam.txt"]
    assert (report["chunks_encoded"], report["failed"], report["stopped"]) == (2, [], False)


def test_a_file_that_cannot_be_read_makes_the_exit_status_1(run: Run, index: Path, folder: Path) -> None:
    write(folder, "dam.txt", b"")
    write(folder, "new.txt", b"\x00\x01")
    status, output, _ = run("sync", folder, "--index", index)
    assert status == 1
    assert "failed: dam.txt is empty. Fill it or delete it.\n" in output
    assert "failed: new.txt is binary, not text. Save its text as .txt or .md.\n" in output
    status, output, _ = run("status", "--index", index)
    assert status == 0
    assert "failed    dam.txt is empty. Fill it or delete it." in output
    assert [row["path"] for row in json.loads(run("list", "--index", index, "--json")[1])] == ["canal.txt"]
    write(folder, "dam.txt", article("dam"))
    (folder / "new.txt").unlink()
    assert run("sync", folder, "--index", index)[0] == 0


def test_status_says_what_the_index_holds_and_how_it_was_made(run: Run, index: Path, folder: Path) -> None:
    status, output, errors = run("status", "--index", index)
    assert (status, errors) == (0, "")
    lines = output.splitlines()
    assert lines[0].startswith("2 documents, 2 chunks, ")
    assert lines[1] == f"folder    {folder}"
    assert lines[2].startswith("encoder   all-MiniLM-L6-v2, weights ")
    assert lines[3] == "chunking  about 600 characters, overlap 1 sentence(s)"
    assert lines[4] == f"read by   {versions_for('canal.txt')} (2 documents)"


def test_status_in_json(run: Run, index: Path, folder: Path) -> None:
    values: dict[str, Any] = json.loads(run("status", "--index", index, "--json")[1])
    assert (values["documents"], values["chunks"], values["failed"]) == (2, 2, [])
    assert values["folder"] == str(folder)
    assert values["characters"] == sum(len(file.read_text()) for file in folder.iterdir())
    assert values["encoder"]["dimension"] == 64
    assert values["chunking"]["target_chars"] == 600
    assert values["versions"] == {versions_for("canal.txt"): 2}


def test_list_names_every_document(run: Run, index: Path) -> None:
    status, output, errors = run("list", "--index", index)
    assert (status, errors) == (0, "")
    first, second = output.splitlines()
    assert first.split() == ["2024-05-17", "1", "chunks", "canal.txt", "Canal"]
    assert second.split() == ["1", "chunks", "dam.txt", "How", "the", "dam", "was", "built"]


def test_list_in_json(run: Run, index: Path) -> None:
    rows = json.loads(run("list", "--index", index, "--json")[1])
    assert [(row["path"], row["title"], row["date"], row["chunks"]) for row in rows] == [
        ("canal.txt", "Canal", "2024-05-17", 1),
        ("dam.txt", "How the dam was built", None, 1),
    ]


def test_list_of_an_empty_index(run: Run, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    run("sync", tmp_path / "articles", "--index", tmp_path / "index")
    assert run("list", "--index", tmp_path / "index") == (0, "No documents.\n", "")
    assert json.loads(run("list", "--index", tmp_path / "index", "--json")[1]) == []


def test_doctor_passes_a_sound_index(run: Run, index: Path) -> None:
    status, output, errors = run("doctor", "--index", index)
    assert (status, errors) == (0, "")
    assert all(line.startswith("ok   ") for line in output.splitlines())
    values = json.loads(run("doctor", "--index", index, "--json")[1])
    assert values["healthy"] is True
    assert {finding["check"] for finding in values["findings"]} >= {"SQLite file", "model", "FAISS file", "folder"}


def test_doctor_fails_a_damaged_index_and_says_what_to_do(run: Run, index: Path) -> None:
    with database(current_build(index)) as connection:
        connection.execute("UPDATE chunk_words SET text = 'other' WHERE rowid = 1")
    status, output, _ = run("doctor", "--index", index)
    assert status == 1
    (line,) = [line for line in output.splitlines() if line.startswith("BAD")]
    assert line.startswith("BAD  words: chunk 1 differs. Mend it")
    status, output, _ = run("doctor", "--index", index, "--json")
    assert (status, json.loads(output)["healthy"]) == (1, False)


def test_reembed_takes_the_folder_of_the_last_sync_and_rollback_goes_back(run: Run, index: Path, folder: Path) -> None:
    status, output, _ = run("reembed", "--index", index)
    assert status == 0
    assert output.startswith("2 added, ")
    assert current_build(index).folder.name == "0002"
    status, output, _ = run("rollback", "--index", index)
    assert (status, current_build(index).folder.name) == (0, "0001")
    assert output == f"Build 0001 is in use again. Bring it up to date: python -m embeddings sync --index {index}\n"


def test_sync_with_another_encoder_builds_beside_the_index_and_switches(run: Run, index: Path, folder: Path) -> None:
    status, output, _ = run("sync", "--index", index, "--encoder", "others")
    assert (status, output[:8], current_build(index).folder.name) == (0, "2 added,", "0002")
    assert recorded_encoder(index).name == "others"
    for arguments in (["sync", folder], ["sync", "--encoder", "others"]):
        status, output, _ = run(*arguments, "--index", index)
        assert "0 chunks encoded" in output
    assert run("doctor", "--index", index)[0] == 0
    assert run("rollback", "--index", index)[0] == 0
    assert recorded_encoder(index).name == PACKAGED_ENCODER


def test_prefixes_are_kept_with_the_index_and_shown(run: Run, index: Path) -> None:
    prefixes = ("--query-prefix", "ask: ", "--passage-prefix", "text: ")
    assert run("sync", "--index", index, *prefixes)[0] == 0
    record = recorded_encoder(index)
    assert (record.name, record.query_prefix, record.passage_prefix) == (PACKAGED_ENCODER, "ask: ", "text: ")
    assert "prefixes 'ask: ' and 'text: '" in run("status", "--index", index)[1]
    for again in ((), ("--encoder", record.name), prefixes):
        assert "0 chunks encoded" in run("sync", "--index", index, *again)[1]
    assert run("sync", "--index", index, "--encoder", "intfloat/multilingual-e5-base")[0] == 0
    assert recorded_encoder(index).query_prefix == "query: "  # as its model card says


def test_prune_deletes_the_builds_that_are_not_in_use(run: Run, index: Path) -> None:
    assert run("prune", "--index", index)[1] == "Nothing to delete.\n"
    assert run("reembed", "--index", index)[0] == 0
    status, output, _ = run("prune", "--index", index)
    assert (status, output[:13]) == (0, "Deleted 0001:")
    assert [folder.name for folder in (index / "builds").iterdir()] == ["0002"]
    assert run("doctor", "--index", index)[0] == 0
    assert_one_line_error(run("rollback", "--index", index), "no earlier build")


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "list",
        "doctor",
        "reembed",
        pytest.param("rollback"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_without_an_index_every_command_says_how_to_make_one(
    run: Run, tmp_path: Path, command: str, form: list[str]
) -> None:
    outcome = run(command, "--index", tmp_path / "none", *form)
    assert_one_line_error(outcome, "There is no index in", "python -m embeddings sync FOLDER --index")
    assert not (tmp_path / "none").exists()


def test_a_missing_folder_is_reported_and_no_index_is_created(run: Run, tmp_path: Path) -> None:
    assert_one_line_error(run("sync", tmp_path / "gone", "--index", tmp_path / "index"), "There is no folder")
    assert not (tmp_path / "index").exists()


def test_there_is_nothing_to_roll_back_to_at_first(run: Run, index: Path) -> None:
    assert_one_line_error(run("rollback", "--index", index), "no earlier build")


def test_what_is_left_out_is_listed_read_and_left_out_again(run: Run, index: Path) -> None:
    status, output, _ = run("left-out", "canal.txt", "--index", index)
    assert (status, output) == (0, "   1  left out (header): date\n")
    status, output, _ = run("left-out", "canal.txt", "--read", 1, "--index", index, "--json")
    assert status == 0 and [piece["is_read"] for piece in json.loads(output)] == [True]
    assert_one_line_error(run("left-out", "canal.txt", "--leave-out", 2, "--index", index), "Choose from 1 to 1.")
    assert run("left-out", "canal.txt", "--leave-out", 1, "--index", index)[1].startswith("   1  left out")
    assert_one_line_error(run("left-out", "gone.txt", "--index", index), "There is no article gone.txt.")
    assert run("left-out", "dam.txt", "--index", index)[1] == "Nothing is left out of dam.txt.\n"


def test_a_guessed_encoding_is_told_by_status_and_list(run: Run, index: Path, folder: Path) -> None:
    write(
        folder,
        "river.txt",
        "Die Schleuse am Fluß wurde im Frühjahr geöffnet, und viele Gäste kamen über die Brücke.".encode("cp1252"),
    )
    assert run("sync", folder, "--index", index)[0] == 0
    note = "read as windows-1252 (guessed)"
    assert json.loads(run("status", "--index", index, "--json")[1])["notes"] == {"river.txt": [note]}
    assert [entry["notes"] for entry in json.loads(run("list", "--index", index, "--json")[1])] == [[], [], [note]]
    assert f"note      river.txt: {note}\n" in run("status", "--index", index)[1]
    assert f"({note})" in run("list", "--index", index)[1]


COMMANDS = ["sync", "status", "list", "doctor", "reembed", "rollback"]


def call(run: Run, command: str, folder: Path, index: Path) -> tuple[int, str, str]:
    return run(command, *([folder] if command == "sync" else []), "--index", index)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in ("rollback", "doctor")])
def test_a_sqlite_file_of_garbage_gives_one_line(run: Run, index: Path, folder: Path, command: str) -> None:
    current_build(index).store_file.write_bytes(b"garbage " * 1000)
    assert_one_line_error(call(run, command, folder, index), "is damaged", "python -m embeddings reembed FOLDER")


@pytest.mark.parametrize("command", ["sync", "status", "list"])
def test_a_sqlite_file_with_damaged_pages_gives_one_line(run: Run, index: Path, folder: Path, command: str) -> None:
    with database(current_build(index)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'documents'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    file = current_build(index).store_file
    data = bytearray(file.read_bytes())
    data[(root - 1) * size : root * size] = b"\xff" * size
    file.write_bytes(data)
    write(folder, "bridge.txt", article("bridge", 5))  # a sync that finds nothing changed reads no article
    assert_one_line_error(call(run, command, folder, index), "is damaged", "python -m embeddings reembed FOLDER")


def test_reembed_repairs_a_sqlite_file_of_garbage(run: Run, index: Path, folder: Path) -> None:
    current_build(index).store_file.write_bytes(b"garbage " * 1000)
    assert run("reembed", folder, "--index", index)[0] == 0
    assert run("doctor", "--index", index)[0] == 0


@pytest.mark.parametrize("command", ["sync", "status", "list", "reembed"])
def test_an_empty_sqlite_file_gives_one_line(run: Run, index: Path, folder: Path, command: str) -> None:
    current_build(index).store_file.write_bytes(b"")
    assert_one_line_error(call(run, command, folder, index), "python -m embeddings reembed FOLDER")


@pytest.mark.parametrize("content", [b"garbage " * 1000, b""])
def test_doctor_reports_a_damaged_sqlite_file_as_a_finding(run: Run, index: Path, folder: Path, content: bytes) -> None:
    current_build(index).store_file.write_bytes(content)
    status, output, _ = run("doctor", "--index", index, "--json")
    (finding,) = json.loads(output)["findings"]
    assert (status, finding["check"], finding["ok"]) == (1, "SQLite file", False)
    assert "python -m embeddings reembed FOLDER" in finding["next_step"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_garbled_pointer_gives_one_line(run: Run, index: Path, folder: Path, command: str) -> None:
    (index / "current.json").write_text("garbage")
    assert_one_line_error(call(run, command, folder, index), "current.json", "python -m embeddings reembed FOLDER")


@pytest.mark.parametrize(
    "command",
    [
        *("status", "list", "doctor", "reembed"),
        *(pytest.param(command) for command in ("sync", "rollback")),
    ],
)
def test_an_index_that_is_a_file_gives_one_line(run: Run, folder: Path, tmp_path: Path, command: str) -> None:
    write(tmp_path, "notes", "Words.")
    assert_one_line_error(call(run, command, folder, tmp_path / "notes"), "notes")


@pytest.mark.parametrize("arguments", [[], ["bake"], ["sync", "a", "b"], ["list", "--color"], ["status", "--index"]])
def test_wrong_usage_has_the_exit_status_2(run: Run, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 2
    assert "usage: python -m embeddings" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["sync", "--help"], ["doctor", "--help"]])
def test_help_lists_commands_and_options(run: Run, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 0
    assert ("--index DIR" if len(arguments) == 2 else "doctor") in capsys.readouterr().out


class InterruptedEncoder(WordEncoder):
    """Sends Ctrl-C while the first texts are encoded."""

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        if not self.texts:
            os.kill(os.getpid(), signal.SIGINT)
        return super().encode_documents(texts)


def test_ctrl_c_stops_between_files_and_the_next_run_continues(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(150):
        write(tmp_path / "articles", f"{number:03}.txt", f"The dam of number {number} was opened in spring.")
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("embeddings.encoders.choice.SentenceEncoder", InterruptedEncoder)
    status, output, errors = run("sync", tmp_path / "articles", "--index", tmp_path / "index")
    assert status == 1
    assert output.startswith("128 added")
    assert "run the same command to continue" in output
    assert "Stopping after this file" in errors
    assert signal.getsignal(signal.SIGINT) is before
    monkeypatch.setattr("embeddings.encoders.choice.SentenceEncoder", WordEncoder)
    status, output, _ = run("sync", tmp_path / "articles", "--index", tmp_path / "index")
    assert (status, output[:30]) == (0, "22 added, 0 changed, 0 renamed")


def test_the_commands_work_as_a_program_with_the_real_encoder(
    seeds: Path, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    def program(*arguments: object) -> subprocess.CompletedProcess[str]:
        return run_program(["-m", "embeddings", *map(str, arguments), "--index", str(tmp_path / "index"), "--json"])

    done = program("sync", seeds)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["added"] == sorted(file.name for file in seeds.iterdir())
    status = json.loads(program("status").stdout)
    assert status["encoder"]["weights_sha256"] == encoder.identity.weights_sha256
    missing = program("list", "--no-such-option")
    assert (missing.returncode, missing.stdout) == (2, "")
