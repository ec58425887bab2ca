"""The order of candidates, and the probabilities that a sentence answers and that its words are right: linear in the scores."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.errors import ModelUnavailable

CALIBRATION = "calibration.json"
FEATURES = ("odds", "rivals", "share", "relevance", "search")


@dataclass(frozen=True)
class Logistic:
    """probability = 1 / (1 + exp(-(bias + sum of weight * feature)))."""

    odds: float
    """Weight of the log-odds of the words against no answer; the odds of the same words in other sentences are added."""
    rivals: float
    """Weight of the log of 1 + the summed odds of all other words in the passages that were read."""
    share: float
    """Weight of the log of the words' share, above 0 and at most 1, of the summed odds of all words of their sentence."""
    relevance: float
    """Weight of the passage's relevance, a logit."""
    search: float
    """Weight of the passage's fused score in the search, 0..1."""
    bias: float

    def probability(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the probabilities, (N,), of candidates with features (N, 5) in the order of `FEATURES`."""
        return np.asarray(np.exp(-np.logaddexp(0.0, -self.logits(features))))  # the plain form overflows

    def logits(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the logits, (N,), of candidates with features (N, 5)."""
        return np.asarray(features @ np.array([getattr(self, feature) for feature in FEATURES]) + self.bias)


@dataclass(frozen=True)
class Calibration:
    """Fitted by `python -m training.calibrate` on questions that the network was not trained on."""

    choice: Logistic
    """Its logits order the candidates of a question, the highest first; they are no probabilities."""
    sentence: Logistic
    """The sentence of the first candidate answers the question."""
    words: Logistic
    """Its short answer is exactly right."""
    encoder_sha256: str
    """Of the weights of the encoder whose search scores it was fitted with; another's mean something else."""


def save_calibration(calibration: Calibration, folder: Path) -> None:
    """Write the calibration beside the weights."""
    (folder / CALIBRATION).write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")


def load_calibration(folder: Path) -> Calibration:
    """Read the calibration beside the weights.

    Raises:
        ModelUnavailable: it is missing or malformed.
    """
    file = folder / CALIBRATION
    try:
        values = json.loads(file.read_text("utf-8"))
        encoder = str(values.pop("encoder_sha256"))
        return Calibration(encoder_sha256=encoder, **{name: _logistic(weights) for name, weights in values.items()})
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelUnavailable(
            f"The reader's calibration {file} cannot be read ({error}).",
            "Restore the folder from the project's repository, or run: python -m training.calibrate",
        ) from error


def _logistic(values: dict[str, Any]) -> Logistic:
    weights = {name: float(value) for name, value in values.items()}
    if not np.isfinite(list(weights.values())).all():
        raise ValueError("a weight is not finite")
    return Logistic(**weights)
