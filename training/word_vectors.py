"""Similarity of terms by the encoder's word embeddings: cheap, and high for words of the same part of speech and topic."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from tokenizers import Tokenizer


class WordVectors:
    """Vectors of terms: the mean of their word piece embeddings, centred, with unit length."""

    def __init__(self, encoder: Path) -> None:
        table = load_file(encoder / "model.safetensors")["embeddings.word_embeddings.weight"].astype(np.float32)
        self._table = table - table.mean(0)  # (vocabulary, dimension)
        self._tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def of(self, terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (N, dimension) float32, with unit length (zero for a term without word pieces)."""
        vectors = np.zeros((len(terms), self._table.shape[1]), dtype=np.float32)
        for i, encoding in enumerate(self._tokenizer.encode_batch(list(terms), add_special_tokens=False)):
            if encoding.ids:
                vectors[i] = self._table[encoding.ids].mean(0)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return vectors
