"""A file of the corpus as a `Document`: the one door for every format."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import splitext

from embeddings.documents.boilerplate import Furniture, find_furniture
from embeddings.documents.decoding import decode_text
from embeddings.documents.metadata import read_metadata
from embeddings.errors import UnreadableFile


@dataclass(frozen=True)
class Document:
    """An article: its canonical text, to which every offset refers, and what was recognised in it."""

    path: str
    """Relative to the corpus folder, with `/`."""
    title: str
    date: str | None
    """ISO 8601, `YYYY-MM-DD`."""
    source: str | None
    """An agency, a publisher or a URL."""
    text: str
    page_starts: tuple[int, ...]
    """Where each page begins in `text`, in characters; empty for formats without pages."""
    furniture: tuple[Furniture, ...]
    """What stays out of the chunks, in order, not overlapping."""
    file_sha256: str
    """Of the file's bytes, in hexadecimal."""


def _read_plain_text(data: bytes, name: str) -> tuple[str, tuple[int, ...]]:
    return decode_text(data, name), ()


# A format is a function from the file's bytes and its name to canonical text and page starts.
READERS: dict[str, Callable[[bytes, str], tuple[str, tuple[int, ...]]]] = {
    ".txt": _read_plain_text,
    ".md": _read_plain_text,
}


def is_supported(path: str) -> bool:
    """Tell by its suffix whether a file is of a format that can be read."""
    return splitext(path)[1].lower() in READERS  # a tenth of a PurePosixPath's time, for every file of the folder


def read_document(folder: Path, path: str, max_bytes: int) -> Document:
    """Read the file `path`, relative to `folder`.

    Raises:
        UnreadableFile: it has vanished, may not be read, is over `max_bytes`, or holds no text.
    """
    data = _read_bytes(folder / path, path, max_bytes)
    text, page_starts = READERS[PurePosixPath(path).suffix.lower()](data, path)
    metadata = read_metadata(text, path)
    return Document(
        path=path,
        title=metadata.title,
        date=metadata.date,
        source=metadata.source,
        text=text,
        page_starts=page_starts,
        furniture=find_furniture(text, metadata),
        file_sha256=hashlib.sha256(data).hexdigest(),
    )


def _read_bytes(file: Path, name: str, max_bytes: int) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise UnreadableFile(f"{name} vanished while it was being read.", "Sync again.") from error
    except OSError as error:
        raise UnreadableFile(
            f"{name} cannot be read: {error.strerror}.", "Mend its permissions or delete it."
        ) from error
    if len(data) > max_bytes:
        limit = f"{max_bytes / 1e6:g} MB"
        raise UnreadableFile(f"{name} is over the limit of {limit}.", "Split it into smaller files.")
    return data
