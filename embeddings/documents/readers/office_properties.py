"""Read the title, author and date that DOCX, PPTX and XLSX files state in their core properties."""

import re
from dataclasses import dataclass

from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.zipped import Archive, child

_DAY = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:T|$)")


@dataclass(frozen=True)
class Properties:
    """What a file states of itself; None for what it doesn't."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    """The day of its creation, `YYYY-MM-DD`."""


def read_properties(archive: Archive) -> Properties:
    """Return the core properties of an Office Open XML file."""
    for part in archive.related("", "core-properties"):
        root = archive.xml(part)
        texts = [child(root, name) for name in ("title", "creator", "created")]
        title, author, created = ("" if e is None else stated_words(e.text) for e in texts)
        return Properties(title or None, author or None, stated_day(created))
    return Properties()


def stated_words(words: str | None) -> str:
    """Return a property's words in one line."""
    return " ".join(clean(words or "").split())


def stated_day(value: str | None) -> str | None:
    """Return the day of an ISO 8601 date or time; None if it is not one, or of a year only."""
    match = _DAY.match((value or "").strip())
    return match[1] if match else None
