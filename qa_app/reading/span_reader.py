"""The pipeline's reader: find the words in passages that answer a question, with their probability."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from embeddings.documents.blocks import Kind, Span
from embeddings.documents.document import Address
from embeddings.encoders.packaged import MULTILINGUAL_ENCODER
from embeddings.encoders.workers import Workers
from qa_app.answer_matching import normalised
from qa_app.reading.confidence import Calibration, load_calibration
from qa_app.reading.inputs import MAX_CONTEXT_TOKENS, Batch, Encoded, ReaderTokenizer, Row, windows
from qa_app.reading.model import ReaderModel, Scores, base_of, load_model, manifest_of
from qa_app.reading.passage_text import PassageText, Piece, passage_text
from qa_app.reading.spans import Floats, SentenceSpan, Window, best_spans
from qa_app.types import Candidate, Passage

_INSTALLED = Path(__file__).parent / "weights"  # where the wheel puts the readers; see pyproject.toml
_MODELS = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).resolve().parents[2] / "models"
READER_FOLDER = _MODELS / "reader"
_MULTILINGUAL_FOLDER = _MODELS / "reader_multilingual"

# Rows in one forward pass. A batch of eight passages is a third padding; pairs of similar length are a twentieth. And
# four batches are shared more evenly between threads than two.
_BATCH_ROWS = 2
# Added to the log-odds of words in a title or heading: the network was not trained to answer there, and prefers them.
_CONTEXT_ODDS = -3.0


@dataclass(frozen=True)
class Reading:
    """The network's result for one sentence of a passage."""

    passage: Passage
    sentence: Span
    """Characters of the document's canonical text, [start, end)."""
    words: Span
    """The best words in the sentence, [start, end) of the same text."""
    odds: float
    """Log-odds of these words against no answer in the passage."""
    mass: float
    """Log of the summed odds of all words of the sentence."""
    relevance: float
    """Logit, of the passage."""

    @property
    def answer(self) -> str:
        """The best words as they are read."""
        return self.passage.chunk.shown_alone(*self.words)


class SpanReader:
    """Points at the words that answer. Safe to use from several threads."""

    def __init__(
        self,
        model: ReaderModel,
        tokenizer: ReaderTokenizer,
        calibration: Calibration,
        languages: Iterable[str] = ("en",),
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._workers = Workers("reader")
        self.calibration = calibration
        self._languages = frozenset(languages)

    @property
    def languages(self) -> frozenset[str]:
        return self._languages

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        readings = self.readings(question, passages)
        if not readings:
            return []
        rows = features(readings)
        answers, exact = self.calibration.sentence.probability(rows), self.calibration.words.probability(rows)
        # A sentence in the overlap of two chunks is read twice; the better reading counts.
        best: dict[tuple[Address, Span], Candidate] = {}
        least = 1.0
        for i in map(int, np.argsort(-self.calibration.choice.logits(rows), kind="stable")):
            reading = readings[i]
            key = (reading.passage.chunk.address, reading.sentence)
            if key not in best:
                # None is surer than one that is preferred to it.
                least = min(least, float(answers[i]))
                best[key] = Candidate(reading.passage, *reading.sentence, reading.words, least, float(exact[i]))
        return list(best.values())

    def readings(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return the network's result for every sentence of every passage, in order."""
        if not passages:
            return []
        layouts = [layout for passage in passages for layout in _layouts(passage)]
        asked, *encoded = self._tokenizer.encode(
            [question, *(text for layout in layouts for text in (layout.title, layout.context.text, layout.body.text))]
        )
        titles, contexts, bodies = encoded[::3], encoded[1::3], encoded[2::3]
        places = [(i, window) for i, body in enumerate(bodies) for window in windows(len(body.ids))]
        rows = [
            Row(asked.ids, titles[i].ids, bodies[i].ids[first:last], contexts[i].ids[-MAX_CONTEXT_TOKENS:])
            for i, (first, last) in places
        ]
        in_context: dict[int, list[Window]] = defaultdict(list)
        in_body: dict[int, list[Window]] = defaultdict(list)
        relevance: dict[int, float] = {}
        for number, row in self._scores(rows):
            i, (first, _) = places[number]
            in_context[i].append(Window(len(contexts[i].ids) - len(rows[number].context), *row.context, row.none))
            in_body[i].append(Window(first, *row.window, row.none))
            relevance[i] = max(row.relevance, relevance.get(i, -np.inf))
        return [
            reading
            for i, layout in enumerate(layouts)
            for reading in (
                *_readings(layout.passage, layout.context, contexts[i], in_context[i], relevance[i], _CONTEXT_ODDS),
                *_readings(layout.passage, layout.body, bodies[i], in_body[i], relevance[i], 0.0),
            )
        ]

    def _scores(self, rows: Sequence[Row]) -> Iterator[tuple[int, "_RowScores"]]:
        """Yield for each row its number and scores; longest rows first."""
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i].window))
        batched = [order[begin : begin + _BATCH_ROWS] for begin in range(0, len(order), _BATCH_ROWS)]
        batches = [self._tokenizer.collate([rows[i] for i in numbers]) for numbers in batched]
        for numbers, batch, scores in zip(batched, batches, self._workers.map(self._forward, batches), strict=True):
            for n, i in enumerate(numbers):
                context = slice(batch.context_starts[n], batch.window_starts[n])
                window = slice(batch.window_starts[n], batch.window_starts[n] + len(rows[i].window))
                start, end = scores.start[n].numpy(), scores.end[n].numpy()
                none, relevance = float(scores.none[n]), float(scores.relevance[n])
                yield i, _RowScores((start[context], end[context]), (start[window], end[window]), none, relevance)

    @torch.inference_mode()
    def _forward(self, batch: Batch) -> Scores:
        scores: Scores = self._model(batch)
        return scores


