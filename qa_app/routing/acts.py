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
BEYOND = "beyond"
"""The act of asking for what the program can't do: make something, do something, know the time or the weather."""

_INSTALLED = Path(__file__).parent / "weights"  # where the wheel puts models/acts; see pyproject.toml
ACTS_FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).resolve().parents[2] / "models" / "acts"
WEIGHTS = "acts.json"


@dataclass(frozen=True)
class ActClassifier:
    """A softmax regression: the probabilities are softmax(weights @ vector + bias)."""

    encoder_sha256: str
    """Of the weights of the encoder whose vectors it reads; another's mean something else."""
    acts: tuple[str, ...]
    weights: npt.NDArray[np.float32]  # (acts, dimension)
    bias: npt.NDArray[np.float32]  # (acts,)

    def reads(self, encoder: EncoderIdentity) -> bool:
        """Return whether it was made for the vectors of this encoder."""
        return encoder.weights_sha256 == self.encoder_sha256

    def likeliest(self, vector: Vectors) -> tuple[str, float]:
        """Return the likeliest act of a message with this vector, (dimension,), and its probability, 0..1."""
        logits = self.weights @ vector + self.bias
        shares = np.exp(logits - logits.max())
        best = int(shares.argmax())
        return self.acts[best], float(shares[best] / shares.sum())


def open_acts(folder: Path = ACTS_FOLDER) -> ActClassifier:
    """Open the classifier in `folder`, by default the shipped one.

    Raises:
        ModelUnavailable: its file is missing or malformed.
    """
    file = folder / WEIGHTS
    try:
        values = json.loads(file.read_text("utf-8"))
        acts = tuple(map(str, values["acts"]))
        weights, bias = (np.array(values[name], dtype=np.float32) for name in ("weights", "bias"))
        if weights.ndim != 2 or (len(weights), bias.shape) != (len(acts), (len(acts),)):
            raise ValueError(f"weights {weights.shape} and bias {bias.shape} for {len(acts)} acts")
        return ActClassifier(str(values["encoder_sha256"]), acts, weights, bias)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelUnavailable(
            f"The classifier of messages {file} cannot be read ({error}).", "Restore it from the project's repository."
        ) from error
