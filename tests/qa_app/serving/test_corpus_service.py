import errno
import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from embeddings.config import IndexConfig
from embeddings.documents.document import Address
from embeddings.encoders.encoder import Vectors
from embeddings.errors import FolderMissing, IndexBusy, MassDeletion, UnreadableFile
from embeddings.index import Index
from embeddings.storage.builds import trash_folder, writer_lock
from embeddings.sync import create_index
from qa_app.serving import corpus_service
from qa_app.serving.corpus_service import Corpus, Upload
from tests.fakes import WordEncoder


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("The tower is high. It was built in 1911.")
    encoder = WordEncoder()
    create_index(folder, tmp_path / "index", encoder)
    service = Corpus(folder, tmp_path / "index", encoder)
    yield service
    service.close()


def _paths(corpus: Corpus) -> list[str]:
    with Index(corpus.index, corpus._encoder).snapshot() as snapshot:
        return [document.path for document in snapshot.documents()]


def _until(condition: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.02)


def test_a_sync_runs_in_the_background_and_reports(corpus: Corpus) -> None:
    corpus.start_sync()
    job = corpus.wait()
    assert job is not None and not job.running and job.error is None
    assert job.report is not None and job.report.added == ("a.txt",)
    assert _paths(corpus) == ["a.txt"]


def test_uploads_land_in_the_folder(corpus: Corpus, tmp_path: Path) -> None:
    upload = tmp_path / "b.md"
    upload.write_text("A bridge.")
    assert corpus.add([upload]) == [Upload("b.md", True, "b.md was added.")]
    assert (corpus.folder / "b.md").read_text() == "A bridge."
    assert corpus.add([upload]) == [Upload("b.md", True, "b.md is already in the folder.")]


def test_an_upload_over_an_article_keeps_the_old_one_in_the_trash(corpus: Corpus, tmp_path: Path) -> None:
    upload = tmp_path / "a.txt"
    upload.write_text("Another tower.")
    assert "replaced" in corpus.add([upload])[0].words
    assert (corpus.folder / "a.txt").read_text() == "Another tower."
    (kept,) = trash_folder(corpus.index).iterdir()
    assert kept.read_text().startswith("The tower is high")


def test_an_upload_of_another_format_is_refused_and_the_others_are_added(corpus: Corpus, tmp_path: Path) -> None:
    fine, odd = tmp_path / "b.txt", tmp_path / "c.exe"
    fine.write_text("A bridge.")
    odd.write_bytes(b"MZ")
    refused, taken = corpus.add([odd, fine])
    assert not refused.taken and refused.words.startswith("c.exe has an unsupported format. Add .txt")
    assert taken == Upload("b.txt", True, "b.txt was added.")
    assert {file.name for file in corpus.folder.iterdir()} == {"a.txt", "b.txt"}


def test_a_removed_article_is_in_the_trash(corpus: Corpus) -> None:
    place = corpus.remove(Address("a.txt"))
    assert place.parent == trash_folder(corpus.index) and place.read_text().startswith("The tower")
    assert not (corpus.folder / "a.txt").exists()
    with pytest.raises(UnreadableFile, match=r"no article a\.txt"):
        corpus.remove(Address("a.txt"))


def test_only_articles_can_be_removed(corpus: Corpus) -> None:
    for name in (".env", "program.exe"):
        (corpus.folder / name).write_text("x")
        with pytest.raises(UnreadableFile, match="no article"):
            corpus.remove(Address(name))
        assert (corpus.folder / name).exists()


def test_removing_a_symlink_keeps_its_target(corpus: Corpus) -> None:
    (corpus.folder / "link.txt").symlink_to(corpus.folder / "a.txt")
    assert corpus.remove(Address("link.txt")).is_symlink()
    assert (corpus.folder / "a.txt").read_text().startswith("The tower")


