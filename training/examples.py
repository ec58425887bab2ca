"""Training examples for the reader, drawn at random for every epoch; deterministic for a given seed."""

import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.documents.blocks import Span
from embeddings.encoders.packaged import packaged_folder
from qa_app.reading.inputs import Batch, Ids, ReaderTokenizer, Row, token_span
from qa_app.reading.spans import MAX_ANSWER_TOKENS
from training.config import MixConfig, TrainConfig
from training.loss import Target
from training.prepared import Passage, Question, read_prepared
from training.swaps import ArticleTerms
from training.word_vectors import WordVectors


@dataclass(frozen=True)
class Example:
    """One question with the passages it is read with."""

    question: Ids
    """(T,) token ids."""
    passages: tuple[int, ...]
    """Passage ids."""
    gold: int | None
    """The passage that holds the answer; None if none does."""
    spans: tuple[Span, ...]
    """Occurrences of the answer in it, chunk tokens [first, last], both inclusive."""
    judges_relevance: bool
    """See `Target`."""


@dataclass(frozen=True)
class _Source:
    """A question with everything needed to draw examples from it."""

    question: Question
    tokens: Ids
    gold: dict[int, tuple[Span, ...]]
    """The gold passages with the occurrences of the answer in each; no occurrence for an unanswerable question."""
    negatives: tuple[int, ...]
    """Top-ranked passages that lack the answer, best first."""


