import json
import logging
from dataclasses import asdict
from pathlib import Path

import pytest

from embeddings.errors import IndexUnwritable
from qa_app.threshold import FittedThreshold, fitted_threshold, forget_threshold, store_threshold, threshold_file

FITTED = FittedThreshold(
    threshold=0.37,
    wanted_rate=0.1,
    rate=0.08,
    rate_low=0.02,
    rate_high=0.15,
    coverage=0.6,
    questions=100,
    given=60,
    questions_file="q.jsonl",
    questions_sha256="0" * 64,
    encoder="encoder 11111111",
    reader="22222222 33333333",
    fitted_at="2024-05-17T10:00:00+00:00",
)
MADE_WITH = (FITTED.encoder, FITTED.reader)


def test_a_stored_threshold_applies_until_it_is_removed(tmp_path: Path) -> None:
    assert fitted_threshold(tmp_path, *MADE_WITH) is None
    store_threshold(FITTED, tmp_path)
    assert fitted_threshold(tmp_path, *MADE_WITH) == 0.37
    assert json.loads(threshold_file(tmp_path).read_text()) == {"format": 1, **asdict(FITTED)}
    forget_threshold(tmp_path)
    assert fitted_threshold(tmp_path, *MADE_WITH) is None
    forget_threshold(tmp_path)


@pytest.mark.parametrize("made_with", [("other", FITTED.reader), (FITTED.encoder, "other")])
def test_a_threshold_for_another_encoder_or_reader_is_ignored_with_the_next_step(
    made_with: tuple[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store_threshold(FITTED, tmp_path)
    with caplog.at_level(logging.WARNING):
        assert fitted_threshold(tmp_path, *made_with) is None
    assert "another encoder or reader" in caplog.text and f"--calibrate RATE --index {tmp_path}" in caplog.text


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "threshold": 2}', '{"format": 2, "threshold": 0.5}', "\xff"],
)
def test_a_broken_threshold_is_ignored_with_a_warning(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    threshold_file(tmp_path).write_text(text, encoding="latin-1")
    with caplog.at_level(logging.WARNING):
        assert fitted_threshold(tmp_path, *MADE_WITH) is None
    assert "threshold.json cannot be read" in caplog.text


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IndexUnwritable, match=r"threshold\.json cannot be changed"):
        store_threshold(FITTED, tmp_path / "none")
