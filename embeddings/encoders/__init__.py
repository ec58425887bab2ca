"""Encoders: from texts to vectors."""

from embeddings.encoders.encoder import Encoder, EncoderIdentity, Vectors
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder

__all__ = [
    # What every encoder offers
    "Encoder",
    "EncoderIdentity",
    "Vectors",
    # The encoders
    "PACKAGED_ENCODER",
    "SentenceEncoder",
]
