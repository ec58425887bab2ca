import logging
from pathlib import Path

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.assistant import open_assistant
from qa_app.config import AssistantConfig
from tests.embeddings.helpers import write
from tests.fakes import WordEncoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "articles", "bridge.txt", "The bridge was opened in spring.")
    return tmp_path / "articles"


def test_a_calibration_fitted_with_another_encoder_is_told(
    folder: Path, tmp_path: Path, encoder: SentenceEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="qa_app.assistant")
    for other in (encoder, WordEncoder()):
        index = tmp_path / other.identity.name
        sync(folder, index, other)
        open_assistant(index, encoder=other)
        open_assistant(index, AssistantConfig(), other)  # a threshold that was given needs no calibration
    (told,) = caplog.messages
    assert "calibrated with another encoder than words" in told
    assert f"--calibrate RATE --index {tmp_path / 'words'}" in told
