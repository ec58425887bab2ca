"""A reader that needs no training of its own: it ranks sentences by how well they match each word of the question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings.chunks import encoder_input
from embeddings.config import ChunkingConfig
from embeddings.encoder import TokenEncoder
from embeddings.sentences import Span, paragraph_spans, sentence_spans
from qa_app.questions import AnswerKind, answer_kind, words
from qa_app.values import Passage, Statement

_TIME_WORDS = frozenset(
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

    Fitted by `python -m training.sentence_reader` on SQuAD's fit questions.
    """

    match: float
    """Late interaction, -1..1: the mean over the question's tokens of the highest cosine with a token of the sentence or
    of its article's title, read in the context of the passage (Khattab & Zaharia 2020, arXiv 2004.12832, section 3.3)."""
    kind: float
    """1 when the sentence holds a new word of the asked kind (a number, a date, a name), 0 when not, 0.5 when unknown."""
    bias: float


WEIGHTS = SentenceWeights(match=17.39, kind=0.67, bias=-13.05)


class SentenceReader:
    """Finds the sentences that answer; their words alone it does not find."""

    def __init__(self, encoder: TokenEncoder, weights: SentenceWeights = WEIGHTS) -> None:
        self._encoder = encoder
        self._weights = weights

    def read(self, question: str, passages: Sequence[Passage]) -> list[Statement]:
        sentences = [(passage, span) for passage in passages for span in sentences_of(passage)]
        if not sentences:
            return []
        logits = (
            self.clues(question, passages) @ np.array([self._weights.match, self._weights.kind]) + self._weights.bias
        )
        scores = 1 / (1 + np.exp(-logits))  # (sentences,)
        # The overlap of two chunks is read in both; the better score counts.
        best: dict[tuple[str, Span], Statement] = {}
        for (passage, span), score in zip(sentences, scores, strict=True):
            key = (passage.chunk.document, span)
            if key not in best or score > best[key].score:
                best[key] = Statement(passage, *span, short=None, score=float(score))
        return sorted(best.values(), key=lambda statement: -statement.score)

    def clues(self, question: str, passages: Sequence[Passage]) -> npt.NDArray[np.float64]:
        """Return the clues of every sentence of every passage, (sentences, 2), in the order of `SentenceWeights`."""
        inputs = [encoder_input(passage.chunk.title, passage.chunk.text) for passage in passages]
        asked, *read = self._encoder.encode_tokens([question, *inputs])
        kind, known = answer_kind(question), {word.lower() for word in words(question)}
        rows = []
        for passage, text, tokens in zip(passages, inputs, read, strict=True):
            cosines = asked.vectors @ tokens.vectors.T  # (question tokens, passage tokens)
            text_start = len(text) - len(passage.chunk.text)
            in_title = tokens.spans[:, 1] <= text_start  # (passage tokens,)
            for start, end in sentences_of(passage):
                shift = text_start - passage.chunk.start
                inside = (tokens.spans[:, 0] >= start + shift) & (tokens.spans[:, 1] <= end + shift)
                # A sentence beyond the model's longest input was not seen and matches nothing.
                match = cosines[:, inside | in_title].max(axis=1).mean() if inside.any() and len(cosines) else -1.0
                sentence = passage.chunk.text[start - passage.chunk.start : end - passage.chunk.start]
                rows.append((match, _has_kind(kind, known, sentence)))
        return np.array(rows)


def sentences_of(passage: Passage) -> list[Span]:
    """Return the sentences of a passage, [start, end) in characters of its document, in order."""
    chunk = passage.chunk
    return [
        (chunk.start + start, chunk.start + end)
        for paragraph in paragraph_spans(chunk.text)
        for start, end in sentence_spans(chunk.text, *paragraph, max_chars=ChunkingConfig().max_sentence_chars)
    ]


def _has_kind(kind: AnswerKind, known: set[str], sentence: str) -> float:
    if kind is AnswerKind.OTHER:
        return 0.5
    new = [word for word in words(sentence) if word.lower() not in known]
    if kind is AnswerKind.NAME:
        return float(any(word[0].isupper() for word in new[1:]))
    if kind is AnswerKind.DATE:
        return float(any(word.lower() in _TIME_WORDS or (word[:4].isdigit() and len(word) in (4, 5)) for word in new))
    return float(any(word.lower() in _NUMBER_WORDS or any(char.isdigit() for char in word) for word in new))
