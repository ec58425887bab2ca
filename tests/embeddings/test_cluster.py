"""Sync on a Dask cluster: a scheduler and workers as processes; the index is the one of the plain loop, to the last row."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import dask
import pytest

from embeddings.__main__ import main
from embeddings.cluster import DaskExecutor
from embeddings.errors import ClusterUnavailable
from embeddings.progress import Progress, SyncReport
from embeddings.storage.builds import current_build
from embeddings.sync import reembed, sync
from tests.dask_cluster import QUIET, DaskCluster, load_other_words, load_words
from tests.embeddings.helpers import SMALL, assert_healthy, assert_one_line_error, database, titled, write
from tests.fakes import WordEncoder

_FILES = 36


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskCluster]:
    cluster = DaskCluster(workers=3)
    with dask.config.set(QUIET):
        yield cluster
    cluster.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Articles of three chunks each, some with the same words, and two files that cannot be read."""
    folder = tmp_path / "articles"
    for number in range(_FILES):
        subject = f"dam {number % 30}"
        write(folder, f"{number:02}.txt", titled(f"About the {subject}", subject))
    write(folder, "10_empty.txt", b"")
    write(folder, "20_binary.txt", b"\x00\x01")
    return folder


def on(cluster: DaskCluster, seconds_per_text: float = 0.0) -> DaskExecutor:
    load = partial(load_words, seconds_per_text=seconds_per_text)
    return DaskExecutor(cluster.address, WordEncoder().identity, load)


def rows(index: Path) -> list[object]:
    """Return what is stored, with the ids and generations that tell the order in which it was."""
    with database(current_build(index)) as connection:
        return [
            connection.execute(query).fetchall()
            for query in (
                "SELECT id, path, file_sha256, title, text, blocks, notes FROM documents ORDER BY id",
                """SELECT chunks.id, document_id, start, "end", units, context, generation, vector
                FROM chunks JOIN vectors USING (key) ORDER BY chunks.id""",
                "SELECT path, reason FROM failures ORDER BY path",
                "SELECT generation FROM build",
            )
        ]


def counts(report: SyncReport) -> tuple[object, ...]:
    """Return a report without its time."""
    return (
        report.added, report.changed, report.renamed, report.deleted, report.unchanged, report.failed,
        report.chunks_encoded, report.chunks_kept, report.stopped,
    )  # fmt: skip


def test_the_index_is_that_of_the_plain_loop_though_a_worker_is_killed(
    cluster: DaskCluster, folder: Path, tmp_path: Path
) -> None:
    plain, spread = tmp_path / "plain", tmp_path / "spread"
    expected = sync(folder, plain, WordEncoder(), SMALL)
    done: list[Progress] = []

    def kill_one(progress: Progress) -> None:
        done.append(progress)
        if len(done) == 5:
            cluster.kill_worker()

    encoder = WordEncoder()
    with on(cluster, seconds_per_text=0.003) as executor:
        report = sync(folder, spread, encoder, SMALL, on_progress=kill_one, executor=executor)
    assert counts(report) == counts(expected)
    assert (report.chunks_encoded, report.chunks_kept, len(report.failed)) == (90, 18, 2)
    assert [each.files_done for each in done] == list(range(1, _FILES + 3))
    assert encoder.texts == []
    assert rows(spread) == rows(plain)
    assert_healthy(spread, encoder)


def test_changes_and_a_new_build_are_those_of_the_plain_loop(
    cluster: DaskCluster, folder: Path, tmp_path: Path
) -> None:
    plain, spread = tmp_path / "plain", tmp_path / "spread"
    sync(folder, plain, WordEncoder(), SMALL)
    shutil.copytree(plain, spread)
    write(folder, "03.txt", titled("About the dam 3", "mill", 5))
    write(folder, "20.txt", b"\x00\x01")
    (folder / "21.txt").unlink()
    (folder / "22.txt").touch()
    (folder / "29.txt").rename(folder / "60.txt")
    (folder / "28.txt").rename(folder / "61.md")
    encoder = WordEncoder()
    with on(cluster) as executor:
        for work in (sync, reembed):
            report = work(folder, spread, encoder, SMALL, executor=executor)
            assert counts(report) == counts(work(folder, plain, WordEncoder(), SMALL))
            assert rows(spread) == rows(plain)
    assert encoder.texts == []


