"""Check a receipt against the articles as they are now: is each quote still there?"""

from dataclasses import dataclass
from typing import Literal, Protocol

from embeddings.documents.document import Address, Document
from qa_app.citations import is_exact, page_of
from qa_app.records.receipts import Quote, Receipt, Texts, text_sha256
from qa_app.types import Citation

State = Literal["there", "moved", "changed", "gone"]
"""there: the same words at the same place; moved: the words are elsewhere, in this article or another; changed: the article
exists, but no article contains the words and those of their context; gone: the article does not exist, and no other contains the words."""


class SearchedTexts(Texts, Protocol):
    """A searchable source of articles: a `Snapshot`, or a `Store`, which needs no model."""

    def addresses_holding(self, words: str) -> list[Address]: ...


@dataclass(frozen=True)
class Place:
    """Where the words of a quote are now."""

    document: str
    """Path relative to its folder."""
    title: str
    start: int
    end: int
    """Characters of the canonical text, [start, end)."""
    page: int | None
    """From 1; None for formats without pages."""
    folder: str | None = None
    """As in `Citation`."""

    @property
    def address(self) -> Address:
        return Address(self.document, self.folder)


@dataclass(frozen=True)
class Verified:
    """The result of checking a quote."""

    citation: Citation
    state: State
    now: Place | None
    """Where the words are; None for "changed" and "gone"."""
    article_changed: bool
    """Whether the article's text differs from that of the receipt, or is gone. If a quote is "changed" but its article is
    not, the receipt was altered: the article never had these words there."""


def verify(receipt: Receipt, texts: SearchedTexts) -> tuple[Verified, ...]:
    """Check each quote of a receipt; returns the results in order."""
    return tuple(verify_quote(quote, texts) for quote in receipt.quotes)


def holds(verified: tuple[Verified, ...]) -> bool:
    """Return whether the words of every quote are in the articles; True without quotes."""
    return all(quote.now for quote in verified)


def verify_quote(quote: Quote, texts: SearchedTexts) -> Verified:
    """Check one quote."""
    citation = quote.citation
    document = texts.document(*citation.address)
    changed = document is None or text_sha256(document.text) != quote.text_sha256
    if document and is_exact(citation, document):
        return Verified(citation, "there", _place(document, citation.start, citation), changed)
    moved = (_nearest(document, citation) if document else None) or _elsewhere(quote, texts)
    if moved:
        return Verified(citation, "moved", moved, changed)
    return Verified(citation, "changed" if document else "gone", None, changed)


def _elsewhere(quote: Quote, texts: SearchedTexts) -> Place | None:
    """Return where another article contains the words: first choice is a copy of the same text, then the order of paths."""
    first = None
    for address in texts.addresses_holding(quote.citation.quote):
        document = texts.document(*address)
        if document is None:
            continue
        place = _nearest(document, quote.citation)
        if text_sha256(document.text) == quote.text_sha256:
            return place
        first = first or place
    return first


def _nearest(document: Document, citation: Citation) -> Place | None:
    """Return the occurrence of the words nearest to where they were quoted; the earlier of two equally near.

    None as well if the document no longer has the words of their context: under another heading they may say another thing.
    """
    if any(each.quote not in document.text for each in citation.context):
        return None
    before = document.text.rfind(citation.quote, 0, citation.end)  # ends at or before the old end
    after = document.text.find(citation.quote, citation.start)
    found = [start for start in (before, after) if start >= 0]
    if not found:
        return None
    return _place(document, min(found, key=lambda start: abs(start - citation.start)), citation)


def _place(document: Document, start: int, citation: Citation) -> Place:
    end = start + len(citation.quote)
    return Place(document.path, document.title, start, end, page_of(document, start), document.folder)
