"""Open what answering needs: the index, the encoder that made it, and a reader."""

from dataclasses import dataclass
from pathlib import Path

from embeddings.encoder import SentenceEncoder
from embeddings.index import Index, recorded_encoder
from qa_app.config import AssistantConfig
from qa_app.reading import Reader


@dataclass(frozen=True)
class Assistant:
    """Opened once and shared by every thread."""

    index: Index
    reader: Reader
    config: AssistantConfig


def open_assistant(
    index: Path, config: AssistantConfig | None = None, encoder: SentenceEncoder | None = None
) -> Assistant:
    """Open the assistant over an index.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch, ModelUnavailable: as they say.
    """
    from qa_app.reader.span_reader import open_reader  # not before the page is up: it brings torch

    encoder = encoder or SentenceEncoder(recorded_encoder(index))
    return Assistant(Index(index, encoder), open_reader(), config or AssistantConfig())
