"""Build documents and chunks for tests by hand, without a file or an index."""

from typing import Any

from embeddings.documents.document import Document
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.sections import plain_units
from embeddings.storage.rows import StoredChunk


def made_document(text: str, path: str = "a.txt", **fields: Any) -> Document:
    """Return a document with this text, its blocks those of plain text; `fields` replace other values."""
    values: dict[str, Any] = {
        "path": path,
        "file": path,
        "title": path.removesuffix(".txt"),
        "date": None,
        "date_origin": None,
        "author": None,
        "source": None,
        "language": None,
        "text": text,
        "blocks": plain_text_blocks(text),
        "page_starts": (),
        "boilerplate": (),
        "file_sha256": "",
    }
    return Document(**{**values, **fields})


def made_chunk(
    text: str,
    *,
    document: str = "a.txt",
    title: str = "Title",
    date: str | None = None,
    start: int = 0,
    chunk_id: int = 1,
) -> StoredChunk:
    """Return a chunk with this text, from `start` of its document, its units those of plain text."""
    units = plain_units(" " * start + text, start, start + len(text))
    return StoredChunk(chunk_id, document, title, date, start, start + len(text), text, units)
