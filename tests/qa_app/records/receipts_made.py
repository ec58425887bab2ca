"""Build receipts for tests by hand, of answers from small articles, without a model."""

from embeddings.documents.document import Address, Document
from qa_app.records.receipts import Quote, ReadPassage, Receipt, text_sha256
from qa_app.types import Citation
from tests.documents_made import made_document


def article(text: str, path: str = "a.txt") -> Document:
    return made_document(text, path, title=f"Title of {path}", date="2024-05-17")


class Articles:
    """Articles in memory, read and searched like those of a store."""

    def __init__(self, *documents: Document) -> None:
        self._documents = {document.address: document for document in documents}

    def document(self, path: str, folder: str | None = None) -> Document | None:
        return self._documents.get(Address(path, folder))

    def addresses_holding(self, words: str) -> list[Address]:
        return sorted(address for address, document in self._documents.items() if words in document.text)


def quote(document: Document, start: int, end: int, n: int = 1, short: tuple[int, int] | None = None) -> Quote:
    words = document.text[start:end]
    citation = Citation(n, document.path, document.title, document.date, start, end, words, None, start, end, short)
    return Quote(citation, text_sha256(document.text))


def read(document: Document, start: int, end: int) -> ReadPassage:
    return ReadPassage(document.path, text_sha256(document.text), start, end, 0.5, None, 0.4, 0.75)


def made(*quotes: Quote, passages: tuple[ReadPassage, ...] = (), question: str = "How high is the tower?") -> Receipt:
    first = quotes[0].citation if quotes else None
    return Receipt(
        made_at="2026-01-02T03:04:05+00:00",
        question=question,
        searched_for=question,
        text="\n\n".join(f"{q.citation.quote} [{q.citation.n}]" for q in quotes) or "The articles don't say.",
        short_answer=first.quote[slice(*first.short_in_quote)] if first and first.short_in_quote else None,
        abstained=not quotes,
        confidence=0.75 if quotes else 0.01,
        threshold=0.02,
        doubtful=False,
        quotes=quotes,
        passages=passages,
        writer=None,
        sentences=(),
        notice=None,
        timings_ms={"total": 12.5},
        encoder="words 12345678",
        reader="87654321 12345678",
        build="0001",
        generation=3,
    )
