import shutil
from pathlib import Path

import pytest

from embeddings.documents.document import Address
from embeddings.documents.put_back import stretch_key
from embeddings.errors import IndexBusy
from embeddings.index import Index
from embeddings.put_back import NotLeftOut, set_read
from embeddings.storage.builds import current_build, writer_lock
from embeddings.storage.store import Store
from embeddings.sync import go_back, reembed, sync
from tests.embeddings.helpers import SMALL, article, assert_healthy, contents, database, write
from tests.fakes import WordEncoder

NOTICE = "Sign up for our newsletter and get the tide tables by mail every week."
TEXT = f"Harbour reopens\n\n{article('harbour')}\n\n{NOTICE}\n\nShare this"


class Indexed:
    """An article with a notice after it that is left out, and another article."""

    def __init__(self, place: Path) -> None:
        self.folder, self.index, self.encoder = place / "articles", place / "index", WordEncoder()
        write(self.folder, "harbour.txt", TEXT)
        write(self.folder, "mill.txt", article("mill"))
        self.sync()

    def sync(self) -> None:
        sync(self.folder, self.index, self.encoder, SMALL)
        assert_healthy(self.index, self.encoder)

    def set(self, is_read: bool, words: str = NOTICE, path: str = "harbour.txt") -> None:
        set_read(self.index, self.encoder, Address(path), [stretch_key(words)], is_read=is_read, config=SMALL)
        assert_healthy(self.index, self.encoder)

    def reads(self, path: str = "harbour.txt", words: str = "tide tables") -> bool:
        with Index(self.index, self.encoder).snapshot() as snapshot:
            found = any(words in chunk.text for chunk in snapshot.chunks_of(path))
            assert found == bool(snapshot.lexical_search(words, 1))
            return found


@pytest.fixture
def indexed(tmp_path: Path) -> Indexed:
    indexed = Indexed(tmp_path)
    assert not indexed.reads()
    return indexed


def test_a_stretch_is_read_and_left_out_again(indexed: Indexed) -> None:
    before = contents(indexed.index)
    indexed.encoder.texts.clear()
    indexed.set(True)
    assert indexed.reads()
    assert [text for text in indexed.encoder.texts if "tide tables" not in text] == []  # nothing else is encoded
    with Index(indexed.index, indexed.encoder).snapshot() as snapshot:
        document = snapshot.document("harbour.txt")
        assert document and [piece.is_read for piece in document.boilerplate] == [True, False]
        assert [entry.boilerplate_pieces for entry in snapshot.documents()] == [1, 0]
    indexed.set(False)
    assert contents(indexed.index) == before


def test_it_is_kept_when_the_file_is_edited_renamed_deleted_or_embedded_again(indexed: Indexed) -> None:
    indexed.set(True)
    indexed.sync()
    assert indexed.reads()
    write(indexed.folder, "harbour.txt", TEXT.replace("spring", "autumn"))
    indexed.sync()
    assert indexed.reads() and indexed.reads(words="autumn")
    (indexed.folder / "harbour.txt").rename(indexed.folder / "port.txt")
    indexed.sync()
    assert indexed.reads("port.txt")
    reembed(indexed.folder, indexed.index, indexed.encoder, SMALL)
    assert indexed.reads("port.txt")
    text = (indexed.folder / "port.txt").read_text()
    (indexed.folder / "port.txt").unlink()
    indexed.sync()
    write(indexed.folder, "port.txt", text)
    indexed.sync()
    assert indexed.reads("port.txt")
    indexed.set(False, path="port.txt")
    assert not indexed.reads("port.txt")


def test_a_file_that_is_renamed_and_read_by_newer_code_keeps_it(indexed: Indexed) -> None:
    indexed.set(True)
    with database(current_build(indexed.index)) as connection:
        connection.execute("UPDATE documents SET versions = 'older'")
    (indexed.folder / "harbour.txt").rename(indexed.folder / "port.txt")
    indexed.sync()
    assert indexed.reads("port.txt")


def test_a_re_embedding_that_continues_has_the_latest_decisions(indexed: Indexed) -> None:
    other, stops = WordEncoder("other"), iter([False, True])
    assert reembed(indexed.folder, indexed.index, other, SMALL, should_stop=lambda: next(stops)).stopped
    indexed.set(True)
    reembed(indexed.folder, indexed.index, other, SMALL)
    indexed.encoder = other
    assert indexed.reads()


def test_a_rollback_keeps_what_was_decided_since(indexed: Indexed) -> None:
    reembed(indexed.folder, indexed.index, indexed.encoder, SMALL)
    indexed.set(True)
    go_back(indexed.index)
    indexed.sync()
    assert indexed.reads()
    indexed.set(False)
    go_back(indexed.index)
    indexed.sync()
    assert not indexed.reads()


def test_a_stretch_that_is_not_there_is_refused(indexed: Indexed) -> None:
    before = contents(indexed.index)
    for path, words, why in [
        ("gone.txt", NOTICE, "There is no article gone.txt"),
        ("harbour.txt", "other words", "no such stretch"),
    ]:
        with pytest.raises(NotLeftOut, match=why):
            indexed.set(True, words, path)
    with database(current_build(indexed.index)) as connection:
        connection.execute("UPDATE documents SET versions = 'older'")
    with pytest.raises(NotLeftOut, match="older version"):
        set_read(
            indexed.index, indexed.encoder, Address("harbour.txt"), [stretch_key(NOTICE)], is_read=True, config=SMALL
        )
    with writer_lock(indexed.index), pytest.raises(IndexBusy):
        set_read(
            indexed.index, indexed.encoder, Address("harbour.txt"), [stretch_key(NOTICE)], is_read=True, config=SMALL
        )
    assert contents(indexed.index) == before


def test_an_index_of_an_older_program_can_keep_decisions(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "data" / "index_schema_1", tmp_path, dirs_exist_ok=True)
    indexed = Indexed.__new__(Indexed)
    indexed.folder, indexed.index, indexed.encoder = tmp_path / "articles", tmp_path / "index", WordEncoder()
    sync(indexed.folder, indexed.index, indexed.encoder, SMALL, change_folder=True)
    store = Store(current_build(indexed.index).database)
    document = store.document("Ferry.txt")
    store.close()
    assert document
    words = [document.text[piece.start : piece.end] for piece in document.boilerplate]
    indexed.set(True, words[-1], "Ferry.txt")
    assert indexed.reads("Ferry.txt", words[-1].split()[0])
