from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.reading.base import ENGLISH
from qa_app.reading.inputs import (
    MAX_QUESTION_TOKENS,
    MAX_TITLE_TOKENS,
    WINDOW_STRIDE,
    WINDOW_TOKENS,
    ReaderTokenizer,
    Row,
    token_span,
    windows,
)
from tests.embeddings.odd_text import odd_texts

MODEL_PLACES = 512


@pytest.fixture(scope="module")
def tokenizer() -> ReaderTokenizer:
    return ENGLISH.tokenizer()


@given(st.integers(0, 5000))
def test_windows_cover_every_token_in_order_and_each_is_needed(count: int) -> None:
    found = windows(count)
    assert found[0][0] == 0
    assert found[-1][1] == count
    assert all(last - first <= WINDOW_TOKENS for first, last in found)
    for (first, last), (next_first, next_last) in pairwise(found):
        assert last - first == WINDOW_TOKENS
        assert next_first == first + WINDOW_STRIDE
        assert next_first <= last < next_last


@given(st.integers(0, WINDOW_TOKENS))
def test_a_short_text_is_one_window(count: int) -> None:
    assert windows(count) == [(0, count)]


def test_one_token_more_than_a_window_holds_makes_a_second_one() -> None:
    assert windows(WINDOW_TOKENS + 1) == [(0, WINDOW_TOKENS), (WINDOW_STRIDE, WINDOW_TOKENS + 1)]


def test_the_longest_input_fits_the_model(tokenizer: ReaderTokenizer) -> None:
    long = np.full(1000, 2000)
    batch = tokenizer.collate([Row(long, long, long)])
    assert batch.tokens.shape[1] == MAX_QUESTION_TOKENS + MAX_TITLE_TOKENS + WINDOW_TOKENS + 3 <= MODEL_PLACES


def test_a_row_is_question_title_and_window_between_special_tokens(tokenizer: ReaderTokenizer) -> None:
    question, title, window = (text.ids for text in tokenizer.encode(["who was it", "a title", "it was the cat"]))
    batch = tokenizer.collate([Row(question, title, window)])
    cls, sep = 101, 102
    assert batch.tokens[0].tolist() == [cls, *question, sep, *title, *window, sep]
    assert batch.types[0].tolist() == [0] * 5 + [1] * 7
    assert batch.attended.all()
    assert batch.window_starts == (7,)
    assert batch.answerable[0].tolist() == [False] * 7 + [True] * 4 + [False]


def test_shorter_rows_are_padded_where_nothing_is_attended_to_or_answers(tokenizer: ReaderTokenizer) -> None:
    question, title, window = (text.ids for text in tokenizer.encode(["who was it", "a title", "it was the cat"]))
    nothing = question[:0]
    batch = tokenizer.collate([Row(nothing, nothing, nothing), Row(question, title, window)])
    assert batch.tokens[0].tolist() == [101, 102, 102] + [0] * 9
    assert batch.attended[0].tolist() == [True] * 3 + [False] * 9
    assert batch.types[0].tolist() == [0, 0, 1] + [0] * 9
    assert not batch.answerable[0].any()
    assert batch.window_starts == (2, 7)


def test_a_long_question_and_a_long_title_are_truncated(tokenizer: ReaderTokenizer) -> None:
    numbers = np.arange(2000, 2100)
    (row,) = tokenizer.collate([Row(numbers, numbers, numbers[:1])]).tokens.tolist()
    assert row[1 : MAX_QUESTION_TOKENS + 1] == numbers[:MAX_QUESTION_TOKENS].tolist()
    assert row[MAX_QUESTION_TOKENS + 2 : -2] == numbers[:MAX_TITLE_TOKENS].tolist()


@given(text=odd_texts)
def test_tokens_are_inside_the_text_in_order_and_word_numbers_never_decrease(
    tokenizer: ReaderTokenizer, text: str
) -> None:
    (encoded,) = tokenizer.encode([text])
    assert encoded.offsets.shape == (len(encoded.ids), 2)
    assert len(encoded.words) == len(encoded.ids)
    assert all(0 <= start < end <= len(text) for start, end in encoded.offsets.tolist())
    assert (np.diff(encoded.offsets, axis=0) >= 0).all()
    assert (np.diff(encoded.words) >= 0).all()


@given(texts=st.lists(odd_texts, min_size=1, max_size=4))
def test_each_text_is_tokenized_by_itself(tokenizer: ReaderTokenizer, texts: list[str]) -> None:
    for text, together in zip(texts, tokenizer.encode(texts), strict=True):
        (alone,) = tokenizer.encode([text])
        assert alone.ids.tolist() == together.ids.tolist()
        assert alone.offsets.tolist() == together.offsets.tolist()
        assert alone.words.tolist() == together.words.tolist()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Cafe\u0301s open", ["Cafe\u0301s", "open"]),
        ("one\r\ntwo\u00a0three", ["one", "two", "three"]),
        ("東京", ["東", "京"]),
        ("👩‍👩‍👧‍👦 went", ["👩‍👩‍👧‍👦", "went"]),
        ("x" * 150 + " y", ["x" * 150, "y"]),
    ],
)
def test_tokens_have_their_offsets_in_the_text(tokenizer: ReaderTokenizer, text: str, pieces: list[str]) -> None:
    (encoded,) = tokenizer.encode([text])
    words: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(encoded.words.tolist(), encoded.offsets.tolist(), strict=True):
        words[word] = (words.get(word, (start, end))[0], end)
    assert [text[start:end] for start, end in words.values()] == pieces


spans = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)


@given(st.lists(spans, max_size=6), st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted))
def test_a_token_span_is_from_the_first_to_the_last_token_that_shares_a_character(
    offsets: list[list[int]], wanted: list[int]
) -> None:
    offsets = sorted(offsets)
    shared = [i for i, token in enumerate(offsets) if set(range(*token)) & set(range(*wanted))]
    if any(start == end for start, end in [*offsets, wanted]):
        return  # tokens and answers have at least one character
    found = token_span(np.array(offsets, dtype=np.int64).reshape(-1, 2), *wanted)
    assert found == ((shared[0], shared[-1]) if shared else None)
