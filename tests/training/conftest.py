"""Shared fixtures of the training tests: small prepared data, and a reader trained on it."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa_app.config import RetrievalConfig
from tests.training.towns import Town, paragraphs, towns, write_squad
from training.config import MixConfig, TrainConfig
from training.examples import TrainingSet
from training.prepare import prepare
from training.train import Setting, train

# 36 questions: four about each of six training towns and three development towns, one of the four unanswerable.
MIX = MixConfig(unanswerable_share=0.2, withheld_share=0.05, companion_share=0.6, structured_share=0.1)
CONFIG = TrainConfig(
    questions=240,
    batch_questions=8,
    micro_batch_passages=8,
    learning_rate=3e-4,
    head_learning_rate=5e-3,
    bucket_batches=4,
    warmup_steps=3,
    average_decay=0.5,
    checkpoint_seconds=1e9,
    log_seconds=0.0,
)


@dataclass(frozen=True)
class Data:
    """The prepared folders, and the towns they were made from."""

    train: Path
    dev: Path
    train_towns: list[Town]
    fit: Town
    held_out: Town
    """Also in the fit half."""
    measure: Town

    @property
    def fit_file(self) -> str:
        return f"{self.fit.name}.txt"

    @property
    def held_out_file(self) -> str:
        return f"{self.held_out.name}.txt"


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    folder = tmp_path_factory.mktemp("towns")
    *train_towns, fit, held_out, measure = towns(9)
    train_lines = [line for town in train_towns for line in paragraphs(town, None, with_unanswerable=True)]
    dev_lines = [
        line
        for town, split in ((fit, "fit"), (measure, "measure"), (held_out, "fit"))
        for line in paragraphs(town, split, with_unanswerable=True)
    ]
    prepare(write_squad(folder / "train.jsonl.gz", train_lines), folder / "train", RetrievalConfig())
    prepare(write_squad(folder / "dev.jsonl.gz", dev_lines), folder / "dev", RetrievalConfig())
    return Data(folder / "train", folder / "dev", train_towns, fit, held_out, measure)


@pytest.fixture(scope="session")
def training_set(data: Data) -> TrainingSet:
    return TrainingSet(data.train, [], MIX, CONFIG)


@pytest.fixture(scope="session")
def trained(training_set: TrainingSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training run that was never interrupted."""
    folder = tmp_path_factory.mktemp("trained")
    before = signal.getsignal(signal.SIGTERM)
    train(training_set, folder, CONFIG, Setting())
    signal.signal(signal.SIGTERM, before)
    return folder


@pytest.fixture
def sigterm() -> Iterator[None]:
    """Restore the SIGTERM handler, which training replaces."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
