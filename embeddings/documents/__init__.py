"""Documents, what is recognised in them, and the chunks they are cut into."""

from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.chunks import Chunk, chunk_document
from embeddings.documents.document import Document
from embeddings.documents.metadata import Metadata
from embeddings.documents.readers import READERS, is_supported
from embeddings.documents.sentences import Span, paragraph_spans, sentence_spans

# `embeddings.documents.read_document` reads a file of any format.
__all__ = [
    # Read
    "READERS",
    "is_supported",
    # The document and what is recognised in it
    "Document",
    "Boilerplate",
    "Metadata",
    # Cut
    "Span",
    "paragraph_spans",
    "sentence_spans",
    "Chunk",
    "chunk_document",
]
