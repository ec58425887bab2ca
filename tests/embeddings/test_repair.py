"""What the doctor finds is mended: from the index's own rows, or by reading just the articles that are wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.doctor import examine
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.errors import FolderMissing, IndexDamaged
from embeddings.index import Index
from embeddings.repair import repair
from embeddings.storage.builds import current_build
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, Run, article, contents, database, write
from tests.embeddings.storage.test_vector_cache import DAMAGES
from tests.embeddings.test_doctor import BROKEN_LEFT_OUT, BROKEN_STRUCTURE, ONE_CHUNK, ONE_KEY
from tests.fakes import WordEncoder


def bad(index: Path) -> set[str]:
    return {finding.check for finding in examine(index, WordEncoder().identity) if not finding.ok}


@pytest.mark.parametrize(
    "damage",
    [
        f'UPDATE chunks SET "end" = "end" - 1 WHERE id = {ONE_CHUNK}',
        f'UPDATE chunks SET "end" = 99999 WHERE id = {ONE_CHUNK}',
        "UPDATE documents SET text = 'x' || text WHERE path = 'dam.txt'",
        "UPDATE documents SET title = 'Other' WHERE path = 'dam.txt'",
        "DELETE FROM chunks WHERE document_id = (SELECT id FROM documents WHERE path = 'dam.txt')",
        "DELETE FROM documents WHERE path = 'dam.txt'",
        f"DELETE FROM vectors WHERE key = {ONE_KEY}",
        f"UPDATE vectors SET vector = zeroblob(128) WHERE key = {ONE_KEY}",
        f"UPDATE vectors SET vector = zeroblob(7) WHERE key = {ONE_KEY}",
        f"DELETE FROM chunk_words WHERE rowid = {ONE_CHUNK}",
        f"UPDATE chunk_words SET text = 'other' WHERE rowid = {ONE_CHUNK}",
        "INSERT INTO chunk_words (rowid, title, text) VALUES (999, 'a', 'b')",
        "DELETE FROM chunk_words_data WHERE id > 10",
        *BROKEN_STRUCTURE,
        *BROKEN_LEFT_OUT,
        "DELETE FROM left_out_words_data WHERE id > 10",
    ],
)
def test_damaged_rows_are_mended_and_the_index_equals_a_new_one(index: Path, tmp_path: Path, damage: str) -> None:
    with database(current_build(index)) as connection:
        connection.execute(damage)
    assert bad(index)
    repaired = repair(index, WordEncoder(), SMALL)
    assert repaired.done
    assert repaired.left == ()
    assert bad(index) == set()
    sync(tmp_path / "articles", tmp_path / "new", WordEncoder(), SMALL)
    assert contents(index) == contents(tmp_path / "new")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_vector_cache_is_made_again_without_encoding(index: Path, damage: Callable[[Path], object]) -> None:
    damage(current_build(index).vectors_file)
    encoder = WordEncoder()
    repair(index, encoder, SMALL)
    assert bad(index) == set()
    assert encoder.texts == []


def test_only_the_articles_that_are_wrong_are_encoded_again(index: Path) -> None:
    with database(current_build(index)) as connection:
        connection.execute(f"UPDATE vectors SET vector = zeroblob(128) WHERE key = {ONE_KEY}")
    encoder = WordEncoder()
    repaired = repair(index, encoder, SMALL)
    assert "1 article read again: bridge.txt" in repaired.done
    assert encoder.texts
    assert all("bridge" in text for text in encoder.texts)


def test_without_the_folder_nothing_is_lost_and_what_needs_no_file_is_mended(index: Path, tmp_path: Path) -> None:
    with database(current_build(index)) as connection:
        connection.execute(f"DELETE FROM chunk_words WHERE rowid = {ONE_CHUNK}")
        connection.execute("INSERT INTO chunk_words (rowid, title, text) VALUES (999, 'a', 'b')")
    (tmp_path / "articles").rename(tmp_path / "away")
    with pytest.raises(FolderMissing):
        repair(index, WordEncoder(), SMALL)
    (words,) = [finding for finding in examine(index) if finding.check == "words"]
    assert words.detail == "chunk 1 is missing"
    with Index(index, WordEncoder()).snapshot() as snapshot:
        assert [each.path for each in snapshot.addresses()] == ["bridge.txt", "canal.txt", "dam.txt", "ship.txt"]
    (tmp_path / "away").rename(tmp_path / "articles")
    repair(index, WordEncoder(), SMALL)
    assert bad(index) == set()


def test_a_file_that_is_no_database_is_not_touched(index: Path) -> None:
    current_build(index).store_file.write_bytes(b"garbage " * 1000)
    with pytest.raises(IndexDamaged):
        repair(index, WordEncoder(), SMALL)
    assert current_build(index).store_file.read_bytes() == b"garbage " * 1000


def test_the_command_says_what_was_done(tmp_path: Path, run: Run) -> None:
    write(tmp_path / "articles", "dam.txt", article("dam"))
    index = tmp_path / "index"
    sync(tmp_path / "articles", index, WordEncoder(PACKAGED_ENCODER))
    with database(current_build(index)) as connection:
        connection.execute("INSERT INTO chunk_words (rowid, title, text) VALUES (999, 'a', 'b')")
    status, said, _ = run("doctor", "--index", index)
    assert status == 1
    assert "doctor --repair" in said
    status, said, _ = run("doctor", "--repair", "--index", index)
    assert status == 0
    assert "done  1 row that belonged to nothing deleted" in said
