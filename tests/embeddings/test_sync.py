import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import embeddings.update
from embeddings.config import ChunkingConfig, IndexConfig
from embeddings.doctor import examine
from embeddings.documents.read_document import read_bytes
from embeddings.encoders.encoder import Vectors
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import FolderMissing, IndexBusy, IndexMismatch
from embeddings.index import Index
from embeddings.progress import Progress, SyncReport
from embeddings.scan import Scan
from embeddings.storage.builds import current_build, previous_build
from embeddings.storage.store import Store
from embeddings.sync import create_index, reembed, sync
from tests.embeddings.helpers import (
    SMALL,
    article,
    assert_healthy,
    contents,
    search,
    titled,
    write,
)
from tests.embeddings.storage.test_vector_cache import DAMAGES
from tests.fakes import WordEncoder


class Corpus:
    """A folder, its index and an encoder that counts."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "articles"
        self.folder.mkdir()
        self.index = place / "index"
        self.encoder = WordEncoder()

    def write(self, name: str, text: str | bytes) -> Path:
        return write(self.folder, name, text)

    def sync(self, **options: Any) -> SyncReport:
        return sync(self.folder, self.index, self.encoder, SMALL, **options)

    def reembed(self, **options: Any) -> SyncReport:
        return reembed(self.folder, self.index, self.encoder, SMALL, **options)

    def titles(self) -> dict[str, str]:
        with Index(self.index, self.encoder).snapshot() as snapshot:
            return {entry.path: entry.title for entry in snapshot.documents()}

    def assert_equals_a_fresh_index(self) -> None:
        assert_healthy(self.index, self.encoder)
        with tempfile.TemporaryDirectory() as place:
            fresh = Path(place) / "index"
            sync(self.folder, fresh, WordEncoder(), SMALL)
            assert contents(self.index) == contents(fresh)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Three articles of three chunks each, indexed."""
    corpus = Corpus(tmp_path)
    for subject in ("bridge", "canal", "dam"):
        corpus.write(f"{subject}.txt", article(subject))
    corpus.sync()
    corpus.encoder.texts.clear()
    return corpus


