import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.config import ChunkingConfig
from embeddings.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexMissing
from embeddings.folders import Folder
from embeddings.storage.builds import (
    Build,
    BuildRecord,
    check_record,
    current_build,
    has_index,
    next_build,
    previous_build,
    read_record,
    roll_back,
    switch_to,
    writer_lock,
)
from embeddings.storage.store import Store
from tests.fakes import WordEncoder

RECORD = BuildRecord(WordEncoder().identity, ChunkingConfig())
OTHER = BuildRecord(WordEncoder("others").identity, ChunkingConfig())


def filled(index: Path, record: BuildRecord = RECORD) -> Build:
    build = next_build(index, record)
    store = Store(build.store_file, create=True)
    if store.record() is None:
        store.write_record(record.to_json(), [Folder("articles", index)])
    store.close()
    return build


def test_a_record_is_read_back_from_its_json() -> None:
    assert BuildRecord.from_json(RECORD.to_json()) == RECORD


def test_the_error_for_a_missing_index_says_how_to_create_one(tmp_path: Path) -> None:
    assert not has_index(tmp_path)
    with pytest.raises(IndexMissing) as caught:
        current_build(tmp_path)
    assert f"python -m embeddings sync FOLDER --index {tmp_path}" in caught.value.next_step


def test_a_build_is_served_after_the_switch(tmp_path: Path) -> None:
    build = filled(tmp_path)
    assert not has_index(tmp_path)
    switch_to(tmp_path, build)
    assert current_build(tmp_path) == build
    assert previous_build(tmp_path) is None


def test_an_unfinished_build_is_continued(tmp_path: Path) -> None:
    switch_to(tmp_path, filled(tmp_path))
    unfinished = filled(tmp_path)
    assert next_build(tmp_path, RECORD) == unfinished
    assert unfinished.store_file.exists()


@pytest.mark.parametrize("what", ["another model", "no record", "garbage", "nothing"])
def test_an_unusable_unfinished_build_is_deleted(tmp_path: Path, what: str) -> None:
    switch_to(tmp_path, filled(tmp_path))
    unfinished = filled(tmp_path, OTHER if what == "another model" else RECORD)
    if what == "no record":
        store = Store(unfinished.store_file)
        store._database.execute("DELETE FROM build")
        store.close()
    elif what == "garbage":
        unfinished.store_file.write_bytes(b"garbage " * 1000)
    elif what == "nothing":
        unfinished.store_file.unlink()
    build = next_build(tmp_path, RECORD)
    assert not build.store_file.exists()
    assert sorted(folder.name for folder in (tmp_path / "builds").iterdir()) == ["0001", build.folder.name]


def test_the_previous_build_is_kept_and_older_ones_are_deleted(tmp_path: Path) -> None:
    builds = []
    for _ in range(3):
        builds.append(filled(tmp_path))
        switch_to(tmp_path, builds[-1])
    assert current_build(tmp_path) == builds[2]
    assert previous_build(tmp_path) == builds[1]
    assert not builds[0].folder.exists()


def test_rolling_back_twice_changes_nothing(tmp_path: Path) -> None:
    first = filled(tmp_path)
    switch_to(tmp_path, first)
    second = filled(tmp_path)
    switch_to(tmp_path, second)
    assert roll_back(tmp_path) == first
    assert current_build(tmp_path) == first
    assert roll_back(tmp_path) == second


def test_the_build_rolled_back_from_is_not_overwritten(tmp_path: Path) -> None:
    for _ in range(2):
        switch_to(tmp_path, filled(tmp_path))
    roll_back(tmp_path)
    assert next_build(tmp_path, RECORD).folder.name == "0003"


def test_without_an_earlier_build_a_rollback_changes_nothing(tmp_path: Path) -> None:
    build = filled(tmp_path)
    switch_to(tmp_path, build)
    with pytest.raises(IndexMissing, match="no earlier build"):
        roll_back(tmp_path)
    assert current_build(tmp_path) == build


@pytest.mark.parametrize(
    "pointer",
    [
        *("", "garbage", "[]", "{}", "null", '{"current": "0001"}', "\xff\xfe"),
        *(
            '{"current": 1, "previous": null}',
            '{"current": "0001", "previous": 2}',
            '{"current": null, "previous": null}',
        ),
    ],
)
def test_the_error_for_a_corrupt_pointer_says_how_to_rebuild(tmp_path: Path, pointer: str) -> None:
    switch_to(tmp_path, filled(tmp_path))
    (tmp_path / "current.json").write_bytes(pointer.encode("latin-1"))
    with pytest.raises(IndexDamaged) as caught:
        current_build(tmp_path)
    assert f"python -m embeddings reembed FOLDER --index {tmp_path}" in caught.value.next_step


def test_a_rebuild_repairs_a_corrupt_pointer(tmp_path: Path) -> None:
    switch_to(tmp_path, filled(tmp_path))
    (tmp_path / "current.json").write_text("garbage")
    build = filled(tmp_path)
    switch_to(tmp_path, build)
    assert current_build(tmp_path) == build


def test_a_build_without_its_sqlite_file_is_damaged(tmp_path: Path) -> None:
    build = filled(tmp_path)
    switch_to(tmp_path, build)
    build.store_file.unlink()
    with pytest.raises(IndexDamaged, match="lacks its build"):
        current_build(tmp_path)


def test_equal_records_pass(tmp_path: Path) -> None:
    check_record(RECORD, BuildRecord.from_json(RECORD.to_json()), tmp_path)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (OTHER, "made by the model words .*, but others .* is in use"),
        (replace(RECORD, encoder=replace(RECORD.encoder, weights_sha256="0" * 64)), "weights 00000000"),
        (replace(RECORD, chunking=ChunkingConfig(target_chars=100)), "other chunking .*target_chars=600"),
    ],
    ids=["model", "weights", "size"],
)
def test_a_different_record_is_refused_with_the_command_that_helps(
    tmp_path: Path, wanted: BuildRecord, words: str
) -> None:
    with pytest.raises(IndexMismatch, match=words) as caught:
        check_record(RECORD, wanted, tmp_path)
    assert f"python -m embeddings reembed FOLDER --index {tmp_path}" in caught.value.next_step


@pytest.mark.parametrize("record", ["{}", "garbage", json.dumps({"encoder": {}, "chunking": {"color": 1}})])
def test_an_unreadable_record_is_a_mismatch(tmp_path: Path, record: str) -> None:
    store = Store(filled(tmp_path).store_file)
    store._database.execute("UPDATE build SET record = ?", (record,))
    with pytest.raises(IndexMismatch, match="no readable record of how it was made"):
        read_record(store, tmp_path)


HOLD = """
import sys, time
from pathlib import Path
from embeddings.storage.builds import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(IndexBusy, match="Another process is writing"), writer_lock(tmp_path):
                pytest.fail("two writers at once")
        finally:
            holder.kill()
    with writer_lock(tmp_path):
        pass


def test_the_lock_is_free_again_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="on purpose"), writer_lock(tmp_path):
        raise ValueError("on purpose")
    with writer_lock(tmp_path):
        pass
