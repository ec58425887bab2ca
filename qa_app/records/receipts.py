"""The receipt of an answer: everything it was based on, so that it can be shown again and checked later."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timezone
from typing import Any, Final, Literal, Protocol

from pydantic import ConfigDict, TypeAdapter

from embeddings.config import ChunkingConfig
from embeddings.documents.chunks import Chunk, chunk_document
from embeddings.documents.document import Address, Document
from embeddings.documents.sections import plain_units
from embeddings.errors import ArticlesError
from embeddings.storage.rows import StoredChunk
from qa_app.assistant import Assistant, encoder_words, reader_words
from qa_app.strict_json import read_json
from qa_app.types import Answer, AnswerBase, Citation, Passage

FORMAT: Final = 1
"""Increased whenever receipts of older programs can no longer be read unchanged."""

# JSON has no infinity or NaN; refusing them here means that every receipt that was read can be written again.
_FINITE = ConfigDict(allow_inf_nan=False)
# The chunk id of a passage restored from a receipt, which is not a row of an index: SQLite's rows start at 1.
_NO_CHUNK = 0


class BrokenReceipt(ArticlesError):
    """The input is not a receipt, or not one that this program can read."""


class Texts(Protocol):
    """A source of articles: a `Snapshot`, or a `Store`, which needs no model."""

    def document(self, path: str, folder: str | None = None) -> Document | None: ...


@dataclass(frozen=True)
class Quote:
    """A citation with the state of the article that it was taken from."""

    citation: Citation
    text_sha256: str | None
    """Of the article's canonical text in UTF-8, in hexadecimal; for a UTF-8 file with `\\n` newlines and no byte order
    mark, that is the SHA-256 of the file. None for an article that changed while the answer was being made."""


@dataclass(frozen=True)
class ReadPassage:
    """A passage that was read, without its text; for the scores see `qa_app.types.Passage`."""

    __pydantic_config__ = _FINITE
    document: str
    """Path relative to its folder."""
    text_sha256: str | None
    """As in `Quote`."""
    start: int
    end: int
    """Characters of the document's canonical text, [start, end)."""
    dense: float
    lexical: float | None
    fused: float
    reader: float | None
    folder: str | None = None
    """As in `Citation`."""

    @property
    def address(self) -> Address:
        return Address(self.document, self.folder)


@dataclass(frozen=True, kw_only=True)
class Receipt(AnswerBase):
    """An answer with what produced it. Its fields are those of the JSON."""

    __pydantic_config__ = _FINITE
    format: Literal[1] = FORMAT
    made_at: str
    """ISO 8601, UTC."""
    quotes: tuple[Quote, ...]
    passages: tuple[ReadPassage, ...]
    encoder: str
    reader: str
    """Labels of the two; see `qa_app.assistant.encoder_words` and `reader_words`."""


_RECEIPT = TypeAdapter(Receipt)


def receipt(answer: Answer, assistant: Assistant, texts: Texts) -> Receipt:
    """Return the receipt of an answer that was just made.

    `texts` may be newer than the answer: an article that no longer has the words that the answer took from it is recorded
    without its SHA-256.
    """
    documents = _documents([c.address for c in answer.citations] + [p.chunk.address for p in answer.passages], texts)

    def text_sha256(address: Address, start: int, end: int, words: str) -> str | None:
        document, digest = documents[address]
        return digest if document and document.text[start:end] == words else None

    return Receipt(
        **_shared(answer),
        made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        quotes=tuple(Quote(c, text_sha256(c.address, c.start, c.end, c.quote)) for c in answer.citations),
        passages=tuple(
            ReadPassage(
                document=p.chunk.document,
                text_sha256=text_sha256(p.chunk.address, p.chunk.start, p.chunk.end, p.chunk.text),
                start=p.chunk.start,
                end=p.chunk.end,
                dense=p.dense,
                lexical=p.lexical,
                fused=p.fused,
                reader=p.reader,
                folder=p.chunk.folder,
            )
            for p in answer.passages
        ),
        encoder=encoder_words(assistant.index.encoder.identity),
        reader=reader_words(assistant.index.encoder.identity.name),
    )


