import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.doctor import Finding, examine
from embeddings.errors import IndexMissing
from embeddings.storage import ann
from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import open_vectors, write_cache
from embeddings.storage.vectors import VectorIndex
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, article, contents, database, write
from tests.embeddings.storage.test_vector_cache import DAMAGES
from tests.fakes import WordEncoder


def bad(index: Path) -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(index, WordEncoder().identity) if not finding.ok}


def test_a_sound_index_passes_every_check(index: Path) -> None:
    findings = examine(index, WordEncoder().identity)
    assert [finding.check for finding in findings] == [
        "SQLite file",
        "model",
        "chunks",
        "structure",
        "left out",
        "words",
        "vectors",
        "FAISS file",
        "folder",
        "full text",
    ]
    assert all(finding.ok and finding.detail and not finding.next_step for finding in findings)


def test_without_an_encoder_the_model_is_not_checked(index: Path) -> None:
    assert "model" not in {finding.check for finding in examine(index)}


def test_there_is_nothing_to_check_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        examine(tmp_path)


ONE_CHUNK = "(SELECT min(id) FROM chunks)"
ONE_KEY = f"(SELECT key FROM chunks WHERE id = {ONE_CHUNK})"


BROKEN_STRUCTURE = [
    f"UPDATE documents SET {column} = '{value}' WHERE path = 'dam.txt'"
    for column, value in (
        ("blocks", '[["paragraph",0'), ("blocks", '[["what",0,4]]'), ("blocks", '[["paragraph",0,99999]]'),
        ("boilerplate", "[[1]]"), ("boilerplate", "[[0, 99999, 1]]"), ("notes", "[1]"), ("stated_labels", "x"),
        ("page_starts", "[99999]"),
    )
]  # fmt: skip
BROKEN_LEFT_OUT = {
    "DELETE FROM left_out_words": "ship.txt leaves out is not what is indexed",
    "UPDATE left_out_words SET text = 'other'": "ship.txt leaves out is not what is indexed",
    "INSERT INTO left_out_words (rowid, text) VALUES (999, 'a')": "999 no longer exists",
}


