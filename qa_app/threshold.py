"""The abstention threshold fitted on questions over an index, stored among the index's files as threshold.json."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import IndexUnwritable
from embeddings.storage.index_files import index_files

logger = logging.getLogger(__name__)

FORMAT = 1
THRESHOLD = "threshold.json"


@dataclass(frozen=True)
class FittedThreshold:
    """A threshold and what it was fitted on; made by `python -m qa_app eval QUESTIONS.jsonl --calibrate RATE`."""

    threshold: float
    """Confidence, 0..1, below which to abstain."""
    wanted_rate: float
    """The requested maximum share of wrong answers among those given, 0..1."""
    rate: float
    """The share of wrong answers among those given to these questions at the threshold, 0..1."""
    rate_low: float
    rate_high: float
    """The 95 % interval of `rate`, ends included (Wilson)."""
    coverage: float
    """The share of these questions that were answered, 0..1."""
    questions: int
    """Number of questions that it was fitted on: those whose answers can be judged."""
    given: int
    """Number of these questions that were answered."""
    questions_file: str
    questions_sha256: str
    encoder: str
    reader: str
    """Encoder and reader behind the confidences, as in `qa_app.evaluation.results.Circumstances`; with others the rate
    does not hold."""
    fitted_at: str
    """ISO 8601, UTC."""


def threshold_file(index: Path) -> Path:
    """Return the file of an index's fitted threshold, for those that are in its folder."""
    return index / THRESHOLD


def store_threshold(fitted: FittedThreshold, index: Path) -> None:
    """Store a threshold, for every command that opens the index and is not given another.

    Raises:
        IndexUnwritable: the index cannot be written.
    """
    try:
        index_files(index).write(THRESHOLD, json.dumps({"format": FORMAT, **asdict(fitted)}, indent=2) + "\n")
    except OSError as error:
        raise _unwritable(index, error) from error


def forget_threshold(index: Path) -> None:
    """Delete the fitted threshold, so that the default applies again.

    Raises:
        IndexUnwritable: the index cannot be written.
    """
    try:
        index_files(index).delete(THRESHOLD)
    except OSError as error:
        raise _unwritable(index, error) from error


def fitted_threshold(index: Path, encoder: str, reader: str) -> float | None:
    """Return the threshold fitted for an index; None when none was fitted with this encoder and reader.

    An unusable threshold is ignored, with a warning that names the command to fit it again.
    """
    file = threshold_file(index)
    next_step = f"Fit it again: python -m qa_app eval QUESTIONS.jsonl --calibrate RATE --index {index}"
    try:
        text = index_files(index).read(THRESHOLD)
        if text is None:
            return None
        threshold, made_with = _read(json.loads(text))
    except (OSError, ValueError) as error:
        logger.warning("%s cannot be read (%s); the default threshold applies. %s", file, error, next_step)
        return None
    if made_with != (encoder, reader):
        logger.warning(
            "%s was fitted with another encoder or reader; the default threshold applies. %s", file, next_step
        )
        return None
    return threshold


def _read(values: Any) -> tuple[float, tuple[Any, Any]]:
    """Return the threshold, and the encoder and reader that it was fitted with.

    Raises:
        ValueError: the values are not a stored threshold.
    """
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ValueError(f"it is not a threshold of format {FORMAT}")
    threshold = values.get("threshold")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise ValueError('"threshold" is not a number from 0 to 1')
    return float(threshold), (values.get("encoder"), values.get("reader"))


def _unwritable(index: Path, error: OSError) -> IndexUnwritable:
    return IndexUnwritable(
        f"The threshold in {threshold_file(index)} cannot be changed ({error.strerror}).",
        "Check its permissions and the free disk space.",
    )
