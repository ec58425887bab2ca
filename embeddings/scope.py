"""Which documents a question is limited to."""

from dataclasses import dataclass, replace
from datetime import date

from embeddings.errors import ArticlesError


class BadScope(ArticlesError):
    """A limit cannot be understood."""


@dataclass(frozen=True)
class Scope:
    """Limits on the documents that are searched. All that are given must hold; without any, all documents are searched."""

    within: tuple[str, ...] = ()
    """Paths of documents, or of folders of the corpus, or `Address`es; a document must be one of them or be in one of them."""
    authors: tuple[str, ...] = ()
    """Words of the author's name, in any case; one of them must be in it."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes; the document's must be one of them."""
    after: str | None = None
    """The first day, ISO 8601, that day included; documents without a date are left out."""
    before: str | None = None
    """The last day, likewise."""
    folders: tuple[str, ...] = ()
    """Names of folders; the document must be in one of them."""
    labels: tuple[str, ...] = ()
    """In any case; the document must have one of them, stated in it or given by a person."""

    def __post_init__(self) -> None:
        for day in filter(None, (self.after, self.before)):
            try:
                date.fromisoformat(day)
            except ValueError as error:
                raise BadScope(f"{day} is not a day.", "Write it as 2025-03-31.") from error

    def __bool__(self) -> bool:
        return any((self.within, self.authors, self.languages, self.after, self.before, self.folders, self.labels))

    def narrowed(self, after: str | None, before: str | None) -> "Scope":
        """Return the scope also limited to these days, both included; None is open."""
        return replace(
            self,
            after=max(filter(None, (self.after, after)), default=None),
            before=min(filter(None, (self.before, before)), default=None),
        )


EVERYTHING = Scope()
"""No limits."""
