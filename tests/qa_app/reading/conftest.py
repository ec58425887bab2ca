"""Fixtures for the reader's tests: untrained weights, so that no test depends on training."""

from pathlib import Path

import pytest
import torch

from qa_app.reading.base import ENGLISH
from qa_app.reading.confidence import save_calibration
from qa_app.reading.model import ReaderModel, load_model, new_model, save_model
from tests.qa_app.reading.networks import ODDS_ALONE


@pytest.fixture(scope="session")
def untrained() -> ReaderModel:
    """A network with the encoder's body and random heads."""
    torch.manual_seed(0)
    return new_model(ENGLISH).eval()


@pytest.fixture(scope="session")
def reader_folder(untrained: ReaderModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same on disk, with a calibration; tests must not change it."""
    folder = tmp_path_factory.mktemp("reader")
    save_model(untrained, folder, ENGLISH)
    save_calibration(ODDS_ALONE, folder)
    return folder


@pytest.fixture(scope="session")
def loaded(reader_folder: Path) -> ReaderModel:
    """The same, loaded again, in float32."""
    return load_model(reader_folder, bfloat16=False)
