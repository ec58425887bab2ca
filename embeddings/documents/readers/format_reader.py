"""The interface of a file reader."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reader:
    """Reads the files of one format."""

    name: str
    """Name of the format; unique."""
    version: int
    """Increase it when the same file yields different text: `sync` then reads the files of this format again."""
    read: Callable[[bytes, str], tuple[str, tuple[int, ...]]]
    """Takes a file's bytes and name; returns its canonical text and the character offsets of its pages.

    Raises UnreadableFile if the file has no text.
    """