def test_the_first_sync_adds_every_file(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    for name in ("b.md", "a.txt", "sub/c.txt"):
        corpus.write(name, article(name))
    report = corpus.sync()
    assert report.added == ("a.txt", "b.md", "sub/c.txt")
    assert (report.chunks_encoded, report.chunks_kept, corpus.encoder.encoded) == (9, 0, 9)
    assert not (report.changed or report.renamed or report.deleted or report.failed or report.stopped)
    corpus.assert_equals_a_fresh_index()


def test_an_unchanged_folder_is_not_read(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.scan._RECENT_NS", 0)
    corpus.sync()  # the files were changed a moment ago, so they are read once more
    read: list[str] = []

    def reading(file: Path, name: str, max_bytes: int) -> bytes:
        read.append(name)
        return read_bytes(file, name, max_bytes)

    monkeypatch.setattr(embeddings.update, "read_bytes", reading)
    report = corpus.sync()
    assert (report.unchanged, read, corpus.encoder.encoded) == (3, [], 0)
    corpus.write("canal.txt", article("river"))
    assert corpus.sync().changed == ("canal.txt",)
    assert read == ["canal.txt"]


def test_a_sync_without_a_change_makes_no_generation(corpus: Corpus) -> None:
    store = Store(current_build(corpus.index).database)
    before = store.generation()
    corpus.sync()
    assert store.generation() == before


def test_a_file_that_was_only_touched_is_unchanged(corpus: Corpus) -> None:
    (corpus.folder / "dam.txt").touch()
    report = corpus.sync()
    assert (report.unchanged, report.changed, corpus.encoder.encoded) == (3, (), 0)


def test_only_the_new_file_is_encoded(corpus: Corpus) -> None:
    corpus.write("tower.txt", article("tower", 2))
    report = corpus.sync()
    assert (report.added, report.unchanged, corpus.encoder.encoded) == (("tower.txt",), 3, 2)
    corpus.assert_equals_a_fresh_index()


def test_only_the_changed_chunk_of_a_file_is_encoded(corpus: Corpus) -> None:
    paragraphs = article("dam").split("\n\n")
    paragraphs[1] = "A wholly new paragraph stands in the middle of it. It is as long as the others were."
    corpus.write("dam.txt", "\n\n".join(paragraphs))
    report = corpus.sync()
    assert (report.changed, report.chunks_encoded, report.chunks_kept) == (("dam.txt",), 1, 2)
    assert corpus.encoder.texts == [f"Dam\n{paragraphs[1]}"]
    corpus.assert_equals_a_fresh_index()


def test_a_paragraph_put_in_front_moves_the_others_without_encoding_them(corpus: Corpus) -> None:
    corpus.write("dam.txt", "A wholly new paragraph stands before all the others here.\n\n" + article("dam"))
    corpus.sync()
    assert corpus.encoder.encoded == 1
    corpus.assert_equals_a_fresh_index()


def test_a_deleted_file_is_forgotten(corpus: Corpus) -> None:
    (corpus.folder / "dam.txt").unlink()
    assert corpus.sync().deleted == ("dam.txt",)
    assert "dam.txt" not in {path for path, _, _ in search(corpus.index, corpus.encoder, "dam")}
    with Index(corpus.index, corpus.encoder).snapshot() as snapshot:
        assert snapshot.lexical_search("dam", 10) == []
    corpus.assert_equals_a_fresh_index()


def test_an_article_moved_under_the_same_title_is_not_encoded(corpus: Corpus) -> None:
    (corpus.folder / "sub").mkdir()
    (corpus.folder / "dam.txt").rename(corpus.folder / "sub" / "dam.txt")
    report = corpus.sync()
    assert (report.renamed, report.added, report.deleted) == ((("dam.txt", "sub/dam.txt"),), (), ())
    assert corpus.encoder.encoded == 0
    corpus.assert_equals_a_fresh_index()


def test_an_article_with_a_title_in_its_text_is_renamed_without_encoding(corpus: Corpus) -> None:
    corpus.write("old.txt", titled("How the tower was built", "tower"))
    corpus.sync()
    corpus.encoder.texts.clear()
    (corpus.folder / "old.txt").rename(corpus.folder / "new.txt")
    assert corpus.sync().renamed == (("old.txt", "new.txt"),)
    assert corpus.encoder.encoded == 0
    assert corpus.titles()["new.txt"] == "How the tower was built"
    corpus.assert_equals_a_fresh_index()


def test_an_article_titled_by_its_file_name_is_encoded_again_under_the_new_one(corpus: Corpus) -> None:
    (corpus.folder / "dam.txt").rename(corpus.folder / "big_dam.txt")
    report = corpus.sync()
    assert (report.renamed, report.changed, corpus.encoder.encoded) == ((("dam.txt", "big_dam.txt"),), (), 3)
    assert corpus.titles() == {"big_dam.txt": "Big dam", "bridge.txt": "Bridge", "canal.txt": "Canal"}
    corpus.assert_equals_a_fresh_index()


def test_an_article_renamed_and_edited_is_another_whose_old_chunks_are_known(corpus: Corpus) -> None:
    corpus.write("old.txt", titled("How the tower was built", "tower"))
    corpus.sync()
    corpus.encoder.texts.clear()
    (corpus.folder / "old.txt").unlink()
    corpus.write(
        "new.txt", titled("How the tower was built", "tower") + "\n\nIt has a last paragraph now, and a long one."
    )
    report = corpus.sync()
    assert (report.added, report.deleted, report.renamed) == (("new.txt",), ("old.txt",), ())
    assert corpus.encoder.encoded == 1
    corpus.assert_equals_a_fresh_index()


def test_two_articles_that_swapped_names_have_changed(corpus: Corpus) -> None:
    dam, canal = article("dam"), article("canal")
    corpus.write("dam.txt", canal)
    corpus.write("canal.txt", dam)
    assert corpus.sync().changed == ("canal.txt", "dam.txt")
    corpus.assert_equals_a_fresh_index()


def test_a_chain_of_renames_ends_as_the_folder_is(corpus: Corpus) -> None:
    for old, new in (("dam.txt", "x.txt"), ("canal.txt", "dam.txt"), ("bridge.txt", "canal.txt")):
        (corpus.folder / old).rename(corpus.folder / new)
    corpus.sync()
    assert sorted(corpus.titles()) == ["canal.txt", "dam.txt", "x.txt"]
    corpus.assert_equals_a_fresh_index()


def test_identical_files_are_all_indexed_and_encoded_once(corpus: Corpus) -> None:
    for name in ("one.txt", "sub/one.txt", "other/one.txt"):
        corpus.write(name, article("tower"))
    report = corpus.sync()
    assert (len(report.added), report.chunks_encoded, report.chunks_kept) == (3, 3, 6)
    corpus.assert_equals_a_fresh_index()
    (corpus.folder / "sub" / "one.txt").unlink()
    (corpus.folder / "one.txt").rename(corpus.folder / "two.txt")
    report = corpus.sync()
    assert len(report.renamed) == 1
    corpus.assert_equals_a_fresh_index()


@pytest.mark.parametrize(("data", "reason"), [(b"", "is empty"), (b" \n ", "only white space"), (b"a\x00b", "binary")])
def test_a_file_that_can_no_longer_be_read_loses_its_old_text(corpus: Corpus, data: bytes, reason: str) -> None:
    corpus.write("dam.txt", data)
    report = corpus.sync()
    ((path, what, next_step),) = report.failed
    assert path == "dam.txt"
    assert reason in what
    assert next_step
    assert sorted(corpus.titles()) == ["bridge.txt", "canal.txt"]
    corpus.assert_equals_a_fresh_index()


def test_a_failure_is_reported_again_until_the_file_is_fixed(corpus: Corpus) -> None:
    corpus.write("tower.txt", b"")
    assert [path for path, _, _ in corpus.sync().failed] == ["tower.txt"]
    assert [path for path, _, _ in corpus.sync().failed] == ["tower.txt"]
    corpus.write("tower.txt", article("tower"))
    report = corpus.sync()
    assert (report.failed, report.added) == ((), ("tower.txt",))
    corpus.assert_equals_a_fresh_index()


def test_the_failure_of_a_deleted_file_is_forgotten(corpus: Corpus) -> None:
    file = corpus.write("tower.txt", b"")
    assert corpus.sync().failed
    file.unlink()
    assert not corpus.sync().failed
    corpus.assert_equals_a_fresh_index()


def test_a_file_over_the_size_limit_is_reported_and_the_others_are_indexed(corpus: Corpus) -> None:
    corpus.write("big.txt", "x" * 2000)
    report = sync(corpus.folder, corpus.index, corpus.encoder, replace(SMALL, max_file_bytes=1000))
    assert [path for path, _, _ in report.failed] == ["big.txt"]
    assert len(corpus.titles()) == 3


def test_a_file_that_vanishes_meanwhile_is_reported(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.write("tower.txt", article("tower"))

    def vanishing(file: Path, name: str, max_bytes: int) -> bytes:
        if name == "tower.txt":
            file.unlink()
        return read_bytes(file, name, max_bytes)

    monkeypatch.setattr(embeddings.update, "read_bytes", vanishing)
    ((path, what, _),) = corpus.sync().failed
    assert (path, "vanished" in what) == ("tower.txt", True)
    corpus.sync()
    corpus.assert_equals_a_fresh_index()


def test_a_changed_file_that_vanishes_meanwhile_keeps_its_text_until_it_is_known_to_be_gone(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.write("dam.txt", article("tower"))

    def vanishing(file: Path, name: str, max_bytes: int) -> bytes:
        if name == "dam.txt":
            file.unlink()
        return read_bytes(file, name, max_bytes)

    with monkeypatch.context() as patch:
        patch.setattr(embeddings.update, "read_bytes", vanishing)
        ((path, _, _),) = corpus.sync().failed
    assert (path, "dam.txt" in corpus.titles()) == ("dam.txt", True)
    assert corpus.sync().deleted == ("dam.txt",)
    corpus.assert_equals_a_fresh_index()


def test_unsupported_files_are_skipped_and_hidden_ones_ignored(corpus: Corpus) -> None:
    corpus.write("picture.png", b"\x89PNG")
    corpus.write(".draft.txt", article("draft"))
    report = corpus.sync()
    assert (report.skipped, report.added, report.failed) == (("picture.png",), (), ())


@pytest.mark.parametrize("command", [sync, reembed])
def test_a_missing_folder_makes_no_index(tmp_path: Path, command: Callable[[Path, Path, WordEncoder], object]) -> None:
    with pytest.raises(FolderMissing):
        command(tmp_path / "gone", tmp_path / "index", WordEncoder())
    assert not (tmp_path / "index").exists()


def test_an_empty_folder_makes_an_empty_index(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    corpus.sync()
    assert search(corpus.index, corpus.encoder, "dam") == []
    assert_healthy(corpus.index)


def test_an_empty_index_can_be_opened_before_the_first_sync(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    corpus.write("dam.txt", article("dam"))
    create_index(corpus.folder, corpus.index, corpus.encoder, SMALL)
    assert search(corpus.index, corpus.encoder, "dam") == []
    create_index(corpus.folder, corpus.index, corpus.encoder, SMALL)
    corpus.sync()
    assert len(search(corpus.index, corpus.encoder, "dam")) == 3


def test_syncing_another_folder_makes_the_index_equal_to_that(corpus: Corpus, tmp_path: Path) -> None:
    corpus.folder = tmp_path / "others"
    corpus.write("dam.txt", article("dam"))
    report = corpus.sync(change_folder=True)
    assert (report.deleted, report.chunks_encoded) == (("bridge.txt", "canal.txt"), 0)
    corpus.assert_equals_a_fresh_index()


def test_progress_reports_every_file_once_and_ends_at_the_total(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    for number in range(7):
        corpus.write(f"{number}.txt", article(f"dam {number}"))
    corpus.write("empty.txt", b"")
    told: list[Progress] = []
    corpus.sync(on_progress=told.append)
    assert [progress.files_done for progress in told] == list(range(1, 9))
    assert {progress.path for progress in told} == {*(f"{number}.txt" for number in range(7)), "empty.txt"}
    assert told[-1].files_total == 8
    assert told[-1].bytes_done == told[-1].bytes_total == sum(file.stat().st_size for file in corpus.folder.iterdir())


# -- one writer


HOLD = """
import sys, time
from pathlib import Path
from embeddings.storage.builds import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_sync_beside_another_is_refused_until_that_is_killed(corpus: Corpus) -> None:
    corpus.write("tower.txt", article("tower"))
    command = [sys.executable, "-c", HOLD, str(corpus.index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            for write_index in (corpus.sync, corpus.reembed):
                with pytest.raises(IndexBusy):
                    write_index()
            assert "tower.txt" not in corpus.titles()
        finally:
            holder.kill()
    assert corpus.sync().added == ("tower.txt",)


# -- stopping


def stop_after(count: int) -> Callable[[], bool]:
    """Return a `should_stop` that returns False `count` times, then True."""
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > count

    return should_stop


def test_a_stopped_sync_keeps_whole_files_and_the_next_continues(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    for number in range(12):
        corpus.write(f"{number:02}.txt", article(f"dam {number}"))
    report = corpus.sync(should_stop=stop_after(5))
    assert report.stopped
    assert 0 < len(report.added) < 12
    assert_healthy_inside(corpus)
    encoded = corpus.encoder.encoded
    report = corpus.sync()
    assert not report.stopped
    assert corpus.encoder.encoded == 36
    assert encoded + report.chunks_encoded == 36
    corpus.assert_equals_a_fresh_index()


def assert_healthy_inside(corpus: Corpus) -> None:
    bad = {finding.check for finding in examine(corpus.index) if not finding.ok}
    assert bad <= {"folder"}


@pytest.mark.parametrize("asked", range(8))
def test_a_sync_stopped_at_any_file_is_continued_by_the_next(corpus: Corpus, asked: int) -> None:
    (corpus.folder / "dam.txt").rename(corpus.folder / "z.txt")
    (corpus.folder / "canal.txt").unlink()
    corpus.write("tower.txt", article("tower"))
    corpus.write("a.txt", article("road"))
    corpus.sync(should_stop=stop_after(asked))
    assert_healthy_inside(corpus)
    corpus.sync()
    corpus.assert_equals_a_fresh_index()


def test_a_stop_before_the_first_file_is_reported(corpus: Corpus) -> None:
    corpus.write("tower.txt", article("tower"))
    report = corpus.sync(should_stop=lambda: True)
    assert report.added == ()
    assert report.stopped


def test_a_stopped_sync_deletes_nothing(corpus: Corpus) -> None:
    (corpus.folder / "dam.txt").rename(corpus.folder / "new.txt")
    report = corpus.sync(should_stop=lambda: True)
    assert report.deleted == ()
    assert "dam.txt" in corpus.titles()


# -- the cache of the vectors


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_faiss_file_changes_no_result_and_costs_no_encoding(
    corpus: Corpus, damage: Callable[[Path], object]
) -> None:
    expected = search(corpus.index, corpus.encoder, "the canal of paragraph 2")
    damage(current_build(corpus.index).vectors_file)
    assert search(corpus.index, corpus.encoder, "the canal of paragraph 2") == expected
    corpus.sync()
    assert search(corpus.index, corpus.encoder, "the canal of paragraph 2") == expected
    assert corpus.encoder.encoded == 0


def test_a_sync_rebuilds_a_missing_faiss_file(corpus: Corpus) -> None:
    current_build(corpus.index).vectors_file.unlink()
    corpus.sync()
    assert current_build(corpus.index).vectors_file.exists()
    assert_healthy(corpus.index)


def test_a_sync_rebuilds_a_faiss_file_with_other_bytes(corpus: Corpus) -> None:
    file = current_build(corpus.index).vectors_file
    file.write_bytes(b"\xff" * file.stat().st_size)
    Index(corpus.index, corpus.encoder)  # a reader finds the damage, works without the file, and deletes its stamp
    corpus.sync()
    assert_healthy(corpus.index)


# -- how the index was made


@pytest.mark.parametrize(
    ("encoder", "config"),
    [
        (WordEncoder("others"), SMALL),
        (WordEncoder("words", dimension=32), SMALL),
        (WordEncoder(), IndexConfig(ChunkingConfig(target_chars=300))),
    ],
    ids=["model", "dimension", "chunk size"],
)
def test_an_index_made_in_another_way_is_refused_unchanged(
    corpus: Corpus, encoder: WordEncoder, config: IndexConfig
) -> None:
    before = contents(corpus.index)
    corpus.write("tower.txt", article("tower"))
    with pytest.raises(IndexMismatch) as caught:
        sync(corpus.folder, corpus.index, encoder, config)
    assert f"python -m embeddings reembed FOLDER --index {corpus.index}" in str(caught.value)
    assert contents(corpus.index) == before


def test_the_file_size_limit_is_not_part_of_the_build_record(corpus: Corpus) -> None:
    assert sync(corpus.folder, corpus.index, corpus.encoder, replace(SMALL, max_file_bytes=5000)).unchanged == 3


# -- rebuilding


def test_reembed_serves_the_new_build_and_keeps_the_old(corpus: Corpus) -> None:
    before = current_build(corpus.index)
    report = corpus.reembed()
    assert len(report.added) == 3
    assert corpus.encoder.encoded == 9
    assert previous_build(corpus.index) == before
    corpus.assert_equals_a_fresh_index()


def test_reembed_takes_another_model_where_sync_refuses(corpus: Corpus) -> None:
    corpus.encoder = WordEncoder("others", dimension=32)
    corpus.reembed()
    assert search(corpus.index, corpus.encoder, "the canal")[0][0] == "canal.txt"
    assert corpus.sync().unchanged == 3


def test_the_old_build_is_served_until_the_new_one_is_whole(corpus: Corpus) -> None:
    before, seen = current_build(corpus.index), set()

    def look(progress: Progress) -> None:
        seen.add(current_build(corpus.index).folder.name)
        assert len(search(corpus.index, WordEncoder(), "the canal", 20)) == 9

    corpus.reembed(on_progress=look)
    assert seen == {before.folder.name}


def test_a_stopped_reembed_changes_nothing_and_the_next_continues(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    for number in range(8):
        corpus.write(f"{number}.txt", article(f"dam {number}"))
    corpus.sync()
    before = current_build(corpus.index)
    corpus.encoder.texts.clear()
    assert corpus.reembed(should_stop=lambda: corpus.encoder.encoded >= 6).stopped
    assert current_build(corpus.index) == before
    done = corpus.encoder.encoded
    assert 0 < done < 24
    assert not corpus.reembed().stopped
    assert corpus.encoder.encoded == 24
    assert current_build(corpus.index) != before
    corpus.assert_equals_a_fresh_index()


def test_a_reembed_stopped_anywhere_never_serves_an_unfinished_build(corpus: Corpus) -> None:
    for asked in range(6):
        report = corpus.reembed(should_stop=stop_after(asked))
        assert len(corpus.titles()) == 3, f"stopped at question {asked}: {report}"


class FailingEncoder(WordEncoder):
    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        raise KeyboardInterrupt


def test_a_sync_that_fails_while_encoding_continues_the_next_time(corpus: Corpus) -> None:
    corpus.write("tower.txt", article("tower"))
    with pytest.raises(KeyboardInterrupt):
        sync(corpus.folder, corpus.index, FailingEncoder(), SMALL)
    assert_healthy_inside(corpus)
    corpus.sync()
    corpus.assert_equals_a_fresh_index()


def test_a_rename_that_fails_while_encoding_gets_its_new_title_the_next_time(corpus: Corpus) -> None:
    (corpus.folder / "dam.txt").rename(corpus.folder / "big_dam.txt")
    with pytest.raises(KeyboardInterrupt):
        sync(corpus.folder, corpus.index, FailingEncoder(), SMALL)
    corpus.sync()
    assert corpus.titles()["big_dam.txt"] == "Big dam"


# -- whatever happens to the folder


NAMES = ["a.txt", "b.txt", "c.md", "sub/a.txt", "sub/d.txt"]
TEXTS: list[str | bytes] = [
    article("dam"),
    article("dam", 2),
    article("dam", 3) + "\n\nFollow us on X\n",
    article("canal", 4),
    titled("A story of water", "dam"),
    titled("A story of water", "canal", 2),
    "date 2024-05-17\n\n" + article("dam") + " ///nCa, 16 May 2024",
    "\n\n".join([article("dam", 1)] * 3),
    "Короткий текст о воде. Его собирают в баках. 👍",
    b"",
    b"\x00binary",
]
operations = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.integers(0, len(TEXTS) - 1)),
    st.tuples(st.just("delete"), st.sampled_from(NAMES), st.just(0)),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.integers(0, len(NAMES) - 1)),
    st.tuples(st.just("sync"), st.just(""), st.just(0)),
)


def apply(corpus: Corpus, operation: tuple[str, str, int]) -> None:
    what, name, number = operation
    file = corpus.folder / name
    if what == "write":
        corpus.write(name, TEXTS[number])
    elif what == "sync":
        corpus.sync(allow_mass_deletion=True)
    elif file.is_file():
        if what == "delete":
            file.unlink()
        else:
            target = corpus.folder / NAMES[number]
            target.parent.mkdir(exist_ok=True)
            file.replace(target)


@settings(max_examples=40)
@given(st.lists(operations, min_size=4, max_size=24))
def test_an_index_synced_step_by_step_equals_one_made_at_once(steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        corpus = Corpus(Path(place))
        for step in steps:
            apply(corpus, step)
        corpus.sync(allow_mass_deletion=True)
        corpus.assert_equals_a_fresh_index()


def test_the_seeds_synced_with_the_real_encoder_are_healthy(
    seed_index: Path, seeds: Path, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    assert_healthy(seed_index, encoder)
    sync(seeds, tmp_path / "index", encoder)
    assert contents(tmp_path / "index") == contents(seed_index)


def test_articles_in_an_inaccessible_folder_stay_indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = Corpus(tmp_path)
    corpus.write("sub/a.txt", "The canal is long. It was dug in 1850.")
    corpus.write("b.txt", "The bridge is short. It was built in 1911.")
    corpus.sync()
    hidden = Scan(files=(), skipped=(), unreachable=(("sub", "Permission denied"),))
    monkeypatch.setattr("embeddings.update.scan", lambda *_: hidden)
    report = corpus.sync()
    assert report.deleted == ("b.txt",)
    assert [path for path, _, _ in report.failed] == ["sub"]
    assert set(corpus.titles()) == {"sub/a.txt"}


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(28, "No space left"), MemoryError()]
)
def test_a_file_that_cannot_be_read_for_the_moment_keeps_its_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    folder, index = tmp_path / "articles", tmp_path / "index"
    write(folder, "dam.txt", article("dam"))
    sync(folder, index, WordEncoder(), SMALL)
    before = contents(index)[:-1]  # without the failures
    write(folder, "dam.txt", article("new dam"))

    def refused(file: Path, name: str, max_bytes: int) -> bytes:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("embeddings.update.read_bytes", refused)
        for _ in range(2):
            assert [path for path, *_ in sync(folder, index, WordEncoder(), SMALL).failed] == ["dam.txt"]
    assert contents(index)[:-1] == before
    report = sync(folder, index, WordEncoder(), SMALL)  # nobody has touched the file
    assert report.changed == ("dam.txt",)
    assert report.failed == ()
    assert_healthy(index)


def test_files_in_very_many_folders_are_indexed_and_reported(tmp_path: Path) -> None:
    deep = tmp_path / "articles"
    deep.mkdir()
    for _ in range(1500):  # one by one: `os.makedirs` calls itself for each
        deep = deep / "a"
        deep.mkdir()
    write_here = os.open(deep, os.O_RDONLY)
    try:
        for name, text in (("dam.txt", article("dam").encode()), ("bad.txt", b"\x00")):
            file = os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=write_here)
            os.write(file, text)
            os.close(file)
    finally:
        os.close(write_here)
    report = sync(tmp_path / "articles", tmp_path / "index", WordEncoder(), SMALL)
    assert [len(path.split("/")) for path in report.added] == [1501]
    assert [len(path.split("/")) for path, *_ in report.failed] == [1501]
    assert sync(tmp_path / "articles", tmp_path / "index", WordEncoder(), SMALL).unchanged == 1
    assert_healthy(tmp_path / "index")
    subprocess.run(["rm", "-r", tmp_path / "articles"], check=True)  # `shutil.rmtree` calls itself
