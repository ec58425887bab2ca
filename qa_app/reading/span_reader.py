"""The reader of the pipeline: passages in, candidates with their words and their probability out."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from embeddings.config import ChunkingConfig
from embeddings.documents.sentences import Span, paragraph_spans, sentence_spans
from embeddings.encoders.packaged import packaged_folder
from embeddings.encoders.workers import Workers
from qa_app.answer_matching import normalised
from qa_app.reading.confidence import Calibration, load_calibration
from qa_app.reading.inputs import Batch, Encoded, ReaderTokenizer, Row, windows
from qa_app.reading.model import ReaderModel, Scores, load_model
from qa_app.reading.spans import SentenceSpan, Window, best_spans
from qa_app.types import Candidate, Passage

_INSTALLED = Path(__file__).parent / "weights"  # where the wheel puts models/reader; see pyproject.toml
READER_FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).resolve().parents[2] / "models" / "reader"

# Rows in one forward pass. Eight passages read at once are a third padding, in pairs by length a twentieth; and four
# passes are shared out more evenly than two.
_BATCH_ROWS = 2


@dataclass(frozen=True)
class Reading:
    """What the network says of one sentence of a passage."""

    passage: Passage
    sentence: Span
    """Characters of the document's canonical text, [start, end)."""
    words: Span
    """The best words in it, likewise."""
    odds: float
    """Log-odds of these words against no answer in the passage."""
    mass: float
    """Log of the summed odds of all words of the sentence."""
    relevance: float
    """Logit, of the passage."""

    @property
    def answer(self) -> str:
        """The best words as they stand in the text."""
        return self.passage.words(*self.words)


class SpanReader:
    """Points at the words that answer. Safe to use from several threads."""

    def __init__(self, model: ReaderModel, tokenizer: ReaderTokenizer, calibration: Calibration) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._workers = Workers("reader")
        self.calibration = calibration

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        readings = self.readings(question, passages)
        if not readings:
            return []
        probabilities = self.calibration.probability(features(readings))
        # The overlap of two chunks is read in both; the better reading counts.
        best: dict[tuple[str, Span], Candidate] = {}
        for reading, probability in zip(readings, probabilities, strict=True):
            key = (reading.passage.chunk.document, reading.sentence)
            if key not in best or probability > best[key].score:
                best[key] = Candidate(reading.passage, *reading.sentence, reading.words, float(probability))
        return sorted(best.values(), key=lambda candidate: -candidate.score)

    def readings(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return what the network says of every sentence of every passage, in their order."""
        if not passages:
            return []
        asked, *texts = self._tokenizer.encode([question, *(passage.chunk.text for passage in passages)])
        titles = self._tokenizer.encode([passage.chunk.title for passage in passages])
        spans = [[(i, window) for window in windows(len(text.ids))] for i, text in enumerate(texts)]
        places = [place for group in spans for place in group]
        rows = [Row(asked.ids, titles[i].ids, texts[i].ids[first:last]) for i, (first, last) in places]
        scored: dict[int, list[Window]] = defaultdict(list)
        relevance: dict[int, float] = {}
        for number, window, relevant in self._scores(rows):
            i, (first, _) = places[number]
            scored[i].append(Window(first, *window))
            relevance[i] = max(relevant, relevance.get(i, -np.inf))
        return [
            reading
            for i, passage in enumerate(passages)
            for reading in _readings(passage, texts[i], scored[i], relevance[i])
        ]

    def _scores(
        self, rows: Sequence[Row]
    ) -> Iterator[tuple[int, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], float], float]]:
        """Yield for each row its number, (start, end, none) of its window, and its relevance; longest rows first."""
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i].window))
        batched = [order[begin : begin + _BATCH_ROWS] for begin in range(0, len(order), _BATCH_ROWS)]
        batches = [self._tokenizer.collate([rows[i] for i in numbers]) for numbers in batched]
        for numbers, batch, scores in zip(batched, batches, self._workers.map(self._forward, batches), strict=True):
            for n, i in enumerate(numbers):
                window = slice(batch.window_starts[n], batch.window_starts[n] + len(rows[i].window))
                start, end = scores.start[n, window].numpy(), scores.end[n, window].numpy()
                yield i, (start, end, float(scores.none[n])), float(scores.relevance[n])

    @torch.inference_mode()
    def _forward(self, batch: Batch) -> Scores:
        scores: Scores = self._model(batch)
        return scores


def open_reader(folder: Path = READER_FOLDER) -> SpanReader:
    """Open the reader in `folder`, by default the one that ships.

    Raises:
        ModelUnavailable: a file is missing or not what it should be.
    """
    return SpanReader(load_model(folder), ReaderTokenizer(packaged_folder()), load_calibration(folder))


def sentences_of(passage: Passage) -> list[Span]:
    """Return the sentences of a passage, [start, end) in characters of its text, in order."""
    text = passage.chunk.text
    return [
        sentence
        for paragraph in paragraph_spans(text)
        for sentence in sentence_spans(text, *paragraph, max_chars=ChunkingConfig().max_sentence_chars)
    ]


def features(readings: Sequence[Reading]) -> npt.NDArray[np.float64]:
    """Return the features of each reading, (N, 4), in the order of `qa_app.reading.confidence.FEATURES`.

    The same words in several sentences, articles and case aside, support each other: their odds are added. A sentence
    that stands in two passages counts once.
    """
    best: dict[tuple[str, Span], Reading] = {}
    for reading in readings:
        place = (reading.passage.chunk.document, reading.sentence)
        if place not in best or reading.odds > best[place].odds:
            best[place] = reading
    spoken: dict[str, list[float]] = defaultdict(list)
    for reading in best.values():
        spoken[normalised(reading.answer)].append(reading.odds)
    totals = {words: float(np.logaddexp.reduce(odds)) for words, odds in spoken.items()}
    rows = []
    for reading in readings:
        words = normalised(reading.answer)
        rivals = np.logaddexp.reduce([0.0, *(total for other, total in totals.items() if other != words)])
        own = max(reading.odds, totals.get(words, -np.inf))
        rows.append((own, rivals, reading.relevance, reading.passage.fused))
    return np.array(rows)


def _readings(passage: Passage, text: Encoded, scored: Sequence[Window], relevance: float) -> Iterator[Reading]:
    start = passage.chunk.start
    sentences = sentences_of(passage)
    for sentence, span in zip(sentences, best_spans(text, scored, sentences), strict=True):
        if span is not None:
            words = _whole_characters(passage.chunk.text, span, sentence)
            yield Reading(
                passage,
                (start + sentence[0], start + sentence[1]),
                (start + words[0], start + words[1]),
                span.odds,
                span.mass,
                relevance,
            )


def _whole_characters(text: str, span: SentenceSpan, sentence: Span) -> Span:
    """Return the span grown inside its sentence until no combining mark is cut from what it belongs to.

    The tokenizer drops a letter's marks, and takes one that follows a sign or an ideograph for a word.
    """
    start, end = span.start, span.end
    while start > sentence[0] and _is_mark(text[start]):
        start -= 1
    while end < sentence[1] and _is_mark(text[end]):
        end += 1
    return start, end


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
