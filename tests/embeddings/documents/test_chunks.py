import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.config import ChunkingConfig
from embeddings.documents.chunks import Chunk, chunk_document, content_key, encoder_input, pack
from embeddings.documents.sections import Group
from embeddings.documents.units import Part, Unit
from tests.embeddings.helpers import document_of, left_after_boilerplate, uncovered
from tests.embeddings.odd_text import odd_texts

chunkings = st.builds(
    ChunkingConfig,
    target_chars=st.sampled_from([1, 30, 120, 600]),
    overlap_sentences=st.integers(0, 3),
    tiny_paragraph_chars=st.sampled_from([0, 20, 160]),
    max_sentence_chars=st.sampled_from([1, 50, 1000]),
)


def texts(chunks: list[Chunk]) -> list[str]:
    return [chunk.text for chunk in chunks]


def numbered(count: int) -> str:
    return " ".join(f"Sentence {number:03d} stands here." for number in range(count))


@given(odd_texts, chunkings)
def test_chunks_are_exact_not_empty_in_order_and_omit_only_boilerplate(text: str, chunking: ChunkingConfig) -> None:
    document = document_of(text)
    chunks = chunk_document(document, chunking)
    assert all(chunk.text == text[chunk.start : chunk.end] == chunk.text.strip() != "" for chunk in chunks)
    assert all(one.start <= other.start and one.end < other.end for one, other in pairwise(chunks))
    spans = [(chunk.start, chunk.end) for chunk in chunks]
    spans += [(each.start, each.end) for chunk in chunks for each in chunk.context]
    assert not any(map(str.isalnum, uncovered(left_after_boilerplate(document), spans)))
    assert bool(chunks) == bool(text.strip())


@given(odd_texts, chunkings)
def test_no_chunk_touches_boilerplate(text: str, chunking: ChunkingConfig) -> None:
    document = document_of(text)
    for chunk in chunk_document(document, chunking):
        assert all(chunk.end <= piece.start or piece.end <= chunk.start for piece in document.boilerplate)


def test_chunks_of_a_long_paragraph_are_even_and_near_the_target_size() -> None:
    sizes = [chunk.end - chunk.start for chunk in chunk_document(document_of(numbered(60)), ChunkingConfig(400, 0))]
    assert len(sizes) == round(len(numbered(60)) / 400)
    assert all(320 <= size <= 480 for size in sizes)


def test_a_chunk_repeats_the_last_sentence_of_the_one_before() -> None:
    chunks = texts(chunk_document(document_of(numbered(12)), ChunkingConfig(100, overlap_sentences=1)))
    assert len(chunks) > 2
    for one, other in pairwise(chunks):
        assert other.startswith(one[-len("Sentence 000 stands here.") :])


def test_without_overlap_no_word_is_in_two_chunks() -> None:
    text = numbered(40)
    assert " ".join(texts(chunk_document(document_of(text), ChunkingConfig(100, overlap_sentences=0)))) == text


def test_a_chunk_never_crosses_paragraphs_that_are_not_tiny() -> None:
    paragraphs = [numbered(8), numbered(9), numbered(10)]
    assert texts(chunk_document(document_of("\n\n".join(paragraphs)), ChunkingConfig())) == paragraphs


def test_tiny_paragraphs_share_a_chunk_with_their_neighbours() -> None:
    text = "The plan has these parts and each is needed.\n\n- roads\n\n- water\n\n- light"
    assert texts(chunk_document(document_of(text), ChunkingConfig())) == [text]


def test_a_tiny_paragraph_does_not_make_a_chunk_much_too_large() -> None:
    first, second = numbered(23), numbered(23)
    chunks = texts(chunk_document(document_of(f"{first}\n\nTiny one here.\n\n{second}"), ChunkingConfig()))
    assert chunks[0] == first
    assert max(map(len, chunks)) <= 900


def test_chunks_do_not_span_boilerplate() -> None:
    first = "The first part says a thing."
    second = "The second part says more, in a sentence that is too long for a slogan of the page."
    document = document_of(f"{first}\nFollow us on Facebook\n{second}")
    assert texts(chunk_document(document, ChunkingConfig())) == [first, second]


def test_a_blank_text_has_no_chunks() -> None:
    assert chunk_document(document_of(" \n\u2028\t\n "), ChunkingConfig()) == []


def test_the_title_is_encoded_but_is_not_in_the_text() -> None:
    document = document_of("Water returns\n\nThe city collects rain in tanks below its streets.")
    (chunk,) = chunk_document(document, ChunkingConfig())
    assert encoder_input(document.title, chunk.readable).split("\n") == ["Water returns", chunk.text]
    assert "Water returns" not in chunk.text


def test_content_keys_differ_with_title_and_with_text() -> None:
    keys = {content_key(title, text) for title in ("a", "b") for text in ("c", "d")}
    assert len(keys) == 4


def test_packing_takes_linear_time() -> None:
    words = "w" * 99
    units = tuple(Unit(i, i + 99, (Part(words, (i, i + 99)),)) for i in range(0, 1_000_000, 100))
    started = time.perf_counter()
    assert len(pack(Group(units, is_prose=True), ChunkingConfig())) == pytest.approx(1_000_000 / 600, rel=0.01)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("sizes", [{"target_chars": 0}, {"max_sentence_chars": 0}, {"overlap_sentences": -1}])
def test_invalid_sizes_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="sizes must be positive"):
        ChunkingConfig(**sizes)
