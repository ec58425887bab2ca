"""The product of a chunk's words and a query's gives FTS5's score."""

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.scope import EVERYTHING
from embeddings.storage.bm25 import NO_WORDS, chunk_vector, query_vector, terms
from embeddings.storage.builds import current_build
from embeddings.storage.lexical import match_expression, query_words
from embeddings.storage.store import Store
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, article, write
from tests.fakes import WordEncoder

TEXTS = {
    "a.txt": article("bridge", 4),
    "b.txt": "Café öffnet. Der Fußgänger geht über die Straße, und die Straßen sind naß. Die Cafés öffnen früh am Morgen.",
    "c.txt": "Мосты через реку были построены весной. Много людей приезжает посмотреть на мост, и ещё больше — летом.",
    "d.txt": "Running runners ran; generalizations of the U.S. navy's 42nd fleet, 3.5 million dollars, cost_of_living. It is us who did as one says.",
    "e.txt": "İstanbul'da köprüler yapıldı. Köprülerin ışıkları akşam yanıyor, çocuklar da ışıklara bakıyor.",
}
WORDS = sorted(
    {word.strip(".,;'") for text in TEXTS.values() for word in text.split()} - {"—"} | {"nowhere", "CAFE", "strasse"}
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("words")
    for name, text in TEXTS.items():
        write(place / "articles", name, text)
    sync(place / "articles", place / "index", WordEncoder(), SMALL)
    return place / "index"


@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_scores_are_those_of_fts5(index: Path, words: list[str]) -> None:
    with closing(Store(current_build(index).database)) as store, store.reading():
        ids, chunks = store.chunk_ids(EVERYTHING), store.count_chunks()
        held = {chunk_id: terms(found) for chunk_id, found in store.words_of(ids)}
        mean = sum(map(len, held.values())) / chunks
        query = query_words(" ".join(words), store.languages())
        weights = query_vector(store.word_counts(query, chunks), chunks)
        expected = {hit.chunk_id: hit.score for hit in store.match_words(match_expression(query), 99, chunks)}
    scores = {}
    for chunk_id, found in held.items():
        vector = chunk_vector(found, mean)
        if shared := vector.keys() & weights.keys():
            scores[chunk_id] = sum(vector[dimension] * weights[dimension] for dimension in shared)
    assert scores == pytest.approx(expected, rel=1e-5)


def test_a_chunk_without_words_has_a_vector_that_no_query_finds() -> None:
    assert chunk_vector([], 3.0) == NO_WORDS
    assert not NO_WORDS.keys() & query_vector({"a": 1, "the": 3}, 3).keys()
