"""Cut documents into chunks."""

from dataclasses import dataclass
from functools import cached_property

from embeddings.config import ChunkingConfig
from embeddings.documents.chunks import Chunk, chunk_apart, chunk_document, content_key
from embeddings.documents.document import Document
from embeddings.documents.isolation import SHORT_CHARS


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
