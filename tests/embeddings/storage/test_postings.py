"""Postings find what FTS5 finds, with its scores, whichever way they were put together."""

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.errors import ArticlesError
from embeddings.storage import postings
from embeddings.storage.database import Database, Fault
from embeddings.storage.lexical import match_expression, query_words
from embeddings.storage.migrations import MIGRATIONS
from embeddings.storage.postings import Postings, joined
from embeddings.storage.sqlite_database import SqliteDatabase
from embeddings.storage.word_index import WordIndex

NO_IDS = np.array([], dtype=np.int64)
VOCABULARY = ["bridge", "bridges", "canal", "of", "café", "мост", "q7", "running", "the", "42nd"]

Rows = dict[int, str]
some_rows = st.dictionaries(
    st.integers(1, 400), st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join), min_size=1, max_size=25
)


def fail(fault: Fault, details: str) -> ArticlesError:
    return ArticlesError(details, fault.value)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    opened = SqliteDatabase(None, MIGRATIONS, fail)
    yield opened
    opened.close()


def by_fts5(database: Database, rows: Rows, query: str) -> dict[int, float]:
    database.execute("DELETE FROM chunk_words")
    database.execute_many("INSERT INTO chunk_words (rowid, title, text) VALUES (?, '', ?)", rows.items())
    find = "SELECT rowid, -bm25(chunk_words) FROM chunk_words WHERE chunk_words MATCH ?"
    return dict(database.rows(find, (match_expression(query_words(query)),)))


def same(one: Postings, other: Postings) -> bool:
    return all(
        np.array_equal(value, getattr(other, name)) for name, value in vars(one).items() if name != "total_length"
    )


@settings(max_examples=80, deadline=None)
@given(
    rows=some_rows, query=st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6).map(" ".join), data=st.data()
)
def test_scores_are_those_of_fts5_also_of_chunks_added_later(
    database: Database, rows: Rows, query: str, data: st.DataObject
) -> None:
    first = data.draw(st.sampled_from([0, *rows]))
    held = {i: words for i, words in rows.items() if i <= first}
    later = {i: words for i, words in rows.items() if i > first}
    index = WordIndex(Postings.of(held.items())).updated(later.items())
    found = index.search(query, 99, (), NO_IDS, np.array(sorted(later), dtype=np.int64), None)
    assert {hit.chunk_id: hit.score for hit in found} == pytest.approx(by_fts5(database, rows, query), rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(rows=some_rows, removed=st.sets(st.integers(1, 400)), size=st.integers(1, 9))
def test_joined_and_shortened_postings_are_those_made_at_once(rows: Rows, removed: set[int], size: int) -> None:
    ordered = sorted(rows.items())
    parts = joined([Postings.of(ordered[first : first + size]) for first in range(0, len(ordered), size)])
    assert same(parts, Postings.of(rows.items()))
    left = {i: words for i, words in rows.items() if i not in removed}
    assert same(parts.without(np.array(sorted(removed), dtype=np.int64)), Postings.of(left.items()))


def scored_all(found: Postings, weights: Mapping[str, float], length: float) -> Counter[int]:
    """Score every chunk for every term, one term at a time."""
    scores: Counter[int] = Counter()
    for term, weight in weights.items():
        for hit in found.best({term: weight}, len(found), length, None):
            scores[hit.chunk_id] += hit.score  # type: ignore[assignment]
    return scores


@pytest.fixture(scope="module")
def skewed() -> Postings:
    """5,000 chunks with words that are in one of 2, 4, 8 … of them."""
    random = np.random.default_rng(3)
    having = random.random((5000, 10)) < 0.5 ** np.arange(1, 11)
    repeats = random.integers(1, 4, size=having.shape) * having
    words = [" ".join(f"w{j}" for j in range(10) for _ in range(row[j])) for row in repeats]
    return Postings.of(enumerate(words, start=1))


@pytest.mark.parametrize("k", [1, 10, 50])
@pytest.mark.parametrize("asked", [(0, 9), (0, 1, 2, 8), tuple(range(10)), (0, 1), (5, 6, 7)])
def test_the_best_are_found_without_scoring_all(skewed: Postings, k: int, asked: tuple[int, ...]) -> None:
    weights = {f"w{j}": j + 0.5 for j in asked}
    expected = scored_all(skewed, weights, 4.0)
    best = sorted(expected, key=lambda i: (-expected[i], i))[:k]
    found = skewed.best(weights, k, 4.0, None)
    assert [hit.score for hit in found] == pytest.approx([expected[i] for i in best], rel=1e-5)
    assert all(hit.score == pytest.approx(expected[hit.chunk_id], rel=1e-5) for hit in found)


def test_only_allowed_chunks_are_found_and_as_many_as_there_are(skewed: Postings) -> None:
    allowed = skewed.ids % 7 == 0
    weights = {f"w{j}": j + 0.5 for j in range(10)}
    expected = scored_all(skewed, weights, 4.0)
    best = sorted((i for i in expected if i % 7 == 0), key=lambda i: (-expected[i], i))[:20]
    found = skewed.best(weights, 20, 4.0, allowed)
    assert all(hit.chunk_id % 7 == 0 for hit in found)
    assert [hit.score for hit in found] == pytest.approx([expected[i] for i in best], rel=1e-5)


def test_words_of_too_many_chunks_only_add_to_the_scores_of_rarer_ones(
    skewed: Postings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "_MAX_SCORED", 100)
    weights = {"w0": 0.1, "w8": 5.0}
    expected = scored_all(skewed, weights, 4.0)
    found = skewed.best(weights, 5000, 4.0, None)
    assert {hit.chunk_id for hit in found} == {hit.chunk_id for hit in skewed.best({"w8": 5.0}, 5000, 4.0, None)}
    assert all(hit.score == pytest.approx(expected[hit.chunk_id], rel=1e-5) for hit in found)


def test_equal_scores_are_in_the_order_of_ids() -> None:
    found = Postings.of((i, "bridge canal") for i in range(9, 0, -1)).best({"bridg": 1.0}, 4, 2.0, None)
    assert [hit.chunk_id for hit in found] == [1, 2, 3, 4]


def test_removed_and_forbidden_chunks_are_not_found() -> None:
    index = WordIndex(Postings.of({1: "bridge", 2: "bridge", 3: "bridge"}.items())).updated(
        [(4, "bridge"), (5, "bridge")]
    )

    def found(removed: list[int], recent: list[int], allowed: list[int] | None = None) -> list[int]:
        ids = None if allowed is None else np.array(allowed, dtype=np.int64)
        hits = index.search("bridges", 9, ["en"], np.array(removed), np.array(recent, dtype=np.int64), ids)
        return sorted(hit.chunk_id for hit in hits)

    assert found([], [4, 5]) == [1, 2, 3, 4, 5]
    assert found([2], [5]) == [1, 3, 5]
    assert found([2], [5], [1, 2, 5, 9]) == [1, 5]
    assert found([], [], []) == []


def test_a_query_whose_words_are_nowhere_finds_nothing() -> None:
    assert WordIndex(Postings.of([(1, "bridge")])).search("canals?", 5, (), NO_IDS, NO_IDS, None) == []
    assert WordIndex(Postings.of([(1, "")])).search("?", 5, (), NO_IDS, NO_IDS, None) == []