def test_a_stopped_sync_is_continued(cluster: DaskCluster, folder: Path, tmp_path: Path) -> None:
    index, plain, encoder = tmp_path / "index", tmp_path / "plain", WordEncoder()
    done: list[Progress] = []
    with on(cluster) as executor:
        first = sync(
            folder, index, encoder, SMALL,
            on_progress=done.append, should_stop=lambda: len(done) > 2, executor=executor,
        )  # fmt: skip
        second = sync(folder, index, encoder, SMALL, executor=executor)
    assert first.stopped and 0 < len(first.added) < _FILES
    assert len(first.added) + len(second.added) == _FILES
    sync(folder, plain, WordEncoder(), SMALL)
    assert first.chunks_encoded + second.chunks_encoded == 90
    assert rows(index)[0] == rows(plain)[0]


def test_a_worker_without_the_encoder_of_the_index_is_named(cluster: DaskCluster, folder: Path, tmp_path: Path) -> None:
    encoder = WordEncoder("rare")
    with (
        DaskExecutor(cluster.address, encoder.identity, load_other_words) as executor,
        pytest.raises(ClusterUnavailable, match=r"worker tcp://127\.0\.0\.1:\d+ has other weights of the encoder rare"),
    ):
        sync(folder, tmp_path / "index", encoder, SMALL, executor=executor)


def test_a_lost_scheduler_ends_the_sync_between_two_groups(folder: Path, tmp_path: Path) -> None:
    index, plain, encoder = tmp_path / "index", tmp_path / "plain", WordEncoder()
    cluster = DaskCluster(workers=1)

    def kill(progress: Progress) -> None:
        if progress.files_done == 3:
            cluster.kill_scheduler()

    with on(cluster, seconds_per_text=0.01) as executor, pytest.raises(ClusterUnavailable, match="does not answer any"):
        sync(folder, index, encoder, SMALL, on_progress=kill, executor=executor)
    cluster.close()
    kept = rows(index)[0]
    report = sync(folder, index, encoder, SMALL)
    sync(folder, plain, WordEncoder(), SMALL)
    assert isinstance(kept, list) and len(kept) >= 3 and len(kept) + len(report.added) == _FILES
    assert rows(index)[0] == rows(plain)[0]
    assert_healthy(index, encoder)


def test_workers_on_this_machine_are_started_for_a_sync(folder: Path, tmp_path: Path) -> None:
    encoder = WordEncoder()
    with DaskExecutor("local:1", encoder.identity, load_words) as executor:
        report = sync(folder, tmp_path / "index", encoder, SMALL, executor=executor)
    assert (len(report.added), encoder.texts) == (_FILES, [])


@pytest.mark.parametrize("place", ["localhost:8786", "tcp://", "local:0", "ssh://a:1", "tcp://a:1/b"])
def test_a_place_that_is_no_cluster_is_wrong_usage(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["sync", "--cluster", place])
    assert caught.value.code == 2
    assert f"{place} is no cluster" in capsys.readouterr().err


def test_without_dask_the_command_tells_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("embeddings.cluster.find_spec", lambda name: None)
    status = main(["sync", "--cluster", "local:1"])
    output = capsys.readouterr()
    assert_one_line_error((status, output.out, output.err), "pip install -r requirements-cluster.txt")


def test_a_cluster_that_does_not_answer_is_told_in_one_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.cluster._CONNECT_S", 0.5)
    encoder = WordEncoder()
    with (
        DaskExecutor("tcp://127.0.0.1:9", encoder.identity, load_words) as executor,
        pytest.raises(ClusterUnavailable, match="does not answer"),
    ):
        sync(folder, tmp_path / "index", encoder, SMALL, executor=executor)
