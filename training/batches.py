"""Questions with what they are read in, and their batches for the network."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.documents.blocks import Span
from qa_app.reading.inputs import Batch, ReaderTokenizer, Row
from training.loss import Target


@dataclass(frozen=True)
class Example:
    """One question with the inputs it is read in."""

    rows: tuple[Row, ...]
    gold: int | None
    """The row that holds the answer; None if none does."""
    spans: tuple[Span, ...]
    """Occurrences of the answer in it: tokens of the row's context and window together, [first, last], both inclusive."""
    judges_relevance: bool
    """See `Target`."""


class Batches(Protocol):
    """What a reader is trained on: batches without end, in buckets of examples of similar length."""

    def __len__(self) -> int:
        """Return the number of different questions."""
        ...

    def batches(self, bucket: int) -> list[list[Example]]:
        """Return the batches of a bucket, 0 or more; the same each time."""
        ...

    def micro_batches(self, examples: Sequence[Example]) -> Iterator[tuple[Batch, list[Target]]]:
        """Yield the inputs and targets of a batch in parts that the network reads at once."""
        ...


def length(example: Example) -> int:
    """Return the tokens of an example's longest input."""
    return max(len(row.question) + len(row.title) + len(row.context) + len(row.window) for row in example.rows)


def in_batches(examples: Sequence[Example], size: int, draw: random.Random) -> list[list[Example]]:
    """Return batches of `size` examples, those of similar length together, in random order."""
    by_length = sorted(examples, key=length)
    batches = [by_length[i : i + size] for i in range(0, len(by_length), size)]
    draw.shuffle(batches)
    return batches


def in_micro_batches(
    examples: Sequence[Example], tokenizer: ReaderTokenizer, most: int
) -> Iterator[tuple[Batch, list[Target]]]:
    """Yield the inputs and targets of examples in parts of at most `most` rows, or of one example; its rows stay together."""
    group: list[Example] = []
    rows = 0
    for example in sorted(examples, key=length):
        if group and rows + len(example.rows) > most:
            yield _collate(group, tokenizer)
            group, rows = [], 0
        group.append(example)
        rows += len(example.rows)
    yield _collate(group, tokenizer)


def _collate(examples: Sequence[Example], tokenizer: ReaderTokenizer) -> tuple[Batch, list[Target]]:
    batch = tokenizer.collate([row for example in examples for row in example.rows])
    targets, first = [], 0
    for example in examples:
        rows = tuple(range(first, first + len(example.rows)))
        first += len(rows)
        gold = None if example.gold is None else rows[example.gold]
        shift = 0 if gold is None else batch.context_starts[gold]
        spans = tuple((start + shift, end + shift) for start, end in example.spans)
        targets.append(Target(rows, gold, spans, example.judges_relevance))
    return batch, targets
