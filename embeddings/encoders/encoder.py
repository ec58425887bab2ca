"""The interface of an encoder, which turns texts into unit vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class EncoderIdentity:
    """Identifies an encoder: equal identities give the same vectors."""

    name: str
    """The packaged encoder's name, a folder, or a name on the Hugging Face hub."""
    weights_sha256: str
    dimension: int
    query_prefix: str | None = None
    """Put before each question; None for the model's own, if it has one."""
    passage_prefix: str | None = None
    """Likewise, before each passage."""


class Encoder(Protocol):
    """Encodes queries and passages. All vectors have length 1, so their inner product is their cosine."""

    @property
    def identity(self) -> EncoderIdentity: ...

    @property
    def cosine_floor(self) -> float:
        """The cosine of unrelated texts, 0..1; 0 for an encoder that gives them about 0, as most do.

        With some, the E5s above all, every cosine lies in a narrow band: only differences between them mean something.
        """
        ...

    def encode_query(self, query: str) -> Vectors:
        """Return the query's vector, (dimension,)."""
        ...

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Return the texts' vectors, (len(texts), dimension), in order."""
        ...