def reader_folder(encoder: str) -> Path:
    """Return the folder of the shipped reader for an index that the encoder of this name made: the one that was made from the same
    encoder, whose package is installed then, or the English one."""
    return _MULTILINGUAL_FOLDER if encoder == MULTILINGUAL_ENCODER else READER_FOLDER


def open_reader(folder: Path = READER_FOLDER) -> SpanReader:
    """Open the reader in `folder`, by default the shipped English one.

    Raises:
        ModelUnavailable: a file is missing or invalid.
    """
    languages = manifest_of(folder).languages
    return SpanReader(load_model(folder), base_of(folder).tokenizer(), load_calibration(folder), languages)


@dataclass(frozen=True)
class _RowScores:
    """The network's scores for one input."""

    context: tuple[Floats, Floats]
    """(C,) start and (C,) end logits of the context's tokens."""
    window: tuple[Floats, Floats]
    """(W,) start and (W,) end logits of the window's tokens."""
    none: float
    relevance: float


@dataclass(frozen=True)
class _Layout:
    """What the reader sees at once: a passage, or one row of a table."""

    passage: Passage
    title: str
    """Empty where the text states the title, which is in the context then."""
    context: PassageText
    body: PassageText


def _layouts(passage: Passage) -> Iterator[_Layout]:
    """Yield a passage as it is read. Rows and fields are read each by itself: whether one answers depends on no other."""
    chunk = passage.chunk
    stated = [each.unit for each in chunk.context if each.kind is Kind.TITLE]
    others = [each.unit for each in chunk.context if each.kind is not Kind.TITLE]
    context = passage_text([*stated, *others])
    for is_apart, run in groupby(chunk.units, key=lambda unit: unit.is_apart):
        units = list(run)
        for body in [[unit] for unit in units] if is_apart else [units]:
            yield _Layout(passage, "" if stated else chunk.title, context, passage_text(body))


def features(readings: Sequence[Reading]) -> npt.NDArray[np.float64]:
    """Return the features of each reading, (N, 5), in the order of `qa_app.reading.confidence.FEATURES`.

    The same words in several sentences, ignoring case and "a", "an" and "the", support each other: their odds are added.
    A sentence in two passages counts once.
    """
    best: dict[tuple[Address, Span], Reading] = {}
    for reading in readings:
        place = (reading.passage.chunk.address, reading.sentence)
        if place not in best or reading.odds > best[place].odds:
            best[place] = reading
    by_words: dict[str, list[float]] = defaultdict(list)
    for reading in best.values():
        by_words[normalised(reading.answer)].append(reading.odds)
    totals = {words: float(np.logaddexp.reduce(odds)) for words, odds in by_words.items()}
    rows = []
    for reading in readings:
        words = normalised(reading.answer)
        rivals = np.logaddexp.reduce([0.0, *(total for other, total in totals.items() if other != words)])
        own = max(reading.odds, totals.get(words, -np.inf))
        share = reading.odds - reading.mass
        rows.append((own, rivals, share, reading.relevance, reading.passage.fused))
    return np.array(rows)


def _readings(
    passage: Passage, text: PassageText, tokens: Encoded, scored: Sequence[Window], relevance: float, prior: float
) -> Iterator[Reading]:
    """Yield the best words of each unit of a passage, or of its context."""
    best: dict[int, tuple[SentenceSpan, Piece]] = {}
    mass: dict[int, float] = defaultdict(lambda: -np.inf)
    spans = best_spans(tokens, scored, [(piece.start, piece.end) for piece in text.pieces])
    for piece, span in zip(text.pieces, spans, strict=True):
        if span is not None and not text.units[piece.unit].is_question:
            mass[piece.unit] = float(np.logaddexp(mass[piece.unit], span.mass))
            if piece.unit not in best or span.odds > best[piece.unit][0].odds:
                best[piece.unit] = span, piece
    for number, (span, piece) in sorted(best.items()):
        unit = text.units[number]
        words = text.in_document(*_whole_characters(text.text, span, (piece.start, piece.end)))
        if words is None:
            continue
        yield Reading(passage, (unit.start, unit.end), words, span.odds + prior, mass[number] + prior, relevance)


def _whole_characters(text: str, span: SentenceSpan, sentence: Span) -> Span:
    """Return the span, extended inside its sentence so that no combining mark is cut off from its character.

    The tokenizer drops a letter's marks, and treats a mark after a symbol or an ideograph as a word.
    """
    start, end = span.start, span.end
    while start > sentence[0] and _is_mark(text[start]):
        start -= 1
    while end < sentence[1] and _is_mark(text[end]):
        end += 1
    return start, end


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
