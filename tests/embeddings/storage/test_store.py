from pathlib import Path

import numpy as np
import pytest

from embeddings.config import ChunkingConfig
from embeddings.documents.chunks import Chunk, chunk_document, content_key
from embeddings.documents.document import Document
from embeddings.encoders.encoder import Vectors
from embeddings.errors import IndexBusy, IndexDamaged, IndexMismatch, UnreadableFile
from embeddings.folders import Folder
from embeddings.storage.migrations import MIGRATIONS
from embeddings.storage.store import Store
from tests.embeddings.helpers import article, document_of
from tests.fakes import WordEncoder

CHUNKING = ChunkingConfig(target_chars=80, tiny_paragraph_chars=20)
ENCODER = WordEncoder()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "articles.sqlite", create=True)
    store.write_record("{}", [Folder("articles", tmp_path)])
    return store


def vectors_for(document: Document, chunks: list[Chunk]) -> dict[bytes, Vectors]:
    vectors = ENCODER.encode_documents([chunk.readable for chunk in chunks])
    return {content_key(document.title, chunk.readable): vector for chunk, vector in zip(chunks, vectors, strict=True)}


def put(store: Store, document: Document) -> list[Chunk]:
    chunks = chunk_document(document, CHUNKING)
    with store.transaction() as generation:
        store.put_document("articles", document, "stamp", chunks, vectors_for(document, chunks), generation)
    return chunks


def id_of(store: Store, path: str) -> int:
    stored = store.stored_file(path)
    assert stored
    return stored.document_id


def chunk_ids(store: Store) -> list[int]:
    return [row[0] for row in store._database.rows("SELECT id FROM chunks ORDER BY document_id, start")]


def test_a_stored_document_is_returned_unchanged(store: Store) -> None:
    document = document_of(f"date 2024-05-17\n\n{article('Ж“👍”')}\n\nFollow us on X\n", "sub/Ж.txt")
    chunks = put(store, document)
    assert store.document("sub/Ж.txt") == document
    (entry,) = store.documents()
    assert (entry.path, entry.date, entry.characters, entry.chunks, entry.boilerplate_pieces) == (
        "sub/Ж.txt", "2024-05-17", len(document.text), len(chunks), 2,
    )  # fmt: skip


def test_the_listing_is_filtered_by_title_and_path_ignoring_case_and_limited(store: Store) -> None:
    for path in ("Bridge_of_Ćuprija.txt", "north/canal.txt", "north/dam_of_ĆUPRIJA.txt"):
        put(store, document_of(article(path), path))
    listed = [entry.path for entry in store.documents("ćupRIJA")]
    assert listed == ["Bridge_of_Ćuprija.txt", "north/dam_of_ĆUPRIJA.txt"]
    assert [entry.path for entry in store.documents("north/", 1)] == ["north/canal.txt"]
    assert (store.count_documents("north/"), store.count_documents(), store.count_documents("%")) == (2, 3, 0)
    assert [each.path for each in store.addresses()] == sorted([*listed, "north/canal.txt"])


def test_an_unknown_path_has_no_document(store: Store) -> None:
    assert store.document("unknown.txt") is None


def test_a_chunk_with_unchanged_content_keeps_its_id_when_it_moves(store: Store) -> None:
    put(store, document_of(article("dam")))
    before = chunk_ids(store)
    chunks = put(
        store, document_of("This new first paragraph is long enough to be a chunk of its own.\n\n" + article("dam"))
    )
    after = chunk_ids(store)
    assert after[1:] == before
    stored = store._database.rows('SELECT start, "end" FROM chunks ORDER BY start')
    assert stored == [(chunk.start, chunk.end) for chunk in chunks]


def test_a_paragraph_repeated_three_times_has_three_chunks_and_one_vector(store: Store) -> None:
    paragraph = article("dam", 1)
    document = document_of("\n\n".join(["It begins with other words, which are long enough.", *[paragraph] * 3]))
    put(store, document)
    put(store, document)
    assert len(chunk_ids(store)) == 4
    assert store._database.value("SELECT count(*) FROM vectors") == 2


def test_chunk_ids_are_never_reused(store: Store) -> None:
    put(store, document_of(article("dam")))
    before = chunk_ids(store)
    with store.transaction() as generation:
        store.delete_document(id_of(store, "Some_article.txt"), generation)
    put(store, document_of(article("dam")))
    assert min(chunk_ids(store)) > max(before)


def test_a_failed_transaction_is_rolled_back(store: Store) -> None:
    document = document_of(article("dam"))
    chunks = chunk_document(document, CHUNKING)
    with pytest.raises(KeyboardInterrupt), store.transaction() as generation:
        store.put_document("articles", document, "stamp", chunks, vectors_for(document, chunks), generation)
        raise KeyboardInterrupt
    assert store.documents() == []
    assert store.generation() == 0
    assert store._database.value("SELECT count(*) FROM vectors") == 0


