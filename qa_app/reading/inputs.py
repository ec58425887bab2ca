"""Turn texts into the reader's input tensors, and tokens back into characters."""

import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

Ids = npt.NDArray[np.int64]

_BLANK, _LETTER, _ALONE = range(3)

# Longer questions and titles are truncated; of longer headings the innermost are kept.
MAX_QUESTION_TOKENS = 64
MAX_TITLE_TOKENS = 32
MAX_CONTEXT_TOKENS = 64
# Tokens of a passage in one input; the model takes 512 in all. A chunk of the default size has about 130.
WINDOW_TOKENS = 256
# Windows overlap by half, so that an answer at the edge of one is in the middle of another.
WINDOW_STRIDE = 128


@dataclass(frozen=True)
class Encoded:
    """A text's tokens, without special tokens, and the position of each in the text."""

    ids: Ids
    """(T,)."""
    offsets: Ids
    """(T, 2), `[start, end)` in characters of the text, without the blank before a word; equal for a token that is a blank."""
    words: Ids
    """(T,), the number of the word or punctuation mark that each token is a piece of; never decreases."""


@dataclass(frozen=True)
class Row:
    """One input: a question with a window of a passage; token ids, (T,) each."""

    question: Ids
    title: Ids
    """The title where the text does not state it, so that no answer may be in it."""
    window: Ids
    context: Ids = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Title and headings as the text states them."""


@dataclass(frozen=True)
class Batch:
    """N inputs, padded to T tokens."""

    tokens: torch.Tensor
    """(N, T) int64, `[CLS] question [SEP] title context window [SEP]`."""
    types: torch.Tensor
    """(N, T) int64, 0 for the question's tokens and 1 for the passage's."""
    attended: torch.Tensor
    """(N, T) bool, False for padding."""
    answerable: torch.Tensor
    """(N, T) bool, True for the tokens of context and window, the only ones where an answer may be."""
    context_starts: tuple[int, ...]
    """Position of the context's first token in each of the N inputs."""
    window_starts: tuple[int, ...]
    """Position of the window's first token in each of the N inputs."""


@dataclass(frozen=True)
class Specials:
    """What a network's inputs are marked with."""

    begin: str
    separator: str
    padding: str


class ReaderTokenizer:
    """The tokenizer of the encoder that the reader was made from. Safe to use from several threads."""

    def __init__(self, tokenizer: Tokenizer, specials: Specials) -> None:
        """Take over the tokenizer: it truncates and pads nothing from now on."""
        self._tokenizer = tokenizer
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._lock = threading.Lock()
        vocabulary = self._tokenizer.get_vocab()
        self._begin, self._separator = vocabulary[specials.begin], vocabulary[specials.separator]
        self._padding = vocabulary[specials.padding]

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Tokenize texts, each by itself."""
        with self._lock:
            encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [
            _encoded(text, np.array(e.ids, dtype=np.int64), np.array(e.offsets, dtype=np.int64).reshape(-1, 2))
            for text, e in zip(texts, encodings, strict=True)
        ]

    def collate(self, rows: Sequence[Row]) -> Batch:
        """Join rows, at least one, into a padded batch."""
        inputs, begins = [], []
        for row in rows:
            question = row.question[:MAX_QUESTION_TOKENS]
            title = row.title[:MAX_TITLE_TOKENS]
            window = row.window[:WINDOW_TOKENS]
            context_start = len(question) + 2 + len(title)
            begins.append((len(question) + 2, context_start, context_start + len(row.context)))
            inputs.append(
                np.concatenate(
                    [[self._begin], question, [self._separator], title, row.context, window, [self._separator]]
                )
            )
        width = max(map(len, inputs))
        tokens = torch.full((len(rows), width), self._padding, dtype=torch.int64)
        types = torch.zeros((len(rows), width), dtype=torch.int64)
        attended = torch.zeros((len(rows), width), dtype=torch.bool)
        answerable = torch.zeros((len(rows), width), dtype=torch.bool)
        for i, (ids, (passage_start, context_start, _)) in enumerate(zip(inputs, begins, strict=True)):
            tokens[i, : len(ids)] = torch.from_numpy(ids)
            types[i, passage_start : len(ids)] = 1
            attended[i, : len(ids)] = True
            answerable[i, context_start : len(ids) - 1] = True
        _, contexts, bodies = zip(*begins, strict=True)
        return Batch(tokens, types, attended, answerable, contexts, bodies)


def _encoded(text: str, ids: Ids, offsets: Ids) -> Encoded:
    """Return the tokens with their words. Tokenizers differ in what they call a word: some leave a comma with it."""
    kinds = np.array([_BLANK, *map(_kind, text)], dtype=np.int64)
    begins = np.flatnonzero((kinds[1:] == _ALONE) | ((kinds[1:] == _LETTER) & (kinds[:-1] != _LETTER)))
    blank = np.append(kinds[1:] == _BLANK, False)
    # For each character the first one from there on that is no blank, or the text's end.
    following = np.minimum.accumulate(np.where(blank, len(text), np.arange(len(blank)))[::-1])[::-1]
    offsets[:, 0] = np.minimum(following[offsets[:, 0]], offsets[:, 1])
    # Even numbers are words; a token that is a blank has the odd number before its word's.
    words = 2 * np.searchsorted(begins, offsets[:, 0], side="right") - 2
    empty = offsets[:, 0] == offsets[:, 1]
    words[empty] = 2 * np.searchsorted(begins, offsets[empty, 0], side="left") - 1
    return Encoded(ids, offsets, words)


@cache
def _kind(character: str) -> int:
    """Return what a character is to a word: a blank, a part of one, or one of its own. As in BERT's tokenizer, punctuation and
    ideographs are, and "$" is, but not "€"."""
    if character.isspace():
        return _BLANK
    category = unicodedata.category(character)
    is_ideograph = category == "Lo" and unicodedata.name(character, "").startswith("CJK")
    is_mark = category.startswith("P") or (character.isascii() and not character.isalnum())
    return _ALONE if is_mark or is_ideograph else _LETTER


def windows(tokens: int) -> list[tuple[int, int]]:
    """Return the windows, `[first, last)`, in which a passage of `tokens` tokens is read; a short one has one window."""
    starts = range(0, max(1, tokens - WINDOW_TOKENS + WINDOW_STRIDE), WINDOW_STRIDE)
    return [(start, min(start + WINDOW_TOKENS, tokens)) for start in starts]


def token_span(offsets: Ids, start: int, end: int) -> tuple[int, int] | None:
    """Return the tokens, [first, last], that overlap the characters [start, end); None when none do.

    Args:
        offsets: (T, 2), `[start, end)` of each token, in characters of the same text.
        start: the first character.
        end: one past the last character.
    """
    overlapping = np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start))
    return (int(overlapping[0]), int(overlapping[-1])) if len(overlapping) else None
