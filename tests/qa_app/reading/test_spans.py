from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.blocks import Span
from qa_app.reading.inputs import Encoded
from qa_app.reading.spans import MAX_ANSWER_TOKENS, SentenceSpan, Window, best_spans

# Small whole numbers: ties are frequent, and sums are exact in float32.
scores = st.integers(-3, 3)


@dataclass(frozen=True)
class Case:
    passage: Encoded
    windows: list[Window]
    sentences: list[Span]


def words_of(pieces: list[list[int]], gaps: list[int]) -> Encoded:
    """A passage of words, given the lengths of their pieces, each word followed by a gap."""
    offsets, words, position = [], [], 0
    for number, (lengths, gap) in enumerate(zip(pieces, gaps, strict=True)):
        for length in lengths:
            offsets.append((position, position + length))
            words.append(number)
            position += length
        position += gap
    return Encoded(
        np.zeros(len(words), dtype=np.int64),
        np.array(offsets, dtype=np.int64).reshape(-1, 2),
        np.array(words, dtype=np.int64),
    )


def floats(values: list[int]) -> npt.NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    piece_lengths = st.one_of(
        st.lists(st.integers(1, 3), min_size=1, max_size=4),
        st.just([1] * (MAX_ANSWER_TOKENS + 2)),
    )
    pieces = draw(st.lists(piece_lengths, max_size=25))
    gaps = [draw(st.integers(0, 2)) for _ in pieces]
    passage = words_of(pieces, gaps)
    count, characters = len(passage.ids), sum(map(sum, pieces)) + sum(gaps)
    cuts = sorted(draw(st.sets(st.integers(0, characters), max_size=6)))
    size = draw(st.integers(1, max(1, count)))
    stride = draw(st.integers(max(1, size // 3), size))
    windows = []
    for first in range(0, max(1, count - size + stride), stride):
        width = min(first + size, count) - first
        start, end = (draw(st.lists(scores, min_size=width, max_size=width)) for _ in range(2))
        windows.append(Window(first, floats(start), floats(end), draw(scores)))
    return Case(passage, windows, list(pairwise(cuts)))


def one_by_one(case: Case) -> list[SentenceSpan | None]:
    """What `best_spans` should return, computed by looking at each span of each window."""
    offsets, words = case.passage.offsets.tolist(), case.passage.words.tolist()
    found: list[SentenceSpan | None] = []
    for begin, stop in case.sentences:
        odds: dict[tuple[int, int], float] = {}
        for window in case.windows:
            for i, start in enumerate(window.start.tolist()):
                for j, end in enumerate(window.end.tolist()):
                    first, last = window.first + i, window.first + j
                    if (
                        0 <= last - first < MAX_ANSWER_TOKENS
                        and begin <= offsets[first][0]
                        and offsets[last][1] <= stop
                        and (first == 0 or words[first - 1] != words[first])
                        and (last == len(words) - 1 or words[last] != words[last + 1])
                    ):
                        score = start + end - window.none
                        odds[first, last] = max(score, odds.get((first, last), score))
        if not odds:
            found.append(None)
            continue
        first, last = min(odds, key=lambda span: (-odds[span], span[0], span[1]))
        mass = float(np.log(np.sum(np.exp(list(odds.values())))))
        found.append(SentenceSpan(offsets[first][0], offsets[last][1], odds[first, last], mass))
    return found


@given(cases())
def test_the_best_spans_are_those_of_an_exhaustive_search(case: Case) -> None:
    found = best_spans(case.passage, case.windows, case.sentences)
    expected = one_by_one(case)
    assert [span and (span.start, span.end, span.odds) for span in found] == [
        span and (span.start, span.end, span.odds) for span in expected
    ]
    masses = [span.mass for span in found if span]
    assert masses == pytest.approx([span.mass for span in expected if span], abs=1e-5)


@given(cases())
def test_the_mass_is_never_below_the_odds(case: Case) -> None:
    assert all(span.mass >= span.odds for span in best_spans(case.passage, case.windows, case.sentences) if span)


def letters(count: int) -> Encoded:
    """Words of one letter, each a token, with a space after each."""
    return words_of([[1]] * count, [1] * count)


def test_of_equal_spans_the_first_start_wins_then_the_shortest() -> None:
    even = Window(0, floats([0] * 4), floats([0] * 4), 0)
    (span,) = best_spans(letters(4), [even], [(0, 8)])
    assert span is not None
    assert (span.start, span.end, span.odds) == (0, 1, 0.0)
    assert span.mass == pytest.approx(np.log(10))  # of four words, ten spans


def test_no_span_is_longer_than_the_limit() -> None:
    count = MAX_ANSWER_TOKENS + 1
    window = Window(0, floats([9] + [0] * (count - 1)), floats([0] * (count - 1) + [9]), 0)
    (span,) = best_spans(letters(count), [window], [(0, 2 * count)])
    assert span is not None
    assert span.odds == 9.0
    (span,) = best_spans(letters(count - 1), [Window(0, window.start[:-1], window.end[1:], 0)], [(0, 2 * count)])
    assert span is not None
    assert (span.start, span.end, span.odds) == (0, 2 * count - 3, 18.0)


def test_a_span_never_crosses_from_one_sentence_into_the_next() -> None:
    window = Window(0, floats([0, 9, 0, 0]), floats([0, 0, 9, 0]), 0)
    found = best_spans(letters(4), [window], [(0, 3), (4, 7)])
    assert [(span.start, span.end, span.odds) for span in found if span] == [(2, 3, 9.0), (4, 5, 9.0)]


def test_a_word_is_never_cut() -> None:
    passage = words_of([[2, 2, 2], [1]], [1, 0])
    window = Window(0, floats([0, 9, 0, 0]), floats([0, 9, 0, 0]), 0)
    (span,) = best_spans(passage, [window], [(0, 8)])
    assert span is not None
    assert (span.start, span.end, span.odds) == (0, 6, 0.0)


def test_a_sentence_without_a_token_has_no_span() -> None:
    window = Window(0, floats([0, 0]), floats([0, 0]), 0)
    found = best_spans(letters(2), [window], [(0, 1), (1, 2), (2, 3)])
    assert [span is None for span in found] == [False, True, False]


def test_a_passage_without_a_token_has_no_spans() -> None:
    assert best_spans(letters(0), [Window(0, floats([]), floats([]), 0)], [(0, 1), (1, 3)]) == [None, None]


def test_each_window_is_compared_with_its_own_no_answer() -> None:
    sure = Window(0, floats([5, 0]), floats([5, 0]), 9)
    modest = Window(1, floats([2, 0]), floats([2, 0]), -2)
    (span,) = best_spans(letters(3), [sure, modest], [(0, 6)])
    assert span is not None
    assert (span.start, span.end, span.odds) == (2, 3, 6.0)
