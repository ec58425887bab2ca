"""Numbered quotes, exact to the character or withheld."""

import logging
from bisect import bisect_right
from collections.abc import Sequence

from embeddings.documents.document import Document
from embeddings.index import Snapshot
from qa_app.types import Candidate, Citation

logger = logging.getLogger(__name__)


def cite(candidates: Sequence[Candidate], snapshot: Snapshot) -> list[tuple[Candidate, Citation]]:
    """Number the candidates in their order; two from one sentence share a number.

    A candidate whose words do not stand in the stored article at its offsets is withheld and logged.
    """
    documents: dict[str, Document | None] = {}
    numbered: dict[tuple[str, int, int], Citation] = {}
    cited = []
    for candidate in candidates:
        chunk = candidate.passage.chunk
        if chunk.document not in documents:
            documents[chunk.document] = snapshot.document(chunk.document)
        document = documents[chunk.document]
        key = (chunk.document, candidate.start, candidate.end)
        citation = numbered.get(key) or Citation(
            n=len(numbered) + 1,
            document=chunk.document,
            title=chunk.title,
            date=chunk.date,
            start=candidate.start,
            end=candidate.end,
            quote=candidate.sentence,
            page=page_of(document, candidate.start) if document else None,
            passage_start=chunk.start,
            passage_end=chunk.end,
            short=candidate.short,
        )
        if is_exact(citation, document):
            numbered[key] = citation
            cited.append((candidate, citation))
        else:
            logger.error("quote withheld: %s [%d, %d) does not hold its words", *key)
    return cited


def is_exact(citation: Citation, document: Document | None) -> bool:
    """Tell whether the document still holds the quote at its place."""
    return (
        document is not None and bool(citation.quote) and document.text[citation.start : citation.end] == citation.quote
    )


def page_of(document: Document, position: int) -> int | None:
    """Return the page, from 1, that a character lies on; None for a format without pages."""
    return bisect_right(document.page_starts, position) or None
