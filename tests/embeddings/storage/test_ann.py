import io
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.encoder import Vectors
from embeddings.storage import ann

DIMENSION = 32
NO_IDS = np.array([], dtype=np.int64)


def unit_vectors(count: int, seed: int = 0) -> Vectors:
    """Unit vectors in clusters, like those of texts."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((20, DIMENSION))
    vectors = centres[random.integers(0, 20, count)] + 0.7 * random.standard_normal((count, DIMENSION))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def made(vectors: Vectors, ids: ann.Ids) -> object:
    middle = len(ids) // 2
    blocks = [(ids[:middle], vectors[:middle]), (ids[middle:], vectors[middle:])]
    return ann.make(len(ids), vectors[: ann.sample_size(len(ids))], blocks)


@pytest.fixture
def large_from_500(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat a corpus of more than 500 vectors as large."""
    monkeypatch.setattr(ann, "EXACT_MOST", 500)
    monkeypatch.setattr(ann, "_LISTS", 16)
    monkeypatch.setattr(ann, "_PROBES", 8)


def slow_nearest(vectors: Vectors, ids: ann.Ids, query: Vectors, k: int, excluded: ann.Ids) -> list[int]:
    kept = ~np.isin(ids, excluded)
    return [int(i) for i in ids[kept][np.argsort(-(vectors[kept] @ query))][:k]]


def test_a_small_corpus_is_searched_exactly(large_from_500: None) -> None:
    vectors, ids = unit_vectors(500), np.arange(500) * 3 + 7
    index, excluded = made(vectors, ids), ids[::2].copy()
    assert ann.is_exact(index) and ann.describe(index) == "exact"
    for query in unit_vectors(20, seed=1):
        found, scores = ann.nearest(index, query, 10, excluded)
        assert found.tolist() == slow_nearest(vectors, ids, query, 10, excluded)
        assert scores.tolist() == pytest.approx(
            [float(vectors[ids.tolist().index(i)] @ query) for i in found], abs=1e-6
        )


def test_a_large_corpus_is_searched_in_the_nearest_clusters(large_from_500: None) -> None:
    vectors, ids = unit_vectors(3000), np.arange(3000) * 3 + 7
    index = made(vectors, ids)
    assert not ann.is_exact(index) and "8 nearest of 16 groups" in ann.describe(index)
    for excluded in (NO_IDS, ids[::2].copy()):
        found_count = 0
        for query in unit_vectors(50, seed=1):
            found, scores = ann.nearest(index, query, 20, excluded)
            assert not np.isin(found, excluded).any() and np.all(np.diff(scores) <= 0)
            found_count += len(set(slow_nearest(vectors, ids, query, 10, excluded)) & set(found.tolist()))
        assert found_count / 500 > 0.95


@pytest.mark.parametrize("count", [500, 3000])
def test_contents_returns_all_added_vectors(large_from_500: None, count: int) -> None:
    vectors, ids = unit_vectors(count), np.random.default_rng(2).permutation(count) + 5
    held_ids, held = ann.contents(made(vectors, ids))
    assert held_ids.tolist() == sorted(ids.tolist())
    cosines = np.einsum("ij,ij->i", held, vectors[np.argsort(ids)])
    assert cosines.min() > (0.9999 if count == 500 else 0.9)


@pytest.mark.parametrize("count", [0, 1, 3000])
def test_an_index_is_written_and_read_back(large_from_500: None, count: int, tmp_path: Path) -> None:
    vectors, ids = unit_vectors(count), np.arange(count)
    index, stream = made(vectors, ids), io.BytesIO()
    ann.write(index, stream.write)
    stream.seek(0)
    (tmp_path / "index").write_bytes(stream.getvalue())
    query = unit_vectors(1, seed=3)[0]
    before = ann.nearest(index, query, 10, NO_IDS)
    assert len(before[0]) == min(10, count)
    for again in (ann.read(stream.read), ann.mapped(tmp_path / "index")):
        assert ann.describe(again) == ann.describe(index)
        after = ann.nearest(again, query, 10, NO_IDS)
        assert before[0].tolist() == after[0].tolist() and before[1].tolist() == after[1].tolist()
        (ids, held), (written_ids, written) = ann.contents(again), ann.contents(index)
        assert np.array_equal(ids, written_ids) and np.array_equal(held, written)


def test_bytes_that_are_not_an_index_are_refused() -> None:
    with pytest.raises(RuntimeError):
        ann.read(io.BytesIO(b"no index" * 100).read)


def test_a_write_error_is_passed_on() -> None:
    def full(block: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        ann.write(made(unit_vectors(3), np.arange(3)), full)


def test_when_an_index_is_rebuilt(large_from_500: None) -> None:
    small, large = made(unit_vectors(500), np.arange(500)), made(unit_vectors(600), np.arange(600))
    assert not ann.outgrown(small, 500, 1) and not ann.outgrown(small, 1, 500)
    assert ann.outgrown(small, 500, 501)
    assert not ann.outgrown(large, 600, 2400)
    assert ann.outgrown(large, 600, 2401)
    assert ann.outgrown(large, 600, 500)


def test_the_size_of_the_training_sample(large_from_500: None) -> None:
    assert [ann.sample_size(count) for count in (0, 500, 501, 10**6)] == [0, 0, 501, 16 * 64]
