"""A backup holds all of an index at one moment, and a restored one is equal; a damaged one is refused."""

import json
import os
import sqlite3
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from embeddings.backup import BackupDamaged, BackupFailed, backup, restore
from embeddings.doctor import examine
from embeddings.errors import IndexMissing
from embeddings.index import Index
from embeddings.storage.builds import has_index
from embeddings.storage.search_place import SearchRecord, write_search_record
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, Run, contents, write
from tests.fakes import WordEncoder


@pytest.fixture
def index(index: Path, tmp_path: Path) -> Path:
    """The index of the articles, with conversations and a threshold."""
    with closing(sqlite3.connect(tmp_path / "index" / "conversations.sqlite3")) as database:
        database.executescript(
            "PRAGMA journal_mode = WAL; CREATE TABLE said (words); INSERT INTO said VALUES ('hello')"
        )
    (tmp_path / "index" / "threshold.json").write_text('{"threshold": 0.3}')
    return tmp_path / "index"


def test_a_restored_index_is_equal_and_sound_and_goes_on(index: Path, tmp_path: Path) -> None:
    write_search_record(index, SearchRecord())  # where it is searched is of its own place only
    manifest = backup(index, tmp_path / "kept.zip")
    names = {"articles.sqlite", "conversations.sqlite3", "threshold.json"}
    assert names == {entry.name for entry in manifest.entries}
    assert restore(tmp_path / "kept.zip", tmp_path / "other") == manifest
    assert contents(tmp_path / "other") == contents(index)
    assert (tmp_path / "other" / "threshold.json").read_text() == '{"threshold": 0.3}'
    with closing(sqlite3.connect(tmp_path / "other" / "conversations.sqlite3")) as database:
        assert database.execute("SELECT words FROM said").fetchall() == [("hello",)]
    with Index(tmp_path / "other", WordEncoder()).snapshot() as snapshot:
        assert len(snapshot.dense_search(snapshot.encode_query("canal"), 3)) == 3
    report = sync(tmp_path / "articles", tmp_path / "other", WordEncoder(), SMALL)
    assert (report.unchanged, report.chunks_encoded) == (4, 0)
    assert all(finding.ok for finding in examine(tmp_path / "other", WordEncoder().identity))


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_owner_can_read_conversations_and_a_backup(index: Path, tmp_path: Path) -> None:
    backup(index, tmp_path / "kept.zip")
    restore(tmp_path / "kept.zip", tmp_path / "other")
    for file in (tmp_path / "kept.zip", tmp_path / "other" / "conversations.sqlite3"):
        assert file.stat().st_mode & 0o077 == 0


def test_a_backup_during_changes_holds_one_state(index: Path, tmp_path: Path) -> None:
    """Each state of the folder has one word in all of its articles."""
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            write(tmp_path / "articles", "all.txt", "\n\n".join([f"State{number} was here for a while."] * 6))
            sync(tmp_path / "articles", index, WordEncoder(), SMALL)

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for number in range(5):
            backup(index, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        changing.join()
    for number in range(5):
        restore(tmp_path / f"{number}.zip", tmp_path / f"restored{number}")
        findings = examine(tmp_path / f"restored{number}", WordEncoder().identity)
        # The vector cache is made again at the next start; the folder has gone on.
        assert {finding.check for finding in findings if not finding.ok} <= {"FAISS file", "folder"}


@pytest.mark.parametrize("name", ["articles.sqlite", "conversations.sqlite3", "threshold.json", "manifest.json"])
def test_a_changed_byte_is_noticed_and_nothing_is_restored(index: Path, tmp_path: Path, name: str) -> None:
    backup(index, tmp_path / "kept.zip")
    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    changed = bytearray(entries[name])
    changed[len(changed) // 2] ^= 1
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
        for entry, data in (entries | {name: bytes(changed)}).items():
            archive.writestr(entry, data)
    with pytest.raises(BackupDamaged):
        restore(tmp_path / "changed.zip", tmp_path / "other")
    assert not has_index(tmp_path / "other")
    assert [file.name for file in (tmp_path / "other").iterdir()] == ["writer.lock"]


@pytest.mark.parametrize("cut", [0, 10, -1])
def test_a_cut_file_and_a_file_of_another_kind_are_no_backups(index: Path, tmp_path: Path, cut: int) -> None:
    backup(index, tmp_path / "kept.zip")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "kept.zip").read_bytes()[:cut])
    with pytest.raises(BackupDamaged, match=r"cut\.zip"):
        restore(tmp_path / "cut.zip", tmp_path / "other")


@pytest.mark.parametrize("name", ["../outside.json", "/outside.json", "current.json", "builds/0001/articles.sqlite"])
def test_a_name_that_a_backup_never_has_is_refused(index: Path, tmp_path: Path, name: str) -> None:
    backup(index, tmp_path / "kept.zip")
    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    manifest["entries"][-1]["name"] = name
    entries |= {"manifest.json": json.dumps(manifest).encode(), name: entries["threshold.json"]}
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
    with pytest.raises(BackupDamaged):
        restore(tmp_path / "odd.zip", tmp_path / "deep" / "other")
    assert not list(tmp_path.rglob("outside.json"))


def test_an_index_is_never_overwritten(index: Path, tmp_path: Path) -> None:
    backup(index, tmp_path / "kept.zip")
    before = contents(index)
    with pytest.raises(BackupFailed, match="already"):
        restore(tmp_path / "kept.zip", index)
    assert contents(index) == before


def test_a_backup_that_fails_leaves_the_one_before(index: Path, tmp_path: Path) -> None:
    backup(index, tmp_path / "kept.zip")
    before = (tmp_path / "kept.zip").read_bytes()
    (index / "conversations.sqlite3").write_bytes(b"garbage " * 1000)
    with pytest.raises(BackupFailed, match="doctor"):
        backup(index, tmp_path / "kept.zip")
    assert (tmp_path / "kept.zip").read_bytes() == before


def test_without_an_index_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        backup(tmp_path / "none", tmp_path / "kept.zip")


def test_the_commands_say_what_was_kept_and_what_is_missing(index: Path, tmp_path: Path, run: Run) -> None:
    status, said, _ = run("backup", tmp_path / "kept.zip", "--index", index)
    assert status == 0
    assert "articles.sqlite, conversations.sqlite3, threshold.json" in said
    (tmp_path / "articles").rename(tmp_path / "elsewhere")
    status, said, _ = run("restore", tmp_path / "kept.zip", "--index", tmp_path / "other")
    assert status == 0
    assert "--change-folder" in said
    report = sync(tmp_path / "elsewhere", tmp_path / "other", WordEncoder(), SMALL, change_folder=True)
    assert (report.unchanged, report.chunks_encoded) == (4, 0)
    status, _, error = run("restore", tmp_path / "kept.zip", "--index", tmp_path / "other")
    assert status == 1
    assert "already" in error
