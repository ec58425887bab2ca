from pathlib import Path

import numpy as np
import pytest

from embeddings.builds import current_build
from embeddings.encoder import Vectors
from embeddings.store import Store, VectorChanges
from embeddings.sync import sync
from embeddings.vectors import VectorIndex, cache_is_stale, catch_up, open_vectors, read_cache
from tests.embeddings.helpers import SMALL, article, write
from tests.fakes import WordEncoder

DIMENSION = 4


def unit(*values: float) -> Vectors:
    vector = np.array(values, dtype=np.float32)
    vector /= np.linalg.norm(vector)
    return vector


def changes(added: dict[int, Vectors], removed: tuple[int, ...] = ()) -> VectorChanges:
    return VectorChanges(
        np.array(list(added), dtype=np.int64),
        np.array(list(added.values()), dtype=np.float32).reshape(len(added), DIMENSION),
        np.array(removed, dtype=np.int64),
    )


THREE = {7: unit(1, 0, 0, 0), 3: unit(1, 1, 0, 0), 90: unit(0, 0, 1, 0)}


def three() -> VectorIndex:
    return VectorIndex.empty(DIMENSION).updated(changes(THREE), 5)


def test_the_nearest_come_first_with_their_cosines() -> None:
    hits = three().search(unit(1, 0, 0, 0), 2)
    assert [hit.chunk_id for hit in hits] == [7, 3]
    assert [hit.score for hit in hits] == pytest.approx([1, 0.5**0.5])


def test_asking_for_more_than_there_are_gives_all() -> None:
    assert sorted(hit.chunk_id for hit in three().search(unit(1, 0, 0, 0), 50)) == [3, 7, 90]


def test_an_empty_index_finds_nothing() -> None:
    assert VectorIndex.empty(DIMENSION).search(unit(1, 0, 0, 0), 5) == []


def test_an_update_leaves_the_index_that_a_reader_holds() -> None:
    old = three()
    new = old.updated(changes({8: unit(0, 1, 0, 0)}, removed=(7,)), 6)
    assert sorted(old.ids().tolist()) == [3, 7, 90]
    assert sorted(new.ids().tolist()) == [3, 8, 90]
    assert (old.generation, new.generation) == (5, 6)
    assert new.search(unit(1, 0, 0, 0), 1)[0].chunk_id == 3


def test_vectors_come_back_by_id_in_the_order_asked() -> None:
    assert np.allclose(three().vectors_of(np.array([90, 7])), [THREE[90], THREE[7]])


def test_a_written_cache_is_read_back(tmp_path: Path) -> None:
    three().write(tmp_path / "vectors.faiss")
    read = read_cache(tmp_path / "vectors.faiss")
    assert read is not None
    assert read.generation == 5
    assert np.array_equal(read.vectors_of(np.array([7, 3, 90])), np.array(list(THREE.values())))


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
def test_a_damaged_cache_is_not_believed(tmp_path: Path, damage: object) -> None:
    three().write(tmp_path / "vectors.faiss")
    assert callable(damage)
    damage(tmp_path / "vectors.faiss")
    assert read_cache(tmp_path / "vectors.faiss") is None


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for subject in ("dam", "canal", "bridge"):
        write(tmp_path / "articles", f"{subject}.txt", article(subject))
    sync(tmp_path / "articles", tmp_path / "index", WordEncoder(), SMALL)
    return Store(current_build(tmp_path / "index").store_file)


def cache_of(store: Store) -> Path:
    return store.file.with_name("vectors.faiss")


def held(vectors: VectorIndex) -> dict[int, bytes]:
    ids = np.sort(vectors.ids())
    return {int(i): vector.tobytes() for i, vector in zip(ids, vectors.vectors_of(ids), strict=True)}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_comes_back_from_the_store(store: Store, damage: object) -> None:
    expected = held(open_vectors(cache_of(store), store, 64))
    assert callable(damage)
    damage(cache_of(store))
    assert held(open_vectors(cache_of(store), store, 64)) == expected


def test_a_cache_from_the_future_is_not_believed(store: Store) -> None:
    generation = store.generation()
    open_vectors(cache_of(store), store, 64).updated(changes_of_nothing(), generation + 1).write(cache_of(store))
    assert open_vectors(cache_of(store), store, 64).generation == generation
    assert cache_is_stale(cache_of(store), store)


def changes_of_nothing() -> VectorChanges:
    nothing = np.array([], dtype=np.int64)
    return VectorChanges(nothing, np.zeros((0, 64), dtype=np.float32), nothing)


def test_catching_up_gives_what_a_rebuild_gives(store: Store) -> None:
    old = open_vectors(cache_of(store), store, 64)
    with store.transaction() as generation:
        store.delete_document("canal.txt", generation)
    cache_of(store).unlink()
    assert held(catch_up(old, store, 64)) == held(open_vectors(cache_of(store), store, 64))
    assert len(catch_up(old, store, 64)) == store.count_chunks() == 6


def test_with_nothing_to_catch_up_the_same_index_goes_on(store: Store) -> None:
    vectors = open_vectors(cache_of(store), store, 64)
    assert catch_up(vectors, store, 64) is vectors


def test_a_cache_is_stale_once_much_has_changed(store: Store) -> None:
    assert not cache_is_stale(cache_of(store), store)
    with store.transaction() as generation:
        store.delete_document("canal.txt", generation)
    assert cache_is_stale(cache_of(store), store)
