"""Classify a message by what its writer wants: a fact of the articles, small talk, more about the last answer, a look at the collection.

A linear layer over the packaged encoder's vector; `training/routing` makes it, docs/results/routing.md measures it.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.encoders.encoder import EncoderIdentity, Vectors
from embeddings.errors import ModelUnavailable

FACT = "fact"
"""The act of a message that the articles are searched for."""

_INSTALLED = Path(__file__).parent / "weights"  # where the wheel puts models/acts; see pyproject.toml
ACTS_FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).resolve().parents[2] / "models" / "acts"
WEIGHTS = "acts.json"


@dataclass(frozen=True)
class ActClassifier:
    """A softmax regression: the probabilities are softmax(weights @ vector + bias)."""

    acts: tuple[str, ...]
    weights: npt.NDArray[np.float32]  # (acts, dimension)
    bias: npt.NDArray[np.float32]  # (acts,)

    def likeliest(self, vector: Vectors) -> tuple[str, float]:
        """Return the likeliest act of a message with this vector, (dimension,), and its probability, 0..1."""
        logits = self.weights @ vector + self.bias
        shares = np.exp(logits - logits.max())
        best = int(shares.argmax())
        return self.acts[best], float(shares[best] / shares.sum())


def open_acts(encoder: EncoderIdentity, folder: Path = ACTS_FOLDER) -> ActClassifier | None:
    """Open the classifier in `folder`; None if it was made for another encoder, whose vectors mean something else.

    Raises:
        ModelUnavailable: its file is missing or malformed.
    """
    file = folder / WEIGHTS
    try:
        values = json.loads(file.read_text("utf-8"))
        weights, bias = (np.array(values[name], dtype=np.float32) for name in ("weights", "bias"))
        if (
            weights.shape != (len(values["acts"]), encoder.dimension)
            and encoder.weights_sha256 == values["encoder_sha256"]
        ):
            raise ValueError(f"the weights have the shape {weights.shape}")
        made_for = str(values["encoder_sha256"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelUnavailable(
            f"The classifier of messages {file} cannot be read ({error}).", "Restore it from the project's repository."
        ) from error
    return ActClassifier(tuple(values["acts"]), weights, bias) if encoder.weights_sha256 == made_for else None
