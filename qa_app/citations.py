"""Number the quotes of an answer; a quote that is not exact to the character is withheld."""

import logging
from bisect import bisect_right
from collections.abc import Sequence

from embeddings.documents.blocks import Kind, Span
from embeddings.documents.document import Address, Document
from embeddings.index import Snapshot
from qa_app.config import AnswerConfig
from qa_app.types import Candidate, Citation, Quoted

logger = logging.getLogger(__name__)


def cite(
    candidates: Sequence[Candidate], snapshot: Snapshot, marked: float = AnswerConfig.marked
) -> list[tuple[Candidate, Citation]]:
    """Number the candidates in order; two from the same sentence share a number.

    A short answer is marked in its quote if it is right with the probability `marked`, 0..1, or more. A candidate whose words
    are not in the stored article at its offsets is withheld and logged.
    """
    documents: dict[Address, Document | None] = {}
    numbered: dict[tuple[Address, int, int], Citation] = {}
    cited = []
    for candidate in candidates:
        chunk = candidate.passage.chunk
        if chunk.address not in documents:
            documents[chunk.address] = snapshot.document(*chunk.address)
        document = documents[chunk.address]
        key = (chunk.address, candidate.start, candidate.end)
        citation = numbered.get(key) or Citation(
            n=len(numbered) + 1,
            document=chunk.document,
            title=chunk.title,
            date=chunk.date,
            start=candidate.start,
            end=candidate.end,
            quote=candidate.sentence,
            page=page_of(document, candidate.start) if document else None,
            passage_start=min(chunk.start, candidate.start),
            passage_end=max(chunk.end, candidate.end),
            short=candidate.short if candidate.words_score >= marked else None,
            context=context_of(candidate, document) if document else (),
            copies=tuple(dict.fromkeys(str(copy.address) for copy in candidate.passage.copies)),
            shown=chunk.shown(candidate.start, candidate.end),
            folder=chunk.folder,
        )
        if is_exact(citation, document):
            numbered[key] = citation
            cited.append((candidate, citation))
        else:
            logger.error("quote withheld: its words are not in %s at [%d, %d)", *key)
    return cited


def citations_of(cited: Sequence[tuple[Candidate, Citation]]) -> tuple[Citation, ...]:
    """Return the citations of `cite`, each number once."""
    return tuple({citation.n: citation for _, citation in cited}.values())


def cite_words(document: Document, span: Span, n: int, short: Span | None = None) -> Citation:
    """Return a citation of the words at `span` of a document, [start, end) of its canonical text."""
    start, end = span
    return Citation(
        n=n,
        document=document.path,
        title=document.title,
        date=document.date,
        start=start,
        end=end,
        quote=document.text[start:end],
        page=page_of(document, start),
        passage_start=start,
        passage_end=end,
        short=short,
        folder=document.folder,
    )


def context_of(candidate: Candidate, document: Document) -> tuple[Quoted, ...]:
    """Return the stretches that say what a candidate is about: headings, its speaker, the names of its table's columns."""
    chunk = candidate.passage.chunk
    own = next((unit for unit in chunk.units if unit.start == candidate.start), None)
    read_with = [part.span for part in own.parts if part.span and not own.is_inside(part)] if own else []
    kind = Kind.TABLE_HEADER if own and own.is_row else Kind.SPEAKER
    stretches = [
        *((each.kind, each.start, each.end) for each in chunk.context if each.kind is not Kind.TITLE),
        *([(kind, min(start for start, _ in read_with), max(end for _, end in read_with))] if read_with else []),
    ]
    return tuple(
        Quoted(kind.value, start, end, document.text[start:end])
        for kind, start, end in stretches
        if (start, end) != (candidate.start, candidate.end)
    )


def is_exact(citation: Citation, document: Document | None) -> bool:
    """Return whether the document has exactly the quoted words, and those of their context, at their offsets."""
    stretches = [(citation.start, citation.end, citation.quote)]
    stretches += [(each.start, each.end, each.quote) for each in citation.context]
    return document is not None and all(words and document.text[start:end] == words for start, end, words in stretches)


def page_of(document: Document, position: int) -> int | None:
    """Return the page, from 1, of the character at `position`; None for a format without pages."""
    return bisect_right(document.page_starts, position) or None
