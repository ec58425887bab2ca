import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from embeddings.errors import MassDeletion
from embeddings.storage.builds import current_build
from embeddings.sync import reembed, sync
from tests.embeddings.helpers import SMALL, Run, article, assert_healthy, assert_one_line_error, contents, write
from tests.fakes import WordEncoder

MANY = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for subject in ("bridge", "canal", "dam"):
        write(tmp_path / "articles", f"{subject}.txt", article(subject))
    return tmp_path / "articles"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    write(tmp_path / "others", "tower.txt", article("tower"))
    write(tmp_path / "others", "dam.txt", article("dam"))
    return tmp_path / "others"


@pytest.fixture
def index(tmp_path: Path, folder: Path, run: Run) -> Path:
    assert run("sync", folder, "--index", tmp_path / "index")[0] == 0
    return tmp_path / "index"


def paths(run: Run, index: Path) -> list[str]:
    return [row["path"] for row in json.loads(run("list", "--index", index, "--json")[1])]


def owner(run: Run, index: Path) -> str:
    values: dict[str, Any] = json.loads(run("status", "--index", index, "--json")[1])
    return str(values["folder"])


ALL = ["bridge.txt", "canal.txt", "dam.txt"]


# -- an index belongs to its folder


@pytest.mark.parametrize("command", ["sync", "reembed"])
def test_without_a_folder_the_index_takes_its_own(
    run: Run, index: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    write(tmp_path, "seeds/seed.txt", article("seed"))
    monkeypatch.chdir(tmp_path)
    write(folder, "road.txt", article("road"))
    assert run(command, "--index", index)[0] == 0
    assert (paths(run, index), owner(run, index)) == ([*ALL, "road.txt"], str(folder))


def test_a_new_index_takes_the_seeds(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write(tmp_path, "seeds/seed.txt", article("seed"))
    monkeypatch.chdir(tmp_path)
    assert run("sync")[0] == 0
    assert (paths(run, Path("index")), owner(run, Path("index"))) == (["seed.txt"], str(tmp_path / "seeds"))


@pytest.mark.parametrize("command", ["sync", "reembed"])
def test_another_folder_is_refused_without_change_folder(
    run: Run, index: Path, folder: Path, other: Path, command: str
) -> None:
    before, build = contents(index), current_build(index)
    outcome = run(command, other, "--index", index)
    assert_one_line_error(outcome, str(folder), str(other), "--change-folder")
    assert (contents(index), current_build(index), owner(run, index)) == (before, build, str(folder))
    assert run(command, other, "--index", index, "--change-folder")[0] == 0
    assert (paths(run, index), owner(run, index)) == (["dam.txt", "tower.txt"], str(other))
    assert run("sync", "--index", index)[0] == 0
    assert run("doctor", "--index", index)[0] == 0


def test_a_folder_that_was_renamed_is_taken_over_without_encoding(run: Run, index: Path, folder: Path) -> None:
    moved = folder.rename(folder.with_name("moved"))
    outcome = run("sync", "--index", index)
    assert_one_line_error(outcome, f"There is no folder {folder}", "--change-folder")
    assert run("sync", moved, "--index", index)[0] == 1
    status, output, _ = run("sync", moved, "--index", index, "--change-folder")
    assert (status, output.partition(" in ")[0]) == (
        0,
        "0 added, 0 changed, 0 renamed, 0 deleted, 3 unchanged; 0 chunks encoded",
    )


def test_the_same_folder_under_another_name_is_the_same(
    run: Run, index: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    for name in ("link", "articles", "articles/../articles/", folder / "."):
        for command in ("sync", "reembed"):
            assert run(command, name, "--index", index)[0] == 0
    assert paths(run, index) == ALL


def test_a_change_of_folder_that_is_stopped_leaves_the_index_to_its_owner(folder: Path, other: Path, run: Run) -> None:
    index = folder.with_name("index")
    encoder = WordEncoder()
    sync(folder, index, encoder, SMALL)
    assert sync(other, index, encoder, SMALL, change_folder=True, should_stop=lambda: True).stopped
    assert owner(run, index) == str(folder)
    sync(folder, index, encoder, SMALL)
    assert paths(run, index) == ALL


def test_change_folder_needs_a_folder(run: Run, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run("sync", "--index", index, "--change-folder")
    assert caught.value.code == 2
    assert "--change-folder needs" in capsys.readouterr().err


# -- files that have vanished


@pytest.mark.parametrize("command", ["sync", "reembed"])
def test_an_emptied_folder_deletes_nothing_unless_it_is_allowed(
    run: Run, index: Path, folder: Path, command: str
) -> None:
    before, build = contents(index), current_build(index)
    for file in folder.iterdir():
        file.unlink()
    outcome = run(command, "--index", index)
    assert_one_line_error(outcome, "holds no articles", "3 documents", "--allow-mass-deletion")
    assert (contents(index), current_build(index)) == (before, build)
    assert run(command, "--index", index, "--allow-mass-deletion")[0] == 0
    assert paths(run, index) == []
    assert run("doctor", "--index", index)[0] == 0


@pytest.mark.parametrize("command", ["sync", "reembed"])
@pytest.mark.parametrize("options", [[], ["--allow-mass-deletion"]])
def test_a_folder_that_is_gone_deletes_nothing(
    run: Run, index: Path, folder: Path, command: str, options: list[str]
) -> None:
    before = contents(index)
    shutil.rmtree(folder)
    for given in ([], [folder]):
        outcome = run(command, *given, "--index", index, *options)
        assert_one_line_error(outcome, f"There is no folder {folder}", "Restore the folder", "--change-folder")
    assert contents(index) == before


def test_files_that_come_back_are_still_indexed(run: Run, index: Path, folder: Path) -> None:
    unmounted = folder.rename(folder.with_name("unmounted"))
    folder.mkdir()
    assert run("sync", "--index", index)[0] == 1
    folder.rmdir()
    unmounted.rename(folder)
    assert run("sync", "--index", index)[1].startswith("0 added, 0 changed, 0 renamed, 0 deleted, 3 unchanged; 0 ")


def test_an_empty_other_folder_needs_both_options(run: Run, index: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    outcome = run("sync", tmp_path / "empty", "--index", index, "--change-folder")
    assert_one_line_error(outcome, "holds no articles", "--change-folder", "--allow-mass-deletion")
    assert paths(run, index) == ALL
    assert run("sync", tmp_path / "empty", "--index", index, "--change-folder", "--allow-mass-deletion")[0] == 0
    assert paths(run, index) == []


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of many files, nearly all of them in one subfolder."""
    for number in range(MANY):
        write(tmp_path / "many", f"disk/{number:02}.txt", f"Dam number {number} was opened in spring.")
    write(tmp_path / "many", "own.txt", article("road"))
    return tmp_path / "many"


@pytest.mark.parametrize("command", [sync, reembed])
def test_the_loss_of_nearly_all_of_many_files_is_refused(many: Path, tmp_path: Path, command: Any) -> None:
    index, encoder = tmp_path / "index", WordEncoder()
    sync(many, index, encoder, SMALL)
    shutil.move(many / "disk", tmp_path / "unmounted")
    write(many, "new.txt", article("canal"))
    with pytest.raises(MassDeletion, match="30 files have vanished"):
        command(many, index, encoder, SMALL)
    assert len(contents(index)) - len(contents_without_documents(index)) >= MANY
    shutil.move(tmp_path / "unmounted", many / "disk")
    command(many, index, encoder, SMALL)
    assert_healthy(index, encoder)
    shutil.rmtree(many / "disk")
    assert len(sync(many, index, encoder, SMALL, allow_mass_deletion=True).deleted) == MANY


def contents_without_documents(index: Path) -> list[object]:
    return [row for row in contents(index) if row[0] in ("documents", "chunks", "chunk_words", "vectors", "failures")]


def test_smaller_losses_and_moves_are_allowed(many: Path, tmp_path: Path) -> None:
    index, encoder = tmp_path / "index", WordEncoder()
    sync(many, index, encoder, SMALL)
    (many / "disk").rename(many / "elsewhere")
    assert len(sync(many, index, encoder, SMALL).renamed) == MANY
    for number in range(2 * MANY // 3):
        (many / "elsewhere" / f"{number:02}.txt").unlink()
    assert len(sync(many, index, encoder, SMALL).deleted) == 2 * MANY // 3
    for file in list((many / "elsewhere").iterdir())[1:]:
        file.unlink()
    (many / "own.txt").unlink()
    assert len(sync(many, index, encoder, SMALL).deleted) == MANY // 3  # 10 of 11 documents: fewer than 20


# -- the encoder


def test_reembed_keeps_the_encoder_that_the_index_names(run: Run, tmp_path: Path, folder: Path) -> None:
    index = tmp_path / "index"
    assert run("sync", folder, "--index", index, "--encoder", "others")[0] == 0
    assert run("reembed", "--index", index)[0] == 0
    values = json.loads(run("status", "--index", index, "--json")[1])
    assert (values["encoder"]["name"], current_build(index).folder.name) == ("others", "0002")


def test_reembed_reports_that_the_recorded_encoder_cannot_be_read(run: Run, index: Path, folder: Path) -> None:
    current_build(index).store_file.write_bytes(b"garbage " * 1000)
    status, _, errors = run("reembed", folder, "--index", index)
    assert (status, "encoder cannot be read" in errors) == (0, True)
