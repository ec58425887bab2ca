"""Batches drawn beforehand, in one small file: whoever trains with it, on another machine, needs none of the articles."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.documents.blocks import Span
from qa_app.reading.base import BASES
from qa_app.reading.inputs import Batch, Ids, Row
from training.batches import Batches, Example, in_batches, in_micro_batches
from training.config import TrainConfig
from training.loss import Target

_NONE = -1  # for no gold row


class DrawnBatches:
    """The batches in a file that `write_batches` wrote, from the first to the last and then again."""

    def __init__(self, file: Path, config: TrainConfig) -> None:
        """Read them.

        Args:
            file: written by `write_batches` with the same base.
            config: sizes of micro-batches.
        """
        with np.load(file) as arrays:
            self._arrays = dict(arrays.items())
        self._tokenizer = BASES[config.base].tokenizer()
        counted = {
            name: np.concatenate([[0], np.cumsum(self._arrays[name], dtype=np.int64)])
            for name in ("sequence_tokens", "example_rows", "example_spans", "bucket_examples")
        }
        self._sequence, self._row, self._span, self._bucket = counted.values()
        self._config = config

    def __len__(self) -> int:
        """Return the number of different questions, as texts."""
        return len(np.unique(self._arrays["rows"][:, 0]))

    def batches(self, bucket: int) -> list[list[Example]]:
        """Return the batches of a bucket: examples of similar length together, batches in random order."""
        bucket %= len(self._bucket) - 1
        examples = [self._read(number) for number in range(self._bucket[bucket], self._bucket[bucket + 1])]
        return in_batches(examples, self._config.batch_questions, random.Random(f"{self._config.seed}/{bucket}"))

    def micro_batches(self, examples: Sequence[Example]) -> Iterator[tuple[Batch, list[Target]]]:
        """Yield the inputs and targets of a batch in micro-batches; the rows of a question stay together."""
        return in_micro_batches(examples, self._tokenizer, self._config.micro_batch_passages)

    def _read(self, number: int) -> Example:
        """Return an example by its number in the file."""
        rows = self._arrays["rows"][self._row[number] : self._row[number + 1]]
        gold = int(self._arrays["example_golds"][number])
        spans = self._arrays["spans"][self._span[number] : self._span[number + 1]].tolist()
        return Example(
            tuple(Row(*map(self._tokens, row)) for row in rows.tolist()),
            None if gold == _NONE else gold,
            tuple((first, last) for first, last in spans),
            bool(self._arrays["example_judges"][number]),
        )

    def _tokens(self, sequence: int) -> Ids:
        tokens: Ids = self._arrays["tokens"][self._sequence[sequence] : self._sequence[sequence + 1]].astype(np.int64)
        return tokens


def write_batches(batches: Batches, file: Path, buckets: int) -> int:
    """Draw some buckets and write their batches to `file`; return the number of examples.

    What is tokenized alike, most passages and questions, is kept once.
    """
    sequences: dict[bytes, int] = {}
    tokens: list[Ids] = []

    def number(ids: Ids) -> int:
        found = sequences.setdefault(ids.tobytes(), len(sequences))
        if found == len(tokens):
            tokens.append(ids)
        return found

    rows, golds, judges = [], [], []
    spans: list[Span] = []
    example_rows, example_spans, bucket_examples = [], [], []
    for bucket in range(buckets):
        drawn = [example for batch in batches.batches(bucket) for example in batch]
        bucket_examples.append(len(drawn))
        for example in drawn:
            rows += [[number(x) for x in (r.question, r.title, r.window, r.context)] for r in example.rows]
            golds.append(_NONE if example.gold is None else example.gold)
            judges.append(example.judges_relevance)
            spans += example.spans
            example_rows.append(len(example.rows))
            example_spans.append(len(example.spans))
    joined = np.concatenate(tokens)
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "tokens": joined.astype(np.min_scalar_type(joined.max())),
        "sequence_tokens": np.array([len(ids) for ids in tokens], dtype=np.uint16),
        "rows": np.array(rows, dtype=np.uint32),
        "example_rows": np.array(example_rows, dtype=np.uint8),
        "example_golds": np.array(golds, dtype=np.int8),
        "example_judges": np.array(judges),
        "spans": np.array(spans, dtype=np.uint16).reshape(-1, 2),
        "example_spans": np.array(example_spans, dtype=np.uint16),
        "bucket_examples": np.array(bucket_examples, dtype=np.uint32),
    }
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stub takes the first name for an option
    return len(golds)