@pytest.mark.parametrize(
    ("damage", "checks", "words"),
    [
        (
            f'UPDATE chunks SET "end" = "end" - 1 WHERE id = {ONE_CHUNK}',
            {"chunks"},
            "not the text that was encoded",
        ),
        (f'UPDATE chunks SET "end" = 99999 WHERE id = {ONE_CHUNK}', {"chunks"}, "not the text that was encoded"),
        (
            "UPDATE documents SET text = 'x' || text WHERE path = 'dam.txt'",
            {"chunks"},
            "not the text that was encoded",
        ),
        (
            "UPDATE documents SET title = 'Other' WHERE path = 'dam.txt'",
            {"chunks", "words"},
            "not the text that was encoded",
        ),
        ("UPDATE documents SET text = '' WHERE path = 'dam.txt'", {"chunks", "words"}, "not the text that was encoded"),
        (
            "DELETE FROM chunks WHERE document_id = (SELECT id FROM documents WHERE path = 'dam.txt')",
            {"chunks", "words", "FAISS file"},
            "dam.txt has no chunks",
        ),
        ("DELETE FROM documents WHERE path = 'dam.txt'", {"SQLite file", "folder"}, "has no matching row in documents"),
        (
            f"DELETE FROM vectors WHERE key = {ONE_KEY}",
            {"SQLite file", "vectors", "FAISS file"},
            "has no matching row in vectors",
        ),
        (
            f"UPDATE vectors SET vector = zeroblob(128) WHERE key = {ONE_KEY}",
            {"vectors", "FAISS file"},
            "whose length is not 1",
        ),
        (f"DELETE FROM chunk_words WHERE rowid = {ONE_CHUNK}", {"words"}, "is missing"),
        (f"UPDATE chunk_words SET text = 'other' WHERE rowid = {ONE_CHUNK}", {"words"}, "differs"),
        (f"UPDATE chunk_words SET title = 'other' WHERE rowid = {ONE_CHUNK}", {"words"}, "differs"),
        ("INSERT INTO chunk_words (rowid, title, text) VALUES (999, 'a', 'b')", {"words"}, "999 no longer exists"),
        pytest.param("DELETE FROM chunk_words_data WHERE id > 10", set(), "malformed"),
        (
            f"UPDATE chunks SET units = '[[1' WHERE id = {ONE_CHUNK}",
            {"chunks", "words"},
            "not the text that was encoded",
        ),
        (
            f"UPDATE chunks SET context = '7' WHERE id = {ONE_CHUNK}",
            {"chunks", "words"},
            "not the text that was encoded",
        ),
        *((damage, {"structure"}, "a structure that") for damage in BROKEN_STRUCTURE),
        *((damage, {"left out"}, words) for damage, words in BROKEN_LEFT_OUT.items()),
        pytest.param("DELETE FROM left_out_words_data WHERE id > 10", set(), "malformed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_damage_in_the_sqlite_file_is_found(index: Path, damage: str, checks: set[str], words: str) -> None:
    with database(current_build(index)) as connection:
        connection.execute(damage)
    found = bad(index)
    assert set(found) >= checks
    assert any(words in finding.detail for finding in found.values())
    assert all(finding.next_step for finding in found.values())


@pytest.mark.parametrize("size", [6, 7, 0, 256])
def test_a_vector_of_another_dimension_is_found(index: Path, size: int) -> None:
    with database(current_build(index)) as connection:
        connection.execute(f"UPDATE vectors SET vector = zeroblob({size}) WHERE key = {ONE_KEY}")
    assert "vectors" in bad(index)


def test_a_file_of_garbage_is_found(index: Path) -> None:
    current_build(index).store_file.write_bytes(b"garbage " * 1000)
    assert set(bad(index)) == {"SQLite file"}


def test_a_damaged_page_is_found(index: Path) -> None:
    file = current_build(index).store_file
    data = bytearray(file.read_bytes())
    page = int.from_bytes(data[16:18], "big")
    for start in range(page, len(data), page):
        data[start : start + 200] = b"\xff" * 200
    file.write_bytes(data)
    found = bad(index)
    assert set(found) == {"SQLite file"}
    assert "reembed" in found["SQLite file"].next_step


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_faiss_file_is_found(index: Path, damage: Callable[[Path], object]) -> None:
    damage(current_build(index).vectors_file)
    found = bad(index)
    assert set(found) == {"FAISS file"}
    assert str(current_build(index).vectors_file) in found["FAISS file"].next_step


@pytest.mark.parametrize("what", ["other vectors", "one missing", "one too many", "newer"])
def test_a_faiss_file_that_says_something_else_is_found(index: Path, what: str) -> None:
    build = current_build(index)
    store = Store(build.store_file)
    ids, held = open_vectors(build.vectors_file, store, 64).contents()
    generation, last = store.generation(), store.last_chunk_id()
    store.close()
    ids, held = {
        "other vectors": (ids, held[::-1].copy()),
        "one missing": (ids[1:], held[1:]),
        "one too many": (np.append(ids, last + 1), np.concatenate([held, held[:1]])),
        "newer": (ids, held),
    }[what]
    vectors = VectorIndex.of(ann.make(len(ids), held[:0], [(ids, held)]), last, generation + (what == "newer"))
    write_cache(vectors, build.vectors_file, len(ids), "")
    assert set(bad(index)) == {"FAISS file"}


@pytest.mark.parametrize("rewritten", [False, True])
def test_a_faiss_file_that_lags_behind_is_no_damage_unless_too_far(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rewritten: bool
) -> None:
    if not rewritten:
        monkeypatch.setattr("embeddings.storage.vector_cache.STALE_SHARE", 10)
    build = current_build(index)
    kept = {file: file.read_bytes() for file in (build.vectors_file, build.vectors_file.with_suffix(".json"))}
    write(tmp_path / "articles", "tower.txt", article("tower"))
    (tmp_path / "articles" / "dam.txt").unlink()
    sync(tmp_path / "articles", index, WordEncoder(), SMALL)
    for file, data in kept.items():
        file.write_bytes(data)
    assert set(bad(index)) == ({"FAISS file"} if rewritten else set())


def test_an_encoder_with_other_weights_is_found(index: Path) -> None:
    identity = replace(WordEncoder().identity, weights_sha256="0" * 64)
    (finding,) = [finding for finding in examine(index, identity) if not finding.ok]
    assert finding.check == "model"
    assert "reembed" in finding.next_step


def test_a_folder_that_went_on_is_found(index: Path, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    write(folder, "tower.txt", article("tower"))
    write(folder, "canal.txt", article("river"))
    (folder / "dam.txt").unlink()
    finding = bad(index)["folder"]
    assert finding.detail == "tower.txt is new; dam.txt is gone; canal.txt has changed"
    assert f"python -m embeddings sync {folder} --index {index}" in finding.next_step


def test_a_file_that_was_only_touched_has_not_changed(index: Path, tmp_path: Path) -> None:
    os.utime(tmp_path / "articles" / "dam.txt", (1, 1))
    assert bad(index) == {}


def test_a_file_that_could_not_be_read_is_not_new(index: Path, tmp_path: Path) -> None:
    write(tmp_path / "articles", "tower.txt", b"")
    sync(tmp_path / "articles", index, WordEncoder(), SMALL)
    assert bad(index) == {}


def test_a_folder_that_is_gone_is_found(index: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "articles")
    assert set(bad(index)) == {"folder"}


def test_examining_changes_nothing(index: Path) -> None:
    before = contents(index)
    current_build(index).vectors_file.unlink()
    files = {file for file in index.rglob("*") if file.suffix not in {".sqlite-wal", ".sqlite-shm"}}
    bad(index)
    assert contents(index) == before
    assert {file for file in index.rglob("*") if file.suffix not in {".sqlite-wal", ".sqlite-shm"}} == files
