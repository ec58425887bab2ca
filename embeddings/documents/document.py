"""`Document`: the text of one file, and the metadata and boilerplate found in it."""

from dataclasses import dataclass

from embeddings.documents.boilerplate import Boilerplate


@dataclass(frozen=True)
class Document:
    """The canonical text of a file, to which every offset refers, with its metadata and boilerplate."""

    path: str
    """Relative to the corpus folder, with `/` as separator."""
    title: str
    date: str | None
    """ISO 8601, `YYYY-MM-DD`."""
    source: str | None
    """An agency, a publisher or a URL."""
    text: str
    page_starts: tuple[int, ...]
    """Where each page begins in `text`, in characters; empty for formats without pages."""
    boilerplate: tuple[Boilerplate, ...]
    """Left out of the chunks; sorted, not overlapping."""
    file_sha256: str
    """Of the file's bytes, in hexadecimal."""
