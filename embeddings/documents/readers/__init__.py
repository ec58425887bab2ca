"""File readers by format."""

from posixpath import splitext

from embeddings.documents.readers.format_reader import FormatReader
from embeddings.documents.readers.markdown import MarkdownReader
from embeddings.documents.readers.plain_text import PlainTextReader

READERS: dict[str, FormatReader] = {".txt": PlainTextReader(), ".md": MarkdownReader()}
"""Readers by file name suffix, in lower case."""


def reader_of(path: str) -> FormatReader:
    """Return the reader for a supported file; see `is_supported`."""
    return READERS[_suffix(path)]


def is_supported(path: str) -> bool:
    """Return whether a file's suffix is that of a readable format."""
    return _suffix(path) in READERS


def _suffix(path: str) -> str:
    return splitext(path)[1].lower()  # ten times faster than PurePosixPath; called for every file of the folder
