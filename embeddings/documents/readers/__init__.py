"""Readers: a function a format, from the file's bytes and its name to canonical text and page starts."""

from collections.abc import Callable
from posixpath import splitext

from embeddings.documents.readers.plain_text import read_plain_text

READERS: dict[str, Callable[[bytes, str], tuple[str, tuple[int, ...]]]] = {
    ".txt": read_plain_text,
    ".md": read_plain_text,
}


def is_supported(path: str) -> bool:
    """Tell by its suffix whether a file is of a format that can be read."""
    return splitext(path)[1].lower() in READERS  # a tenth of a PurePosixPath's time, for every file of the folder
