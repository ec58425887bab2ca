"""The threshold of abstention that was fitted on questions over an index, kept beside it in threshold.json."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import IndexUnwritable
from embeddings.storage.atomic import replace_file

logger = logging.getLogger(__name__)

FORMAT = 1


@dataclass(frozen=True)
class FittedThreshold:
    """A threshold with what it was fitted on. `python -m qa_app eval QUESTIONS.jsonl --calibrate RATE` makes one."""

    threshold: float
    """Confidence, 0..1, below which to abstain."""
    wanted_rate: float
    """The highest share of wrong answers among those given that was asked for, 0..1."""
    rate: float
    """The share of wrong ones among the answers given to these questions at the threshold, 0..1."""
    rate_low: float
    rate_high: float
    """Its 95 % interval, ends included (Wilson)."""
    coverage: float
    """The share of these questions that were answered, 0..1."""
    questions: int
    """How many it was fitted on: those that say what is right."""
    given: int
    """How many of them were answered."""
    questions_file: str
    questions_sha256: str
    encoder: str
    reader: str
    """What gave the confidences, as in `qa_app.evaluation.results.Circumstances`: with others the rate does not hold."""
    fitted_at: str
    """ISO 8601, UTC."""


def threshold_file(index: Path) -> Path:
    """Where the fitted threshold of an index lies."""
    return index / "threshold.json"


def store_threshold(fitted: FittedThreshold, index: Path) -> None:
    """Put a threshold in force for every command that opens the index and is given no other.

    Raises:
        IndexUnwritable: the index may not be written.
    """
    try:
        replace_file(
            threshold_file(index), (json.dumps({"format": FORMAT, **asdict(fitted)}, indent=2) + "\n").encode()
        )
    except OSError as error:
        raise _unwritable(index, error) from error


def forget_threshold(index: Path) -> None:
    """Go back to the default threshold.

    Raises:
        IndexUnwritable: the index may not be written.
    """
    try:
        threshold_file(index).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(index, error) from error


def fitted_threshold(index: Path, encoder: str, reader: str) -> float | None:
    """Return the threshold in force for an index; None when none was fitted with this encoder and reader.

    One that cannot be used is passed over, with a warning that names the command that mends it.
    """
    file = threshold_file(index)
    mend = f"Fit it again: python -m qa_app eval QUESTIONS.jsonl --calibrate RATE --index {index}"
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        threshold, made_with = _read(values)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        logger.warning("%s cannot be read (%s), the default threshold holds. %s", file, error, mend)
        return None
    if made_with != (encoder, reader):
        logger.warning("%s was fitted with another encoder or reader, the default threshold holds. %s", file, mend)
        return None
    return threshold


def _read(values: Any) -> tuple[float, tuple[Any, Any]]:
    """Return the threshold, and the encoder and reader that it was fitted with.

    Raises:
        ValueError: the file's values are not those of a threshold.
    """
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ValueError(f"it is not a threshold of format {FORMAT}")
    threshold = values.get("threshold")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise ValueError('"threshold" is not from 0 to 1')
    return float(threshold), (values.get("encoder"), values.get("reader"))


def _unwritable(index: Path, error: OSError) -> IndexUnwritable:
    return IndexUnwritable(
        f"The threshold in {threshold_file(index)} cannot be changed ({error.strerror}).",
        "Check permissions and space.",
    )
