"""What can be asked of the collection as a catalogue: articles by date, origin and the words that they hold."""

from dataclasses import dataclass

from embeddings.documents.document import Address
from embeddings.scope import EVERYTHING, Scope


@dataclass(frozen=True)
class Wanted:
    """The articles of a catalogue question: all that are given must hold."""

    scope: Scope = EVERYTHING
    origins: tuple[str, ...] = ()
    """Sources or authors, exactly as stored; the article must name one of them."""
    phrase: str = ""
    """Words that the title or the text must hold beside each other, in this order, inflected or not."""
    words: tuple[str, ...] = ()
    """Words that the title or the text must hold, anywhere."""
    title_words: tuple[str, ...] = ()
    """Words that the title must hold."""


@dataclass(frozen=True)
class CatalogueEntry:
    """What the index knows of an article without its text."""

    path: str
    title: str
    date: str | None
    source: str | None
    author: str | None
    folder: str | None = None
    """As in `Document`."""

    @property
    def address(self) -> Address:
        return Address(self.path, self.folder)


@dataclass(frozen=True)
class Origin:
    """A source or author that articles name."""

    name: str
    is_author: bool
    articles: int
    """Number of the articles that name it."""
