import numpy as np
import pytest

from embeddings.encoders.packaged import packaged_folder
from training.word_vectors import WordVectors


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return WordVectors(packaged_folder())


def test_terms_have_vectors_of_unit_length(vectors: WordVectors) -> None:
    found = vectors.of(["London", "1984", "photosynthesis", "New York City", "北京", "👍"])
    assert found.dtype == np.float32
    assert found.shape == (6, 384)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(6), abs=1e-5)


@pytest.mark.parametrize("term", ["", " ", "\u200b", "\0"])
def test_a_term_without_word_pieces_has_a_zero_vector(vectors: WordVectors, term: str) -> None:
    assert not vectors.of([term]).any()


def test_no_terms_give_no_vectors(vectors: WordVectors) -> None:
    assert vectors.of([]).shape == (0, 384)


@pytest.mark.parametrize(
    ("term", "near", "far"),
    [
        ("London", "Paris", "bread"),
        ("1984", "1985", "river"),
        ("building", "buildings", "music"),
        ("north", "south", "egg"),
    ],
)
def test_related_words_are_nearer_than_unrelated_ones(vectors: WordVectors, term: str, near: str, far: str) -> None:
    one, two, three = vectors.of([term, near, far])
    assert one @ two > one @ three + 0.2


def test_a_terms_vector_does_not_depend_on_the_other_terms_or_on_case(vectors: WordVectors) -> None:
    together = vectors.of(["London", "a much longer term than the others", "london"])
    assert (together[0] == vectors.of(["London"])[0]).all()
    assert (together[0] == together[2]).all()


def test_the_order_of_a_terms_words_does_not_matter(vectors: WordVectors) -> None:
    one, two = vectors.of(["red house", "house red"])
    assert one == pytest.approx(two, abs=1e-6)
