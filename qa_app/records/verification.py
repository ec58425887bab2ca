"""Check a receipt against the articles as they are now: is each quote still there?"""

from dataclasses import dataclass
from typing import Literal, Protocol

from embeddings.documents.document import Document
from qa_app.citations import is_exact, page_of
from qa_app.records.receipts import Quote, Receipt, Texts, text_sha256
from qa_app.types import Citation

State = Literal["there", "moved", "changed", "gone"]
"""there: the same words at the same place; moved: they stand elsewhere, in this article or in another; changed: the article
is there and no article holds the words; gone: neither."""


class SearchedTexts(Texts, Protocol):
    """Where articles are read and searched: a `Snapshot`, or a `Store` without any model."""

    def paths_holding(self, words: str) -> list[str]: ...


@dataclass(frozen=True)
class Place:
    """Where the words of a quote stand now."""

    document: str
    """Path relative to the corpus folder."""
    title: str
    start: int
    end: int
    """Characters of the canonical text, [start, end)."""
    page: int | None
    """Counts from 1; None for formats without pages."""


@dataclass(frozen=True)
class Verified:
    """What became of a quote."""

    citation: Citation
    state: State
    now: Place | None
    """Where it stands; None when it is changed or gone."""
    article_changed: bool
    """The article's text is another than that of the receipt, or it is gone. Of a quote that is "changed" although its article
    is not, the receipt was altered: these words never stood there."""


def verify(receipt: Receipt, texts: SearchedTexts) -> tuple[Verified, ...]:
    """Return what became of each quote, in order."""
    return tuple(_verify(quote, texts) for quote in receipt.quotes)


def holds(verified: tuple[Verified, ...]) -> bool:
    """Tell whether the words of every quote stand in the articles; so they do when there is none."""
    return all(quote.now for quote in verified)


def _verify(quote: Quote, texts: SearchedTexts) -> Verified:
    citation = quote.citation
    document = texts.document(citation.document)
    changed = document is None or text_sha256(document.text) != quote.text_sha256
    if document and is_exact(citation, document):
        return Verified(citation, "there", _place(document, citation.start, citation), changed)
    moved = (_nearest(document, citation) if document else None) or _elsewhere(quote, texts)
    if moved:
        return Verified(citation, "moved", moved, changed)
    return Verified(citation, "changed" if document else "gone", None, changed)


def _elsewhere(quote: Quote, texts: SearchedTexts) -> Place | None:
    """Return where another article holds the words: the same text under another name goes first, then the order of paths."""
    first = None
    for path in texts.paths_holding(quote.citation.quote):
        document = texts.document(path)
        if document is None:
            continue
        place = _nearest(document, quote.citation)
        if text_sha256(document.text) == quote.text_sha256:
            return place
        first = first or place
    return first


def _nearest(document: Document, citation: Citation) -> Place | None:
    """Return the place of the words in a document that is nearest to where they were quoted; of two, the earlier."""
    before = document.text.rfind(citation.quote, 0, citation.end)  # ends at the old end or before it
    after = document.text.find(citation.quote, citation.start)
    found = [start for start in (before, after) if start >= 0]
    if not found:
        return None
    return _place(document, min(found, key=lambda start: abs(start - citation.start)), citation)


def _place(document: Document, start: int, citation: Citation) -> Place:
    end = start + len(citation.quote)
    return Place(document.path, document.title, start, end, page_of(document, start))
