import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.folders import Folder
from embeddings.index import Index
from embeddings.storage import ann, vector_cache
from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import (
    catch_up,
    is_stale,
    open_vectors,
    read_cache,
    read_stamp,
    refresh,
    write_cache,
)
from embeddings.storage.vectors import VectorIndex
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, article, assert_healthy, document_of, write
from tests.embeddings.storage.test_store import put
from tests.embeddings.storage.test_vectors import THREE, made
from tests.fakes import WordEncoder

DIMENSION = 64


def cached(file: Path) -> VectorIndex | None:
    stamp = read_stamp(file)
    return read_cache(file, stamp) if stamp else None


def test_a_written_cache_is_read_back(tmp_path: Path) -> None:
    write_cache(made(THREE), tmp_path / "vectors.faiss", 3, "")
    read = cached(tmp_path / "vectors.faiss")
    assert read is not None
    assert (read.generation, read.last_id) == (5, 90)
    ids, vectors = read.contents()
    assert ids.tolist() == [3, 7, 90] and np.array_equal(vectors, np.array(list(THREE.values())))


def test_a_file_that_nothing_has_changed_is_not_read_for_its_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "vectors.faiss"
    write_cache(made(THREE), file, 3, "")
    stamp_file = file.with_suffix(".json")
    later = file.stat().st_ctime_ns + 10**9  # as if there were a clock tick between the two
    os.utime(stamp_file, ns=(later, later))
    monkeypatch.setattr("embeddings.storage.unchanged.file_crc32", lambda file: 0)
    assert cached(file) is not None
    times = file.stat()
    flip(file)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # does not hide it: the time of change stays
    assert cached(file) is None
    write_cache(made(THREE), file, 3, "")
    os.utime(stamp_file, ns=(0, 0))
    assert cached(file) is None


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-10])


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def garbage(file: Path) -> None:
    file.write_bytes(b"\xff" * file.stat().st_size)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def without_stamp(file: Path) -> None:
    file.with_suffix(".json").unlink()


def garbled_stamp(file: Path) -> None:
    file.with_suffix(".json").write_text('{"generation": 5}')


DAMAGES = [Path.unlink, cut, flip, garbage, emptied, without_stamp, garbled_stamp]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_not_used(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    write_cache(made(THREE), tmp_path / "vectors.faiss", 3, "")
    damage(tmp_path / "vectors.faiss")
    assert cached(tmp_path / "vectors.faiss") is None


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for subject in ("dam", "canal", "bridge"):
        write(tmp_path / "articles", f"{subject}.txt", article(subject))
    sync(tmp_path / "articles", tmp_path / "index", WordEncoder(), SMALL)
    return Store(current_build(tmp_path / "index").database)


def cache_of(store: Store) -> Path:
    assert isinstance(store.place, Path)
    return store.place.with_name("vectors.faiss")


def held(vectors: VectorIndex) -> dict[int, bytes]:
    return {int(i): vector.tobytes() for i, vector in zip(*vectors.contents(), strict=True)}


def delete(store: Store, path: str) -> None:
    stored = store.stored_file(path)
    with store.transaction() as generation:
        if stored:
            store.delete_document(stored.document_id, generation)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_rebuilt_from_the_store(store: Store, damage: Callable[[Path], None]) -> None:
    expected = held(open_vectors(cache_of(store), store, DIMENSION))
    damage(cache_of(store))
    assert held(open_vectors(cache_of(store), store, DIMENSION)) == expected
    stamp_file = cache_of(store).with_suffix(".json")
    assert not stamp_file.exists() or damage is Path.unlink
    refresh(cache_of(store), store, DIMENSION)
    read = cached(cache_of(store))
    assert read is not None and held(read) == expected


def test_a_cache_newer_than_the_store_is_not_used(store: Store) -> None:
    generation = store.generation()
    present = open_vectors(cache_of(store), store, DIMENSION)
    write_cache(VectorIndex.of(present.index, present.last_id, generation + 1), cache_of(store), 9, store.identity())
    assert open_vectors(cache_of(store), store, DIMENSION).generation == generation
    assert is_stale(cache_of(store), store)
    refresh(cache_of(store), store, DIMENSION)
    assert not is_stale(cache_of(store), store)


def test_catching_up_gives_the_same_as_a_rebuild(store: Store) -> None:
    old = open_vectors(cache_of(store), store, DIMENSION)
    delete(store, "canal.txt")
    cache_of(store).unlink()
    caught_up = catch_up(old, store, DIMENSION)
    assert caught_up is not None
    assert held(caught_up) == held(open_vectors(cache_of(store), store, DIMENSION))
    assert len(caught_up) == store.count_chunks() == 6


def test_without_changes_catching_up_returns_the_same_vectors(store: Store) -> None:
    vectors = open_vectors(cache_of(store), store, DIMENSION)
    assert catch_up(vectors, store, DIMENSION) is vectors


def test_a_cache_is_stale_after_many_changes(store: Store) -> None:
    assert not is_stale(cache_of(store), store)
    delete(store, "canal.txt")
    assert is_stale(cache_of(store), store)


def test_refreshing_merges_the_changes_into_the_index(store: Store) -> None:
    delete(store, "canal.txt")
    refresh(cache_of(store), store, DIMENSION)
    read = cached(cache_of(store))
    assert read is not None and len(read.removed) == len(read.recent) == 0
    assert len(read) == 6 and read.generation == store.generation() and read.last_id == store.last_chunk_id()


def test_vectors_older_than_the_forgotten_removals_are_not_updated(store: Store) -> None:
    old = open_vectors(cache_of(store), store, DIMENSION)
    old_file, old_stamp = cache_of(store).read_bytes(), cache_of(store).with_suffix(".json").read_bytes()
    delete(store, "canal.txt")
    with store.transaction():
        store.drop_unused_vectors()
    assert store._database.value("SELECT count(*) FROM removed_chunks") == 3
    refresh(cache_of(store), store, DIMENSION)
    assert store._database.value("SELECT count(*) FROM removed_chunks") == 0
    assert catch_up(old, store, DIMENSION) is None
    assert len(open_vectors(cache_of(store), store, DIMENSION)) == 6
    # An old copy of the file, if restored, is not used either.
    cache_of(store).write_bytes(old_file)
    cache_of(store).with_suffix(".json").write_bytes(old_stamp)
    assert len(open_vectors(cache_of(store), store, DIMENSION)) == 6
    assert is_stale(cache_of(store), store)
    refresh(cache_of(store), store, DIMENSION)
    assert not is_stale(cache_of(store), store)


def test_the_file_of_another_index_is_not_used(store: Store, tmp_path: Path) -> None:
    for subject in ("fox", "owl", "elk"):
        write(tmp_path / "others", f"{subject}.txt", article(subject))
    sync(tmp_path / "others", tmp_path / "other", WordEncoder(), SMALL)
    other = current_build(tmp_path / "other").vectors_file
    expected = held(open_vectors(cache_of(store), store, DIMENSION))
    shutil.copy(other, cache_of(store))
    shutil.copy(other.with_suffix(".json"), cache_of(store).with_suffix(".json"))
    assert held(open_vectors(cache_of(store), store, DIMENSION)) == expected
    assert is_stale(cache_of(store), store)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["put", "delete", "refresh", "look"]), st.integers(0, 3)), max_size=14))
