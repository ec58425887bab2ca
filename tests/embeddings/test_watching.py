"""A watched folder is looked at when its files have changed and rested, and now and then."""

import argparse
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, Queue

import pytest

from embeddings.__main__ import main
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.folders import Folder
from embeddings.index import Index
from embeddings.progress import SyncReport
from embeddings.storage.builds import writer_lock
from embeddings.sync import sync
from embeddings.sync_command import Work, follow
from embeddings.watching import look, looks
from tests.embeddings.helpers import article, write
from tests.fakes import WordEncoder

_SOON_S = 20.0
_NEVER_S = 1000.0


@pytest.fixture
def looked(tmp_path: Path) -> Iterator[Callable[[], bool]]:
    """Watch tmp_path/articles by notices alone; return a function that waits for the next look."""
    write(tmp_path / "articles", "a.txt", article("bridge"))
    closed, found = threading.Event(), Queue[None]()

    def watch() -> None:
        for _ in looks(lambda: [tmp_path / "articles"], closed, _NEVER_S):
            found.put(None)

    def wait() -> bool:
        try:
            found.get(timeout=_SOON_S)
        except Empty:
            return False
        return True

    thread = threading.Thread(target=watch)
    thread.start()
    while not (tmp_path / "ready").exists():  # until the first notice comes, the watch may not have begun
        write(tmp_path / "articles", "b.txt", str(time.time()))
        try:
            found.get(timeout=1.0)
            write(tmp_path, "ready", "")
        except Empty:
            continue
    time.sleep(1.0)
    while not found.empty():
        found.get()
    yield wait
    closed.set()
    thread.join(_SOON_S)
    assert not thread.is_alive()


def test_a_change_in_a_subfolder_a_renaming_and_a_deletion_are_noticed(
    looked: Callable[[], bool], tmp_path: Path
) -> None:
    file = write(tmp_path / "articles", "deep/er/c.txt", article("canal"))
    assert looked()
    file = file.rename(file.with_name("d.txt"))
    assert looked()
    file.unlink()
    assert looked()


def test_a_burst_is_one_look_after_its_end(looked: Callable[[], bool], tmp_path: Path) -> None:
    with (tmp_path / "articles" / "slow.txt").open("w") as stream:
        for number in range(20):
            stream.write(f"Line {number}.\n")
            stream.flush()
            write(tmp_path / "articles", f"{number}.txt", article("dam"))
            time.sleep(0.05)
    assert looked()
    (found,) = look([Folder("articles", tmp_path / "articles")], tmp_path / "index")
    assert found is not None
    assert len(found.files) == 23


def test_a_folder_that_goes_and_comes_back_is_watched_again(looked: Callable[[], bool], tmp_path: Path) -> None:
    away = (tmp_path / "articles").rename(tmp_path / "away")
    assert looked()
    assert look([Folder("articles", tmp_path / "articles")], tmp_path / "index") == (None,)
    time.sleep(1.0)
    away.rename(tmp_path / "articles")
    assert looked()
    time.sleep(1.0)
    write(tmp_path / "articles", "later.txt", article("tower"))
    assert looked()


def test_without_notices_it_is_looked_at_now_and_then(tmp_path: Path) -> None:
    write(tmp_path / "articles", "a.txt", article("bridge"))
    closed = threading.Event()
    for number, _ in enumerate(looks(lambda: [tmp_path / "articles"], closed, look_s=0.05)):
        if number == 3:
            closed.set()
    assert closed.is_set()


def test_the_command_follows_the_folder_until_it_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("embeddings.encoders.choice.SentenceEncoder", WordEncoder)
    folder, index = tmp_path / "articles", tmp_path / "index"
    write(folder, "a.txt", article("bridge"))
    seen: list[list[str]] = []

    def paths() -> list[str]:
        with Index(index, WordEncoder(PACKAGED_ENCODER)).snapshot() as snapshot:
            return [each.path for each in snapshot.addresses()]

    def until(expected: list[str]) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if (index / "current.json").exists() and paths() == expected:
                seen.append(expected)
                return
            time.sleep(0.05)

    def change() -> None:
        try:
            until(["a.txt"])
            write(folder, "b.txt", article("canal"))
            until(["a.txt", "b.txt"])
            (folder / "a.txt").unlink()
            until(["b.txt"])
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    changing = threading.Thread(target=change)
    changing.start()
    assert main(["sync", str(folder), "--index", str(index), "--watch"]) == 0
    changing.join()
    assert seen == [["a.txt"], ["a.txt", "b.txt"], ["b.txt"]]
    assert "1 deleted" in capsys.readouterr().out


def test_the_command_tries_again_when_another_process_was_writing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, index, encoder = tmp_path / "articles", tmp_path / "index", WordEncoder()
    write(folder, "a.txt", article("bridge"))
    sync(folder, index, encoder)
    write(folder, "b.txt", article("canal"))
    options = argparse.Namespace(index=index, change_folder=False, allow_mass_deletion=False, cluster=None)
    told: list[SyncReport] = []

    def tell(report: SyncReport) -> None:
        told.append(report)
        os.kill(os.getpid(), signal.SIGTERM)

    lock = ExitStack()
    lock.enter_context(writer_lock(index))
    releasing = threading.Timer(1.0, lock.close)
    releasing.start()
    follow(Work(sync, folder, encoder, options), tell, look_s=0.1)
    releasing.join()
    assert [report.added for report in told] == [("b.txt",)]
    assert "Another process is writing" in capsys.readouterr().err


def test_all_folders_are_watched_and_one_that_comes_back(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("news", "notes")]
    for folder in folders:
        folder.mkdir()
    closed, found = threading.Event(), Queue[None]()

    def watch() -> None:
        for _ in looks(lambda: folders, closed, _NEVER_S):
            found.put(None)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        time.sleep(1.0)
        write(folders[1], "a.txt", article("dam"))
        found.get(timeout=_SOON_S)
        away = folders[1].rename(tmp_path / "away")
        found.get(timeout=_SOON_S)
        write(folders[0], "b.txt", article("mill"))
        found.get(timeout=_SOON_S)
        away.rename(folders[1])
        found.get(timeout=_SOON_S)
    finally:
        closed.set()
        watching.join()
