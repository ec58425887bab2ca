"""Encoders turn texts into vectors."""

from embeddings.encoders.encoder import Encoder, EncoderIdentity, Vectors
from embeddings.encoders.packaged import MULTILINGUAL_ENCODER, PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder

__all__ = [
    # The interface
    "Encoder",
    "EncoderIdentity",
    "Vectors",
    # Implementations
    "PACKAGED_ENCODER",
    "MULTILINGUAL_ENCODER",
    "SentenceEncoder",
]
