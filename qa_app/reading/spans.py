"""Find the best words of every sentence from the token scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_app.reading.inputs import Encoded

Floats = npt.NDArray[np.float32]

# Longer answers are not scored in training; 99.6 % of SQuAD's are within the limit.
MAX_ANSWER_TOKENS = 30


@dataclass(frozen=True)
class Window:
    """A stretch of a passage's tokens with their scores."""

    first: int
    """Position of its first token in the passage."""
    start: Floats
    """(T,) logits."""
    end: Floats
    """(T,) logits."""
    none: float
    """Logit of no answer."""


@dataclass(frozen=True)
class SentenceSpan:
    """The best words of a sentence."""

    start: int
    end: int
    """Characters of the passage's text, [start, end)."""
    odds: float
    """Log-odds of these words against no answer in the passage."""
    mass: float
    """Log of the summed odds of all spans in the sentence; at least `odds`."""


def best_spans(
    passage: Encoded, windows: Sequence[Window], sentences: Sequence[tuple[int, int]]
) -> list[SentenceSpan | None]:
    """Return the best span of each sentence; None for one without a span.

    A span is one or more whole words inside one sentence, of at most `MAX_ANSWER_TOKENS` tokens. Its log-odds are
    `start[first] + end[last] - none`; if two windows contain it, the higher value counts. Of equal spans the one that
    starts first wins, then the shortest.

    Args:
        passage: the passage's tokens.
        windows: together cover all tokens.
        sentences: [start, end) in characters of the passage's text, in order, without overlap.
    """
    count = len(passage.ids)
    if not count:
        return [None] * len(sentences)
    odds = np.full((count, MAX_ANSWER_TOKENS), -np.inf, dtype=np.float32)  # [i, k] is the span of tokens i to i + k
    for window in windows:
        size = len(window.start)
        ends = np.full(size + MAX_ANSWER_TOKENS - 1, -np.inf, dtype=np.float32)
        ends[:size] = window.end
        banded = np.lib.stride_tricks.sliding_window_view(ends, MAX_ANSWER_TOKENS)  # (size, MAX_ANSWER_TOKENS)
        there = odds[window.first : window.first + size]
        np.maximum(there, window.start[:, None] + banded - window.none, out=there)
    begins_word = np.diff(passage.words, prepend=-1) > 0  # (count,)
    ends_word = np.diff(passage.words, append=np.iinfo(np.int64).max) > 0
    odds[~begins_word] = -np.inf
    lasts = np.arange(count)[:, None] + np.arange(MAX_ANSWER_TOKENS)  # the token that [i, k] ends with
    odds[~np.append(ends_word, np.zeros(MAX_ANSWER_TOKENS, dtype=bool))[lasts]] = -np.inf
    return [_best(passage, odds, lasts, sentence) for sentence in sentences]


def _best(
    passage: Encoded, odds: Floats, lasts: npt.NDArray[np.int64], sentence: tuple[int, int]
) -> SentenceSpan | None:
    inside = np.flatnonzero((passage.offsets[:, 0] >= sentence[0]) & (passage.offsets[:, 1] <= sentence[1]))
    if not len(inside):
        return None
    first, last = inside[0], inside[-1]
    own = np.where(lasts[first : last + 1] <= last, odds[first : last + 1], -np.inf)
    flat = int(np.argmax(own))
    i, k = divmod(flat, MAX_ANSWER_TOKENS)
    best = float(own[i, k])
    if best == -np.inf:
        return None
    mass = best + float(np.log(np.exp(own - best).sum(dtype=np.float64)))
    return SentenceSpan(int(passage.offsets[first + i, 0]), int(passage.offsets[first + i + k, 1]), best, mass)