def answer_of(receipt: Receipt, texts: Texts) -> Answer:
    """Return the answer as it can be shown now.

    Passages of articles that were changed or removed are left out. Quotes stay as they were: compare them with the stored
    article before showing them, see `qa_app.citations.is_exact`.
    """
    documents = _documents([p.address for p in receipt.passages], texts)
    passages = []
    cut: dict[Address, list[Chunk]] = {}
    for read in receipt.passages:
        document, digest = documents[read.address]
        if document and digest == read.text_sha256:
            if read.address not in cut:
                cut[read.address] = chunk_document(document, ChunkingConfig())
            chunk = _chunk(document, read.start, read.end, cut[read.address])
            passages.append(Passage(chunk, read.dense, read.lexical, read.fused, read.reader))
    return Answer(
        **_shared(receipt), citations=tuple(quote.citation for quote in receipt.quotes), passages=tuple(passages)
    )


def _chunk(document: Document, start: int, end: int, chunks: Iterable[Chunk]) -> StoredChunk:
    """Return the passage [start, end), which is one of the document's chunks unless documents were cut otherwise then."""
    found = (each for each in chunks if (each.start, each.end) == (start, end))
    chunk = next(found, None) or Chunk(document, plain_units(document.text, start, end), ())
    words = document.text[start:end]
    return StoredChunk(
        _NO_CHUNK,
        document.path,
        document.title,
        document.date,
        start,
        end,
        words,
        chunk.units,
        chunk.context,
        document.folder,
    )


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a canonical text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def receipt_values(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON values: its fields by name."""
    return asdict(receipt)


def receipt_json(receipt: Receipt, indent: int | None = 2) -> str:
    """Return a receipt as JSON."""
    return json.dumps(receipt_values(receipt), ensure_ascii=False, indent=indent, allow_nan=False)


def parse_receipt(text: str) -> Receipt:
    """Return the receipt that `receipt_json` wrote; unknown fields are ignored.

    Raises:
        BrokenReceipt: the text is not a receipt, has another format, or contradicts itself; the message says what and
            where.
    """
    try:
        return _checked(read_json(_RECEIPT, text))
    except ValueError as error:
        raise broken("The receipt", error) from error


def receipt_of(values: Any) -> Receipt:
    """Return JSON values as a receipt.

    Raises:
        ValueError: they are not a receipt; the message says what is wrong.
    """
    if not isinstance(values, dict) or "quotes" not in values:
        raise ValueError("it is not the receipt of an answer")
    return _checked(read_json(_RECEIPT, json.dumps(values)))


def broken(what: str, error: Exception) -> BrokenReceipt:
    """Return the error for an input, named `what`, that cannot be read as receipts."""
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
    return BrokenReceipt(f"{what} cannot be read: {reason}.", "Export the answer again, or name another file.")


def _shared(answer: AnswerBase) -> dict[str, Any]:
    """Return the fields that an answer and its receipt share, by name."""
    return {field.name: getattr(answer, field.name) for field in fields(AnswerBase)}


def _checked(receipt: Receipt) -> Receipt:
    """Return the receipt if its values are consistent. Older programs did not name an abstention's kind.

    Raises:
        ValueError: values contradict each other; the message says where.
    """
    for i, quote in enumerate(receipt.quotes):
        _check(quote.citation, f"quotes[{i}]")
    for i, read in enumerate(receipt.passages):
        if not 0 <= read.start < read.end:
            raise ValueError(f"passages[{i}]: [{read.start}, {read.end}) is not a range of characters")
    return replace(receipt, kind="abstention") if receipt.abstained else receipt


def _check(citation: Citation, where: str) -> None:
    start, end, short = citation.start, citation.end, citation.short
    if start < 0 or end - start != len(citation.quote) or not citation.quote:
        raise ValueError(f"{where}: the quote has {len(citation.quote)} characters, but its range is [{start}, {end})")
    if not citation.passage_start <= start or not end <= citation.passage_end:
        raise ValueError(f"{where}: the quote is not inside its passage")
    for each in citation.context:
        if each.start < 0 or each.end - each.start != len(each.quote) or not each.quote:
            raise ValueError(f"{where}: the context has {len(each.quote)} characters, not [{each.start}, {each.end})")
    stretches = [(start, end), *((each.start, each.end) for each in citation.context)]
    if short is not None and not any(a <= short[0] < short[1] <= b for a, b in stretches):
        raise ValueError(f"{where}: the short answer is not inside the quote")


def _documents(addresses: Iterable[Address], texts: Texts) -> dict[Address, tuple[Document | None, str | None]]:
    """Return each article with the SHA-256 of its text; (None, None) for one that is gone."""
    found = {address: texts.document(*address) for address in dict.fromkeys(addresses)}
    return {
        address: (document, text_sha256(document.text) if document else None) for address, document in found.items()
    }
