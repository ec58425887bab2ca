import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoders.encoder import Vectors
from embeddings.storage import ann
from embeddings.storage.rows import VectorChanges
from embeddings.storage.vectors import VectorIndex

DIMENSION = 4


def unit(*values: float) -> Vectors:
    vector = np.array(values, dtype=np.float32)
    vector /= np.linalg.norm(vector)
    return vector


def stacked(vectors: dict[int, Vectors]) -> tuple[ann.Ids, Vectors]:
    return (
        np.array(list(vectors), dtype=np.int64),
        np.array(list(vectors.values()), dtype=np.float32).reshape(len(vectors), DIMENSION),
    )


def changes(added: dict[int, Vectors], removed: tuple[int, ...] = ()) -> VectorChanges:
    return VectorChanges(*stacked(added), np.array(removed, dtype=np.int64))


THREE = {3: unit(1, 1, 0, 0), 7: unit(1, 0, 0, 0), 90: unit(0, 0, 1, 0)}


def made(vectors: dict[int, Vectors], generation: int = 5) -> VectorIndex:
    ids, rows = stacked(vectors)
    return VectorIndex.of(ann.make(len(ids), rows[:0], [(ids, rows)]), max(vectors, default=-1), generation)


def test_the_nearest_come_first_with_their_cosines() -> None:
    hits = made(THREE).search(unit(1, 0, 0, 0), 2)
    assert [hit.chunk_id for hit in hits] == [7, 3]
    assert [hit.score for hit in hits] == pytest.approx([1, 0.5**0.5])


def test_asking_for_more_than_there_are_gives_all() -> None:
    assert sorted(hit.chunk_id for hit in made(THREE).search(unit(1, 0, 0, 0), 50)) == [3, 7, 90]


def test_an_empty_index_finds_nothing() -> None:
    assert VectorIndex.empty(DIMENSION).search(unit(1, 0, 0, 0), 5) == []


def test_an_update_leaves_the_index_that_a_reader_holds() -> None:
    old = made(THREE)
    new = old.updated(changes({98: unit(0, 1, 0, 0)}, removed=(7,)), 6)
    assert (old.ids().tolist(), new.ids().tolist()) == ([3, 7, 90], [3, 90, 98])
    assert (old.generation, new.generation) == (5, 6)
    assert (len(old), len(new)) == (3, 3)
    assert new.search(unit(1, 0, 0, 0), 1)[0].chunk_id == 3
    assert old.search(unit(1, 0, 0, 0), 1)[0].chunk_id == 7


def test_of_equally_near_ones_the_older_comes_first() -> None:
    vectors = made({3: unit(1, 0, 0, 0)}).updated(changes({9: unit(1, 0, 0, 0), 12: unit(1, 0, 0, 0)}), 6)
    assert [hit.chunk_id for hit in vectors.search(unit(1, 0, 0, 0), 3)] == [3, 9, 12]


# What may happen to a corpus: ids to add and to remove, in rounds.
_ROUNDS = st.lists(st.tuples(st.integers(0, 4), st.lists(st.integers(0, 30), max_size=4)), max_size=6)


@given(st.integers(0, 8), _ROUNDS)
def test_any_history_searches_like_a_new_index_of_what_is_left(first: int, rounds: list[tuple[int, list[int]]]) -> None:
    random = np.random.default_rng(first)
    held = {i: unit(*random.standard_normal(DIMENSION)) for i in range(first)}
    vectors, last = made(held, generation=0), first - 1
    for generation, (count, removed) in enumerate(rounds, start=1):
        added = {last + 1 + i: unit(*random.standard_normal(DIMENSION)) for i in range(count)}
        last += count
        gone = tuple({i for i in removed if i in held})
        held = {i: vector for i, vector in held.items() if i not in gone} | added
        vectors = vectors.updated(changes(added, gone), generation)
    assert len(vectors) == len(held)
    ids, rows = vectors.contents()
    assert ids.tolist() == sorted(held)
    assert all(np.array_equal(held[int(i)], row) for i, row in zip(ids, rows, strict=True))
    query = unit(*random.standard_normal(DIMENSION))
    expected, hits = made(held).search(query, 5), vectors.search(query, 5)
    assert [hit.chunk_id for hit in hits] == [hit.chunk_id for hit in expected]
    assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-6)
