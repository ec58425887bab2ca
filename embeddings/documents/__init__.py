"""Read files as documents, recognise metadata and boilerplate in them, and cut them into chunks."""

from embeddings.documents.blocks import Block, Kind, Span
from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.chunks import Chunk, chunk_document
from embeddings.documents.document import Document
from embeddings.documents.metadata import Metadata
from embeddings.documents.readers import READERS, is_supported
from embeddings.documents.sentences import sentence_spans
from embeddings.documents.units import Context, Part, Unit

# `embeddings.documents.read_document` reads a file of any format.
__all__ = [
    # Read
    "READERS",
    "is_supported",
    # The document and what is recognised in it
    "Document",
    "Boilerplate",
    "Metadata",
    # Its structure
    "Span",
    "Kind",
    "Block",
    # Cut
    "sentence_spans",
    "Part",
    "Unit",
    "Context",
    "Chunk",
    "chunk_document",
]
