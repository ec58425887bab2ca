"""Open what answering needs: the index, the encoder that built it, a reader, and the threshold fitted for them."""

import hashlib
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from embeddings.encoders.encoder import Encoder, EncoderIdentity
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index, recorded_encoder
from qa_app.config import AnswerConfig, AssistantConfig
from qa_app.reading.reader import Reader
from qa_app.routing.acts import ActClassifier, open_acts
from qa_app.threshold import fitted_threshold

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assistant:
    """What answers questions. Open it once and share it between threads."""

    index: Index
    reader: Reader
    config: AssistantConfig
    acts: ActClassifier | None = None
    """Recognises small talk, if it reads the encoder's vectors; None does without."""


def open_assistant(index: Path, config: AssistantConfig | None = None, encoder: Encoder | None = None) -> Assistant:
    """Open the assistant over an index.

    Args:
        index: the index's folder.
        config: used as given; None uses the default, with the threshold fitted for the index if there is one.
        encoder: the one that built the index; None loads the one that the index names.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch: the index cannot be used.
        ModelUnavailable: the encoder or the reader cannot be loaded.
    """
    from qa_app.reading.span_reader import open_reader, reader_folder  # imports torch, which would delay the page

    encoder = encoder or SentenceEncoder.recorded(recorded_encoder(index))
    opened, reader = Index(index, encoder), open_reader(reader_folder(encoder.identity.name))
    if config is None:
        threshold = fitted_threshold(index, encoder_words(encoder.identity), reader_words(encoder.identity.name))
        if threshold is not None:
            config = AssistantConfig(answer=AnswerConfig(threshold=threshold))
        elif reader.calibration.encoder_sha256 != encoder.identity.weights_sha256:
            logger.warning(
                "Confidences were calibrated with another encoder than %s, so they and the threshold may be off."
                " Fit a threshold: python -m qa_app eval QUESTIONS.jsonl --calibrate RATE --index %s",
                encoder.identity.name,
                index,
            )
        config = config or AssistantConfig()
    return Assistant(opened, reader, config, open_acts())


def encoder_words(identity: EncoderIdentity) -> str:
    """Return an encoder's label in results: its name and the first eight digits of its weights' SHA-256."""
    return f"{identity.name} {identity.weights_sha256[:8]}"


@cache  # every receipt needs it; the files do not change while the process runs
def reader_words(encoder: str) -> str:
    """Return the label in results of the reader for an encoder's name; it changes with the reader's confidences.

    Eight digits each of the SHA-256 of the manifest, which names the weights, and of the calibration.
    """
    from qa_app.reading.confidence import CALIBRATION
    from qa_app.reading.model import MANIFEST
    from qa_app.reading.span_reader import reader_folder

    files = (reader_folder(encoder) / MANIFEST, reader_folder(encoder) / CALIBRATION)
    return " ".join(hashlib.sha256(file.read_bytes()).hexdigest()[:8] for file in files)
