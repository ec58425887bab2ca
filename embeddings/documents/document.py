"""A `Document`: the text of one file, to which every offset refers, and what was recognised in it."""

from dataclasses import dataclass

from embeddings.documents.boilerplate import Boilerplate


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
    boilerplate: tuple[Boilerplate, ...]
    """What stays out of the chunks, in order, not overlapping."""
    file_sha256: str
    """Of the file's bytes, in hexadecimal."""
