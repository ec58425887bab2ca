"""The probability that a candidate's words are right: a logistic regression over the network's scores."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.errors import ModelUnavailable

CALIBRATION = "calibration.json"
FEATURES = ("odds", "rivals", "relevance", "search")


@dataclass(frozen=True)
class Calibration:
    """probability = 1 / (1 + exp(-(bias + sum of weight * feature))).

    Fitted by `python -m training.calibrate` on questions that the network was not trained on.
    """

    odds: float
    """Weight of the log-odds of the words against no answer; the odds of the same words in other sentences are added."""
    rivals: float
    """Weight of the log of 1 + the summed odds of all other words in the passages that were read."""
    relevance: float
    """Weight of the passage's relevance, a logit."""
    search: float
    """Weight of the passage's fused score in the search, 0..1."""
    bias: float

    def probability(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the probabilities, (N,), of candidates with features (N, 4) in the order of `FEATURES`."""
        logits = features @ np.array([getattr(self, feature) for feature in FEATURES]) + self.bias
        return np.asarray(np.exp(-np.logaddexp(0.0, -logits)))  # the plain form overflows


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
        weights = {name: float(value) for name, value in json.loads(file.read_text("utf-8")).items()}
        if not np.isfinite(list(weights.values())).all():
            raise ValueError("a weight is not finite")
        return Calibration(**weights)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelUnavailable(
            f"The reader's calibration {file} cannot be read ({error}).",
            "Restore the folder from the project's repository, or run: python -m training.calibrate",
        ) from error
