"""The readers, one for each format."""

from posixpath import splitext

from embeddings.documents.readers.plain_text import PLAIN_TEXT
from embeddings.documents.readers.reader import Reader

READERS: dict[str, Reader] = {".txt": PLAIN_TEXT, ".md": PLAIN_TEXT}
"""By the suffix of the file's name, in lower case."""


def reader_of(path: str) -> Reader:
    """Return the reader for a file that `is_supported`."""
    return READERS[_suffix(path)]


def is_supported(path: str) -> bool:
    """Tell by its suffix whether a file is of a format that can be read."""
    return _suffix(path) in READERS


def _suffix(path: str) -> str:
    return splitext(path)[1].lower()  # a tenth of a PurePosixPath's time, for every file of the folder
