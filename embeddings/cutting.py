"""Cut documents into chunks and encode those whose content has no stored vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from embeddings.config import ChunkingConfig
from embeddings.documents.chunks import Chunk, chunk_apart, chunk_document, content_key, encoder_input
from embeddings.documents.document import Document
from embeddings.documents.isolation import SHORT_CHARS
from embeddings.encoders.encoder import Encoder, Vectors
from embeddings.storage.store import Store


@dataclass(frozen=True)
class Cut:
    """A document with its chunks."""

    document: Document
    chunks: list[Chunk]

    @cached_property
    def keys(self) -> list[bytes]:
        """The content key of each chunk."""
        return [content_key(self.document.title, chunk.readable) for chunk in self.chunks]


def cut(document: Document, config: ChunkingConfig) -> Cut:
    """Cut a document into chunks.

    Raises:
        UnreadableFile: it cannot be done within the limits of time and memory.
    """
    is_short = len(document.text) <= SHORT_CHARS
    return Cut(document, chunk_document(document, config) if is_short else chunk_apart(document, config))


def encode_new(store: Store, encoder: Encoder, cuts: Sequence[Cut]) -> dict[bytes, Vectors]:
    """Return the vectors, (dimension,), of the chunks whose content is new to the store, by content key."""
    known = store.known_keys(key for each in cuts for key in each.keys)
    texts = {
        key: encoder_input(each.document.title, chunk.readable)
        for each in cuts
        for key, chunk in zip(each.keys, each.chunks, strict=True)
        if key not in known
    }
    vectors = encoder.encode_documents(list(texts.values()))  # (len(texts), dimension)
    return dict(zip(texts, vectors, strict=True))
