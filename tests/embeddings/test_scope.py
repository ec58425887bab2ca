"""A scope limits both searches inside the search itself: the words' and the vectors' views of it are the same."""

from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.index import Index
from embeddings.scope import EVERYTHING, BadScope, Scope
from embeddings.storage import ann
from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from embeddings.storage.vectors import VectorIndex
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, article, write
from tests.fakes import WordEncoder

_PLACES = ("a.txt", "news/b.txt", "news/deep/c.txt", "newsroom/d.txt", "50%_off.txt", "50x_off.txt")
_AUTHORS = ("Anna Dahl", "ERIK BORG", None)
_DAYS = ("2024-01-31", "2025-03-01", None)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Articles with the same words, so that only the scope tells them apart."""
    place = tmp_path_factory.mktemp("scope")
    for path in _PLACES:
        write(place / "articles", path, article("bridge"))
    sync(place / "articles", place / "index", WordEncoder(), SMALL)
    with closing(Store(current_build(place / "index").database)) as store, store.transaction():
        for number, path in enumerate(_PLACES):
            values = (_AUTHORS[number % 3], _DAYS[number % 3], ("en", "ru")[number % 2], path)
            store._database.execute("UPDATE documents SET author = ?, date = ?, language = ? WHERE path = ?", values)
    return Index(place / "index", WordEncoder())


def found(index: Index, scope: Scope) -> set[str]:
    """Return the documents that each search finds within a scope, checked to be the same."""
    with index.snapshot() as everything:
        snapshot = everything.limited(scope)
        dense = snapshot.dense_search(snapshot.encode_query("bridge"), 100)
        lexical = snapshot.lexical_search("bridge", 100)
        by_meaning = {chunk.document for chunk in snapshot.chunks([hit.chunk_id for hit in dense])}
        by_words = {chunk.document for chunk in snapshot.chunks([hit.chunk_id for hit in lexical])}
        assert by_meaning == by_words
        assert len(dense) == snapshot.size()
        assert snapshot.count_searched() == len(by_meaning)
        return by_meaning


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (EVERYTHING, set(_PLACES)),
        (Scope(within=("news",)), {"news/b.txt", "news/deep/c.txt"}),
        (Scope(within=("news/",)), {"news/b.txt", "news/deep/c.txt"}),
        (Scope(within=("a.txt", "news/deep")), {"a.txt", "news/deep/c.txt"}),
        (Scope(within=("50%_off.txt",)), {"50%_off.txt"}),
        (Scope(within=("' OR 1 --",)), set()),
        (Scope(authors=("dahl",)), {"a.txt", "newsroom/d.txt"}),
        (Scope(authors=("dahl", "Erik B")), {"a.txt", "newsroom/d.txt", "news/b.txt", "50%_off.txt"}),
        (Scope(languages=("ru",)), {"news/b.txt", "newsroom/d.txt", "50x_off.txt"}),
        (Scope(after="2024-01-31"), {"a.txt", "news/b.txt", "newsroom/d.txt", "50%_off.txt"}),
        (Scope(after="2024-02-01"), {"news/b.txt", "50%_off.txt"}),
        (Scope(before="2025-02-28"), {"a.txt", "newsroom/d.txt"}),
        (Scope(within=("news",), languages=("ru",)), {"news/b.txt"}),
        (Scope(within=("nowhere",)), set()),
    ],
)
def test_each_limit_and_their_combination(index: Index, scope: Scope, expected: set[str]) -> None:
    assert found(index, scope) == expected


@given(
    st.builds(
        Scope,
        within=st.lists(st.sampled_from([*_PLACES, "news", "newsroom", "none"]), max_size=2).map(tuple),
        authors=st.lists(st.sampled_from(["anna", "borg", "x"]), max_size=2).map(tuple),
        languages=st.lists(st.sampled_from(["en", "ru", "tr"]), max_size=2).map(tuple),
        after=st.sampled_from([None, "2024-01-31", "2024-06-01"]),
        before=st.sampled_from([None, "2024-06-01", "2026-01-01"]),
    )
)
@settings(max_examples=60)
def test_both_searches_have_the_same_view_and_match_a_plain_filter(index: Index, scope: Scope) -> None:
    def holds(number: int, path: str) -> bool:
        author, day = _AUTHORS[number % 3], _DAYS[number % 3]
        return (
            (not scope.within or any(path == each or path.startswith(f"{each}/") for each in scope.within))
            and (not scope.authors or any(each in (author or "").casefold() for each in scope.authors))
            and (not scope.languages or ("en", "ru")[number % 2] in scope.languages)
            and (scope.after is None or (day is not None and day >= scope.after))
            and (scope.before is None or (day is not None and day <= scope.before))
        )

    assert found(index, scope) == {path for number, path in enumerate(_PLACES) if holds(number, path)}


@pytest.mark.parametrize("day", ["yesterday", "2025-13-01", "31.03.2025"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(BadScope, match="2025-03-31"):
        Scope(after=day)


def test_ten_in_scope_are_found_among_many_that_are_nearer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by the approximate index, where the ten may lie in groups far from the query."""
    monkeypatch.setattr(ann, "EXACT_MOST", 100)
    monkeypatch.setattr(ann, "_LISTS", 64)
    monkeypatch.setattr(ann, "_PROBES", 2)
    draw = np.random.default_rng(0)
    vectors = draw.normal(size=(5000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = np.arange(5000, dtype=np.int64)
    searched = VectorIndex.of(ann.make(5000, vectors, [(ids, vectors)]), 4999, 1)
    query = vectors[0]
    farthest = np.argsort(vectors @ query)[:10]
    assert {hit.chunk_id for hit in searched.search(query, 10, np.sort(farthest))} == set(farthest.tolist())