class TrainingSet:
    """The prepared questions, tokenized, from which batches are drawn."""

    def __init__(
        self, train: Path, fit: Path | None, held_out: Collection[str], mix: MixConfig, config: TrainConfig
    ) -> None:
        """Read the prepared questions of `train`, and the fit half of `fit` without the `held_out` articles."""
        encoder = packaged_folder()
        self._tokenizer = tokenizer = ReaderTokenizer(encoder)
        self._mix = mix
        self._config = config
        self._passages, questions = read_prepared(*(folder for folder in (train, fit) if folder))
        texts = [passage.text for passage in self._passages.values()]
        self._chunk_tokens = dict(zip(self._passages, tokenizer.encode(texts), strict=True))
        titles = sorted({passage.title for passage in self._passages.values()})
        self._title_tokens = {title: e.ids for title, e in zip(titles, tokenizer.encode(titles), strict=True)}
        self._terms = _terms_by_document(self._passages, questions, WordVectors(encoder))
        questions = [q for q in questions if q.split != "measure" and q.gold and self._article(q) not in held_out]
        # Retrieval also returns passages of excluded articles; they must not be used, not even as negatives.
        self._articles = {self._article(question) for question in questions}
        encoded = tokenizer.encode([question.question for question in questions])
        sources = [self._source(question, e.ids) for question, e in zip(questions, encoded, strict=True)]
        self._train = [source for source in sources if source.question.split == "train" and source.gold]
        self._fit = [source for source in sources if source.question.split == "fit" and source.gold]

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self._train) + len(self._fit)

    def batches(self, epoch: int) -> list[list[Example]]:
        """Return the batches of an epoch: examples of similar length together, batches in random order."""
        draw = random.Random(f"{self._config.seed}/{epoch}")
        sources = self._drawn(draw)
        examples = [example for source in sources for example in self._examples(source, draw)]
        size = self._config.batch_questions
        bucket = size * self._config.bucket_batches
        batches = []
        for start in range(0, len(examples), bucket):
            ordered = sorted(examples[start : start + bucket], key=self._length)
            batches += [ordered[i : i + size] for i in range(0, len(ordered), size)]
        draw.shuffle(batches)
        return batches

    def micro_batches(self, examples: Sequence[Example]) -> Iterator[tuple[Batch, list[Target]]]:
        """Yield the inputs and targets of a batch in micro-batches; the passages of a question stay together."""
        group: list[Example] = []
        for example in sorted(examples, key=self._length):
            if group and sum(len(e.passages) for e in [*group, example]) > self._config.micro_batch_passages:
                yield self._collate(group)
                group = []
            group.append(example)
        yield self._collate(group)

    def _drawn(self, draw: random.Random) -> list[_Source]:
        """Return an epoch's questions in random order, with a fraction `fit_share` from the fit half."""
        share = self._mix.fit_share if self._fit else 0.0
        if share == 0.0:
            return draw.sample(self._train, len(self._train))
        train = min(len(self._train), round(len(self._fit) * (1 - share) / share))
        return draw.sample([*draw.sample(self._train, train), *self._fit], train + len(self._fit))

    def _article(self, question: Question) -> str:
        return self._passages[question.gold[0]].document

    def _source(self, question: Question, tokens: Ids) -> _Source:
        gold: dict[int, tuple[Span, ...]] = dict.fromkeys(question.gold, ())
        if question.answers:
            gold = {i: spans for i in question.gold if (spans := self._answer_spans(i, question.answers))}
        words = [answer.lower() for answer in question.answers]
        negatives = [
            i
            for i in question.retrieved
            if i not in question.gold
            and self._passages[i].document in self._articles
            and not any(word in self._passages[i].text.lower() for word in words)
        ]
        return _Source(question, tokens, gold, tuple(negatives))

    def _answer_spans(self, passage: int, answers: Sequence[str]) -> tuple[Span, ...]:
        """Return the whole-word occurrences of the answers in a passage, as token spans."""
        text, offsets = self._passages[passage].text, self._chunk_tokens[passage].offsets
        pattern = re.compile("|".join(rf"(?<!\w){re.escape(answer)}(?!\w)" for answer in answers))
        found = {token_span(offsets, *match.span()) for match in pattern.finditer(text)}
        return tuple(sorted(s for s in found if s and s[1] - s[0] < MAX_ANSWER_TOKENS))

    def _examples(self, source: _Source, draw: random.Random) -> list[Example]:
        """Draw the examples for a question; with no negative and nothing to swap, its own passage alone."""
        kind = draw.random()
        near = source.negatives[: self._mix.nearest_negatives]
        gold = draw.choice(list(source.gold))
        companions = [draw.choice(near)] if near and draw.random() < self._mix.companion_share else []
        if not source.question.answers:
            return [Example(source.tokens, (gold, *companions), None, (), False)]
        if kind < self._mix.withheld_share and near:
            return [Example(source.tokens, (draw.choice(near),), None, (), True)]
        if kind > 1 - self._mix.swapped_share and source.question.split == "train":
            passage = self._passages[gold]
            swapped = self._terms[passage.document].swap(source.question.question, passage.text, draw)
            if swapped:
                made = Example(self._tokenizer.encode([swapped])[0].ids, (gold,), None, (), False)
                return [Example(source.tokens, (gold,), gold, source.gold[gold], True), made]
        return [Example(source.tokens, (gold, *companions), gold, source.gold[gold], True)]

    def _length(self, example: Example) -> int:
        return len(example.question) + max(len(self._chunk_tokens[i].ids) for i in example.passages)

    def _collate(self, examples: Sequence[Example]) -> tuple[Batch, list[Target]]:
        batch = self._tokenizer.collate(
            [
                Row(example.question, self._title_tokens[self._passages[i].title], self._chunk_tokens[i].ids)
                for example in examples
                for i in example.passages
            ]
        )
        targets, row = [], 0
        for example in examples:
            own = tuple(range(row, row + len(example.passages)))
            gold = None if example.gold is None else own[example.passages.index(example.gold)]
            targets.append(self._target(example, own, gold, batch))
            row += len(own)
        return batch, targets

    @staticmethod
    def _target(example: Example, rows: tuple[int, ...], gold: int | None, batch: Batch) -> Target:
        """Return the target of an example; an answer that was truncated away makes the question unanswerable."""
        if gold is None:
            return Target(rows, None, (), example.judges_relevance)
        shift = batch.window_starts[gold]
        last = int(batch.answerable[gold].nonzero()[-1])
        spans = tuple((first + shift, end + shift) for first, end in example.spans if end + shift <= last)
        return Target(rows, gold if spans else None, spans, example.judges_relevance and bool(spans))


def _terms_by_document(
    passages: dict[int, Passage], questions: Sequence[Question], vectors: WordVectors
) -> dict[str, ArticleTerms]:
    texts: dict[str, list[str]] = defaultdict(list)
    asked: dict[str, list[str]] = defaultdict(list)
    for passage in passages.values():
        texts[passage.document].append(passage.text)
    for question in questions:
        if question.gold:
            asked[passages[question.gold[0]].document].append(question.question)
    return {document: ArticleTerms(texts[document], asked[document], vectors) for document in texts}
