"""Small deterministic fakes."""

import hashlib
import re
import time
import zlib
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from embeddings.encoders.encoder import EncoderIdentity, Vectors
from embeddings.encoders.prefixes import Prefixes, given_prefixes


class WordEncoder:
    """An encoder without a model: unit vectors of hashed word counts, so shared words give a high cosine."""

    def __init__(
        self, name: str = "words", dimension: int = 64, seconds_per_text: float = 0.0, download: bool = False
    ) -> None:
        self._identity = EncoderIdentity(name, hashlib.sha256(name.encode()).hexdigest(), dimension)
        self._seconds_per_text = seconds_per_text
        self.texts: list[str] = []
        """Every text encoded as a document, in order."""
        self.queries: list[str] = []
        self.prefixes = Prefixes("", "")

    @classmethod
    def recorded(cls, identity: EncoderIdentity) -> "WordEncoder":
        encoder, prefixes = cls(identity.name), given_prefixes(identity)
        return encoder.with_prefixes(prefixes) if prefixes else encoder

    def with_prefixes(self, prefixes: Prefixes) -> "WordEncoder":
        other = copy(self)
        other.prefixes = prefixes
        other._identity = replace(self._identity, query_prefix=prefixes.query, passage_prefix=prefixes.passage)
        return other

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    @property
    def cosine_floor(self) -> float:
        return 0.0

    @property
    def encoded(self) -> int:
        """Number of texts encoded as documents."""
        return len(self.texts)

    def encode_query(self, query: str) -> Vectors:
        self.queries.append(query)
        return self._vector(self.prefixes.query + query)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._identity.dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            time.sleep(self._seconds_per_text)
            vectors[i] = self._vector(self.prefixes.passage + text)
            self.texts.append(text)
        return vectors

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self._identity.dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [text]:
            vector[zlib.crc32(word.encode()) % self._identity.dimension] += 1
        vector /= np.linalg.norm(vector)
        return vector