def test_readers_always_catch_up_with_the_store(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as place:
        file = Path(place) / "vectors.faiss"
        store = Store(Path(place) / "articles.sqlite", create=True)
        store.write_record("{}", [Folder("articles", Path(place))])
        readers = [open_vectors(file, store, DIMENSION) for _ in range(4)]
        for number, (step, which) in enumerate(steps):
            path = f"{which}.txt"
            if step == "put":
                put(store, document_of(article(f"dam {number}"), path))
            elif step == "delete":
                delete(store, path)
                with store.transaction():
                    store.drop_unused_vectors()
            elif step == "refresh":
                refresh(file, store, DIMENSION)
            else:
                newer = catch_up(readers[which], store, DIMENSION)
                readers[which] = open_vectors(file, store, DIMENSION) if newer is None else newer
                ids, vectors = store.all_vectors(DIMENSION)
                assert held(readers[which]) == {
                    int(i): vector.tobytes() for i, vector in zip(ids, vectors, strict=True)
                }
        store.close()


@pytest.fixture
def large_at_twelve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat a corpus of more than twelve chunks as large; the file is rewritten after each change."""
    monkeypatch.setattr(ann, "EXACT_MOST", 12)
    monkeypatch.setattr(ann, "_LISTS", 4)
    monkeypatch.setattr(ann, "_PROBES", 4)


def test_search_switches_to_approximate_and_back_and_this_is_recorded(tmp_path: Path, large_at_twelve: None) -> None:
    folder, index, encoder = tmp_path / "articles", tmp_path / "index", WordEncoder()

    def search() -> str:
        stamp = read_stamp(current_build(index).vectors_file)
        assert stamp is not None
        return stamp.search

    def found(query: str) -> list[tuple[int, float]]:
        with Index(index, encoder).snapshot() as snapshot:
            hits = snapshot.dense_search(snapshot.encode_query(query), 5)
            assert snapshot.size() == len(snapshot.dense_search(snapshot.encode_query(query), 1000))
            return [(hit.chunk_id, hit.score) for hit in hits]

    for subject in ("bridge", "canal", "dam", "tower"):
        write(folder, f"{subject}.txt", article(subject))
    sync(folder, index, encoder, SMALL)
    served = Index(index, encoder)
    assert search() == "exact"
    for subject in ("river", "lake", "mill"):
        write(folder, f"{subject}.txt", article(subject))
    sync(folder, index, encoder, SMALL)
    assert search().startswith("approximate")
    assert_healthy(index, encoder)
    approximate = found("the canal of paragraph 2")
    with served.snapshot() as snapshot:  # opened before the switch
        hits = snapshot.dense_search(snapshot.encode_query("the canal of paragraph 2"), 5)
        assert [(hit.chunk_id, hit.score) for hit in hits] == approximate
    for subject in ("river", "lake", "mill"):
        (folder / f"{subject}.txt").unlink()
    sync(folder, index, encoder, SMALL)
    assert search() == "exact"
    assert_healthy(index, encoder)
    exact = found("the canal of paragraph 2")
    # Every cluster is searched and the hits are rescored, so nothing is lost here.
    assert [pytest.approx(score) for _, score in exact] == [score for _, score in approximate]


def test_a_long_sync_writes_the_file_several_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    def seen(file: Path, store: Store, dimension: int) -> None:
        refresh(file, store, dimension)
        written.append(store.count_chunks())

    monkeypatch.setattr("embeddings.update.STALE_MOST", 9)
    monkeypatch.setattr("embeddings.storage.vector_cache.refresh", seen)
    for number in range(10):
        write(tmp_path / "articles", f"{number}.txt", article(f"dam {number}"))
    sync(tmp_path / "articles", tmp_path / "index", WordEncoder(), SMALL)
    assert len(written) > 2 and written == sorted(written)
    assert vector_cache.STALE_MOST > 9  # only the name in `sync` was patched
    assert_healthy(tmp_path / "index", WordEncoder())