def test_a_stopped_job_does_not_restart_by_itself(corpus: Corpus) -> None:
    corpus.start_sync()
    corpus.stop()
    stopped = corpus.wait()
    corpus.watch(look_s=0.05)
    time.sleep(0.5)
    assert corpus.job is stopped


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "sub/../../secret.txt", "..", "", "a\0.txt"])
def test_nothing_outside_the_folder_can_be_removed(corpus: Corpus, path: str) -> None:
    (corpus.folder.parent / "secret.txt").write_text("secret")
    with pytest.raises(UnreadableFile, match=r"is not in|no article|NUL"):
        corpus.remove(Address(path))
    assert (corpus.folder.parent / "secret.txt").exists()


def test_the_watcher_follows_the_folder(corpus: Corpus) -> None:
    corpus.watch(look_s=0.05)
    _until(lambda: _paths(corpus) == ["a.txt"])
    (corpus.folder / "b.txt").write_text("A bridge.")
    _until(lambda: _paths(corpus) == ["a.txt", "b.txt"])
    (corpus.folder / "a.txt").unlink()
    _until(lambda: _paths(corpus) == ["b.txt"])


def test_an_index_locked_by_another_process_is_an_error_of_the_job(corpus: Corpus) -> None:
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        with writer_lock(corpus.index):
            ready.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    ready.wait()
    try:
        corpus.start_sync()
        job = corpus.wait()
        assert job is not None and isinstance(job.error, IndexBusy)
    finally:
        done.set()
        holder.join()


def test_a_stop_keeps_finished_files(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for i in range(30):
        (folder / f"{i:02}.txt").write_text(f"Article number {i} is about bridges.")
    encoder = WordEncoder(seconds_per_text=0.02)
    create_index(folder, tmp_path / "index", encoder)
    service = Corpus(folder, tmp_path / "index", encoder, IndexConfig(encode_group_chunks=1))
    service.start_sync()
    _until(lambda: service.job is not None and service.job.progress is not None)
    service.stop()
    job = service.wait()
    assert job is not None and job.report is not None and job.report.stopped
    assert 0 < len(job.report.added) < 30
    service.start_sync()
    job = service.wait()
    assert job is not None and job.report is not None and not job.report.stopped
    assert len(_paths(service)) == 30


def test_a_second_job_does_not_start_while_the_first_runs(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("A tower.")
    encoder = WordEncoder(seconds_per_text=0.3)
    create_index(folder, tmp_path / "index", encoder)
    service = Corpus(folder, tmp_path / "index", encoder)
    service.start_sync()
    service.start_reembed()
    job = service.wait()
    assert job is not None and job.name == "Indexing"


def test_a_folder_that_is_suddenly_empty_deletes_nothing_and_says_why(corpus: Corpus) -> None:
    corpus.start_sync()
    corpus.wait()
    corpus.watch(look_s=0.05)
    away = corpus.folder.rename(corpus.folder.with_name("away"))
    _until(lambda: corpus.job is not None and isinstance(corpus.job.error, FolderMissing))
    corpus.folder.mkdir()
    _until(lambda: corpus.job is not None and isinstance(corpus.job.error, MassDeletion))
    assert "--allow-mass-deletion" in str(corpus.job.error if corpus.job else "")
    assert _paths(corpus) == ["a.txt"]
    corpus.folder.rmdir()
    away.rename(corpus.folder)
    _until(lambda: corpus.job is not None and corpus.job.report is not None)
    assert corpus.job is not None and corpus.job.report is not None
    assert (corpus.job.report.unchanged, corpus.job.report.deleted) == (1, ())


def test_the_user_can_remove_the_last_article(corpus: Corpus) -> None:
    corpus.start_sync()
    corpus.wait()
    corpus.remove(Address("a.txt"))
    corpus.start_sync()
    job = corpus.wait()
    assert job is not None and job.report is not None
    assert job.report.deleted == ("a.txt",)
    assert _paths(corpus) == []


class FullDisk(WordEncoder):
    """Finds no space the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        if self.calls == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().encode_documents(texts)


def test_the_watcher_tries_again_after_a_failure_though_no_file_was_touched(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_service, "_AGAIN_S", 0.1)
    encoder = FullDisk()
    service = Corpus(corpus.folder, corpus.index, encoder)
    try:
        service.watch(look_s=0.05)
        _until(lambda: encoder.calls == 2)
        _until(lambda: service.job and not service.job.running)
        assert _paths(service) == ["a.txt"]
    finally:
        service.close()
