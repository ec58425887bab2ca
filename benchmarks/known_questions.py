"""An encoder with precomputed question vectors, so that a benchmark times the search alone."""

from collections.abc import Iterable, Sequence

from embeddings.encoders.encoder import EncoderIdentity, Vectors
from embeddings.encoders.sentence_encoder import SentenceEncoder


class KnownQuestions:
    """Wraps an encoder; `encode_query` looks up vectors that were computed in one batch at the start."""

    def __init__(self, encoder: SentenceEncoder, queries: Iterable[str]) -> None:
        unique = list(dict.fromkeys(queries))
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = dict(zip(unique, encoder.encode_documents(unique), strict=True))

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    @property
    def cosine_floor(self) -> float:
        return self._encoder.cosine_floor

    def encode_query(self, query: str) -> Vectors:
        return self._vectors[query]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_documents(texts)
