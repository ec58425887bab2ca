"""What a reader of one format is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reader:
    """Reads the files of one format."""

    name: str
    """Of the format, in words; no other reader has it."""
    version: int
    """Raised when the same file gives another text: `sync` then reads the files of this format again."""
    read: Callable[[bytes, str], tuple[str, tuple[int, ...]]]
    """From a file's bytes and its name to its canonical text and where its pages begin in it, in characters.

    Raises UnreadableFile when the file holds no text.
    """