def test_a_reader_sees_one_state_during_a_write(store: Store) -> None:
    put(store, document_of(article("dam")))
    reader = Store(store.place)
    with reader.reading():
        assert len(reader.documents()) == 1
        put(store, document_of(article("canal"), "Another.txt"))
        assert len(reader.documents()) == 1
        assert reader.generation() == 1
    assert len(reader.documents()) == 2


def test_vector_changes_are_returned_by_generation(store: Store) -> None:
    put(store, document_of(article("dam")))
    first = chunk_ids(store)
    put(store, document_of(article("canal"), "Another.txt"))
    with store.transaction() as generation:
        store.delete_document(id_of(store, "Some_article.txt"), generation)
    changes = store.vector_changes(1, 64)
    assert changes is not None
    assert changes.removed_ids.tolist() == first
    assert changes.added_ids.tolist() == chunk_ids(store)
    assert np.linalg.norm(changes.added, axis=1) == pytest.approx(np.ones(3), abs=5e-3)
    assert store.count_changes(1) == 6
    assert store.count_changes(3) == 0


def test_removals_are_forgotten_up_to_a_generation_and_older_readers_learn_it(store: Store) -> None:
    for path in ("a.txt", "b.txt"):
        put(store, document_of(article("dam"), path))
    for path in ("a.txt", "b.txt"):
        with store.transaction() as generation:
            store.delete_document(id_of(store, path), generation)
    store.forget_removals(3)
    assert store.count_changes(2) == 6  # removals are kept until `drop_unused_vectors`
    with store.transaction():
        store.drop_unused_vectors()
    store.forget_removals(3)
    assert store.count_changes(2) == 3
    assert store.vector_changes(2, 64) is None
    changes = store.vector_changes(3, 64)
    assert changes is not None and len(changes.removed_ids) == 3
    store.forget_removals(1)
    assert store.removals_forgotten() == 3


def test_unused_vectors_are_deleted_and_shared_ones_kept(store: Store) -> None:
    shared, own = article("dam", 1), article("canal", 1)
    put(store, document_of(f"{shared}\n\n{own}", "a/Same.txt"))
    put(store, document_of(f"{shared}\n\nIt has another ending here.", "b/Same.txt"))
    with store.transaction() as generation:
        store.delete_document(id_of(store, "a/Same.txt"), generation)
    with store.transaction():
        store.drop_unused_vectors()
    keys = {row[0] for row in store._database.rows("SELECT key FROM vectors")}
    assert content_key("Same", shared) in keys
    assert content_key("Same", own) not in keys


def test_a_failure_is_kept_until_the_file_is_indexed(store: Store) -> None:
    store.put_failure("Some_article.txt", "articles", UnreadableFile("Some_article.txt is empty.", "Fill it."))
    (failure,) = store.failures()
    assert (failure.path, failure.reason, failure.next_step) == (
        "Some_article.txt", "Some_article.txt is empty.", "Fill it.",
    )  # fmt: skip
    put(store, document_of(article("dam")))
    assert store.failures() == []


def test_opening_a_missing_file_does_not_create_it(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        Store(tmp_path / "articles.sqlite")
    assert not (tmp_path / "articles.sqlite").exists()


def test_a_file_of_garbage_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "index" / "builds" / "0001" / "articles.sqlite"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"garbage " * 1000)
    with pytest.raises(IndexDamaged, match="is damaged") as caught:
        Store(file)
    assert caught.value.next_step.endswith(f"python -m embeddings reembed FOLDER --index {tmp_path / 'index'}")


def test_a_locked_file_is_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.storage.sqlite_database.BUSY_TIMEOUT_S", 0.05)
    other = Store(store.place)
    with store.transaction(), pytest.raises(IndexBusy, match="in use by another process"), other.transaction():
        pytest.fail("two writers at once")


def test_a_new_file_has_the_current_schema(store: Store) -> None:
    assert store._database.value("PRAGMA user_version") == len(MIGRATIONS)
    assert store._database.value("PRAGMA journal_mode") == "wal"


def test_an_index_of_a_newer_program_is_refused(store: Store) -> None:
    newer = len(MIGRATIONS) + 1
    store._database.execute(f"PRAGMA user_version = {newer}")
    store.close()
    with pytest.raises(IndexMismatch, match=f"schema {newer}, this program knows {newer - 1}"):
        Store(store.place)


def test_reopening_keeps_the_contents(store: Store) -> None:
    put(store, document_of(article("dam")))
    store.close()
    assert [entry.path for entry in Store(store.place, create=True).documents()] == ["Some_article.txt"]
