from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.config import IndexConfig
from embeddings.index import Index
from embeddings.storage.rows import Hit
from embeddings.sync import sync
from qa_app.assistant import Assistant
from qa_app.config import RetrievalConfig
from qa_app.retrieval import fuse, retrieve
from tests.fakes import WordEncoder


def test_fused_score_is_the_convex_combination_of_cosine_and_scaled_bm25() -> None:
    fused = fuse([Hit(1, 0.8), Hit(2, 0.4)], [Hit(2, 6.0), Hit(1, 3.0)], 0.3)
    assert [hit.chunk_id for hit in fused] == [1, 2]
    assert [hit.score for hit in fused] == pytest.approx([0.7 * 0.8 + 0.3 * 0.5, 0.7 * 0.4 + 0.3 * 1.0])


def test_cosines_in_a_narrow_band_are_stretched_to_its_ends() -> None:
    fused = fuse([Hit(1, 0.9), Hit(2, 0.85), Hit(3, 0.8)], [Hit(2, 5.0)], 0.5, stretched=True)
    assert [(hit.chunk_id, hit.score) for hit in fused] == [(2, pytest.approx(0.75)), (1, 0.5), (3, 0.0)]
    assert fuse([Hit(1, 0.9)], [], 0.5, stretched=True) == [Hit(1, 0.0)]
    assert fuse([], [], 0.5, stretched=True) == []


def test_of_equal_scores_the_lower_chunk_id_comes_first() -> None:
    assert [hit.chunk_id for hit in fuse([Hit(9, 0.5), Hit(3, 0.5)], [], 0.3)] == [3, 9]


def test_a_negative_cosine_counts_as_zero() -> None:
    assert fuse([Hit(1, -0.4)], [], 0.3) == [Hit(1, 0.0)]


scores = st.dictionaries(st.integers(1, 20), st.floats(0.001, 1), max_size=12)


@given(dense=scores, lexical=scores, weight=st.floats(0, 1))
def test_fusion_ranks_as_scoring_every_chunk_one_by_one(
    dense: dict[int, float], lexical: dict[int, float], weight: float
) -> None:
    lexical = {i: s for i, s in lexical.items() if i in dense}
    highest = max(lexical.values(), default=1.0)
    expected = {i: (1 - weight) * s + weight * lexical.get(i, 0.0) / highest for i, s in dense.items()}
    fused = fuse([Hit(*item) for item in dense.items()], [Hit(*item) for item in lexical.items()], weight)
    assert {hit.chunk_id: hit.score for hit in fused} == pytest.approx(expected)
    assert all(0 <= hit.score <= 1 for hit in fused)
    assert [hit.score for hit in fused] == sorted((hit.score for hit in fused), reverse=True)


def test_the_gold_passage_comes_first_for_the_first_question(assistant: Assistant) -> None:
    with assistant.index.snapshot() as snapshot:
        first, *_ = retrieve(snapshot, "what rainwater system does Arkadag use?", RetrievalConfig())
    assert "rainwater collection system" in first.chunk.text
    assert first.lexical is not None and 0 < first.fused <= 1


@pytest.mark.parametrize(
    "query", ['"', "*", "NEAR(", "-", "AND OR NOT", "title:", "a^2", "{}", "?!…", "'; DROP TABLE x"]
)
def test_search_syntax_is_just_text(assistant: Assistant, query: str) -> None:
    with assistant.index.snapshot() as snapshot:
        assert len(retrieve(snapshot, query, RetrievalConfig())) == RetrievalConfig().passages


def test_a_blank_query_finds_nothing(assistant: Assistant) -> None:
    with assistant.index.snapshot() as snapshot:
        assert retrieve(snapshot, " \n", RetrievalConfig()) == []


def test_a_chunk_that_only_the_word_search_finds_also_has_a_cosine(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for i in range(6):
        (folder / f"{i}.txt").write_text(
            f"The common words of article {'xylophone' if i == 5 else i} stand here again."
        )
    encoder = WordEncoder()
    sync(folder, tmp_path / "index", encoder, IndexConfig())
    with Index(tmp_path / "index", encoder).snapshot() as snapshot:
        passages = retrieve(snapshot, "xylophone common words", RetrievalConfig(chunks_per_search=2, passages=6))
        vector = snapshot.encode_query("xylophone common words")
        cosines = snapshot.cosines(vector, [p.chunk.chunk_id for p in passages])
    assert [p.dense for p in passages] == pytest.approx(cosines)


def test_an_empty_corpus_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    encoder = WordEncoder()
    sync(tmp_path / "articles", tmp_path / "index", encoder)
    with Index(tmp_path / "index", encoder).snapshot() as snapshot:
        assert retrieve(snapshot, "anything", RetrievalConfig()) == []
