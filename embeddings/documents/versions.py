"""Versions of the code that read, chunked and stemmed a document, stored with it so that a file is read again when the code changes."""

from embeddings.documents import boilerplate, chunks, metadata, stemming
from embeddings.documents.readers import reader_of


def versions_for(path: str) -> str:
    """Return the versions of the code that reads, chunks and stems a file of this format.

    For example "plain text 1, metadata 2, boilerplate 1, chunks 1, stems 1".
    """
    reader = reader_of(path)
    rules = {
        "metadata": metadata.VERSION,
        "boilerplate": boilerplate.VERSION,
        "chunks": chunks.VERSION,
        "stems": stemming.VERSION,
    }
    return ", ".join(f"{name} {version}" for name, version in {reader.name: reader.version, **rules}.items())
