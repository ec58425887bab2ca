"""A reader that needs no training of its own: it ranks the passages' sentences by four clues."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.chunks import encoder_input
from embeddings.config import ChunkingConfig
from embeddings.encoder import Encoder
from embeddings.index import Snapshot
from embeddings.sentences import Span, paragraph_spans, sentence_spans
from qa_app.questions import AnswerKind, answer_kind, content_words, stem, words
from qa_app.values import Passage, Statement

# Words are counted in this many chunks at most: beyond it a word is common, however common.
_COUNT_LIMIT = 10_000
_MONTHS_AND_TIMES = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday century year years decade today yesterday last next".split()
)
_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million "
    "billion half third quarter dozen once twice".split()
)


@dataclass(frozen=True)
class SentenceWeights:
    """A logistic regression: score = 1 / (1 + exp(-(bias + sum of weight * clue))).

    Fitted by `python -m training.sentence_reader` on the fit questions; each clue is in 0..1 but the cosine, -1..1.
    """

    cosine: float
    """Of the question and the sentence behind its article's title."""
    overlap: float
    """Share of the question's words, weighted by rarity, that stand in the sentence or its article's title."""
    fused: float
    """The passage's score."""
    kind: float
    """1 when the sentence holds a new word of the asked kind (a number, a date, a name), 0 when not, 0.5 when unknown."""
    bias: float


WEIGHTS = SentenceWeights(cosine=3.0, overlap=4.5, fused=3.5, kind=1.0, bias=-9.0)


class SentenceReader:
    """Ranks sentences by meaning, shared words, their passage, and the kind of words that they add."""

    def __init__(self, encoder: Encoder, weights: SentenceWeights = WEIGHTS) -> None:
        self._encoder = encoder
        self._weights = weights

    def read(self, question: str, passages: Sequence[Passage], snapshot: Snapshot) -> list[Statement]:
        sentences = sentences_of(passages)
        if not sentences:
            return []
        clues = self.clues(question, sentences, snapshot)  # (sentences, 4)
        weights = self._weights
        logits = clues @ np.array([weights.cosine, weights.overlap, weights.fused, weights.kind]) + weights.bias
        statements = [
            Statement(passage, start, end, None, float(1 / (1 + np.exp(-logit))))
            for (passage, (start, end)), logit in zip(sentences, logits, strict=True)
        ]
        return sorted(statements, key=lambda statement: (-statement.score, statement.start))

    def clues(self, question: str, sentences: Sequence[tuple[Passage, Span]], snapshot: Snapshot) -> np.ndarray:
        """Return the four clues of each sentence, (sentences, 4), in the order of `SentenceWeights`."""
        texts = [_text(passage, span) for passage, span in sentences]
        inputs = [encoder_input(passage.chunk.title, text) for (passage, _), text in zip(sentences, texts, strict=True)]
        cosines = self._encoder.encode_documents(inputs) @ self._encoder.encode_query(question)  # (sentences,)
        rarity = _rarity(question, snapshot)
        kind = answer_kind(question)
        rows = [
            (cosine, _overlap(rarity, f"{passage.chunk.title} {text}"), passage.fused, _has_kind(kind, rarity, text))
            for (passage, _), text, cosine in zip(sentences, texts, cosines, strict=True)
        ]
        return np.array(rows)


def sentences_of(passages: Sequence[Passage]) -> list[tuple[Passage, Span]]:
    """Return every sentence once, with the best passage that holds it."""
    found: dict[tuple[str, int, int], tuple[Passage, Span]] = {}
    longest = ChunkingConfig().max_sentence_chars
    for passage in passages:
        chunk = passage.chunk
        for paragraph in paragraph_spans(chunk.text):
            for start, end in sentence_spans(chunk.text, *paragraph, max_chars=longest):
                span = (chunk.start + start, chunk.start + end)
                found.setdefault((chunk.document, *span), (passage, span))
    return list(found.values())


def _text(passage: Passage, span: Span) -> str:
    return passage.chunk.text[span[0] - passage.chunk.start : span[1] - passage.chunk.start]


def _rarity(question: str, snapshot: Snapshot) -> dict[str, float]:
    """Return the weight of each word of the question by its stem: log((N + 1) / (n + 0.5)), of N chunks n hold it."""
    size = snapshot.size()
    return {
        stem(word): max(0.0, math.log((size + 1) / (snapshot.chunk_count(word, _COUNT_LIMIT) + 0.5)))
        for word in content_words(question)
    }


def _overlap(rarity: dict[str, float], text: str) -> float:
    total = sum(rarity.values())
    if not total:
        return 0.0
    stems = {stem(word) for word in words(text)}
    return sum(weight for word, weight in rarity.items() if word in stems) / total


def _has_kind(kind: AnswerKind, asked: dict[str, float], text: str) -> float:
    if kind is AnswerKind.OTHER:
        return 0.5
    new = [word for word in words(text) if stem(word) not in asked]
    if kind is AnswerKind.NAME:
        return float(any(word[0].isupper() for word in new[1:]))
    if kind is AnswerKind.DATE:
        return float(
            any(word.lower() in _MONTHS_AND_TIMES or (word[:4].isdigit() and len(word) in (4, 5)) for word in new)
        )
    return float(any(word.lower() in _NUMBER_WORDS or any(char.isdigit() for char in word) for word in new))
