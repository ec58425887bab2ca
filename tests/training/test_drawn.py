from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import CONFIG
from training.batches import Example
from training.drawn import DrawnBatches, write_batches
from training.examples import TrainingSet


def described(example: Example) -> tuple[object, ...]:
    rows = [tuple(part.tolist() for part in (r.question, r.title, r.window, r.context)) for r in example.rows]
    return rows, example.gold, example.spans, example.judges_relevance


@pytest.fixture(scope="module")
def file(training_set: TrainingSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("drawn") / "batches.npz"
    write_batches(training_set, written, buckets=2)
    return written


@pytest.mark.parametrize("bucket", [0, 1])
def test_the_written_examples_are_those_that_were_drawn(training_set: TrainingSet, file: Path, bucket: int) -> None:
    read = [described(example) for batch in DrawnBatches(file, CONFIG).batches(bucket) for example in batch]
    drawn = [described(example) for batch in training_set.batches(bucket) for example in batch]
    assert sorted(read, key=repr) == sorted(drawn, key=repr)


def test_after_the_last_bucket_comes_the_first(file: Path) -> None:
    found = DrawnBatches(file, CONFIG)
    assert [[*map(described, batch)] for batch in found.batches(2)] == [[*map(described, b)] for b in found.batches(0)]


def test_the_size_of_a_batch_is_the_readers(file: Path) -> None:
    batches = DrawnBatches(file, replace(CONFIG, batch_questions=20)).batches(0)
    assert max(map(len, batches)) == 20
    assert sum(len(batch) != 20 for batch in batches) <= 1


def test_what_is_tokenized_alike_is_kept_once(file: Path) -> None:
    with np.load(file) as arrays:
        ends = np.cumsum(arrays["sequence_tokens"])
        sequences = [tuple(part.tolist()) for part in np.split(arrays["tokens"], ends[:-1])]
    assert len(set(sequences)) == len(sequences)
