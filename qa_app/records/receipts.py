"""The receipt of an answer: all that it rested on, so that it can be shown again and checked later."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timezone
from typing import Any, Final, Literal, Protocol

from pydantic import ConfigDict, TypeAdapter

from embeddings.documents.document import Document
from embeddings.errors import ArticlesError
from embeddings.storage.rows import StoredChunk
from qa_app.assistant import Assistant, encoder_words, reader_words
from qa_app.strict_json import read_json
from qa_app.types import Answer, AnswerBase, Citation, Passage

FORMAT: Final = 1
"""Raised whenever a receipt of an older program can no longer be read as it stands."""

# JSON has no infinity and no NaN: what is read can be written again.
_FINITE = ConfigDict(allow_inf_nan=False)
# SQLite counts rows from 1: a passage that is shown again is of no index.
_NO_CHUNK = 0


class BrokenReceipt(ArticlesError):
    """What should be a receipt is none, or one that this program cannot read."""


class Texts(Protocol):
    """Where articles are read: a `Snapshot`, or a `Store` without any model."""

    def document(self, path: str) -> Document | None: ...


@dataclass(frozen=True)
class Quote:
    """A citation with the state of the article that it was made from."""

    citation: Citation
    text_sha256: str | None
    """Of the article's canonical text in UTF-8, in hexadecimal: for a UTF-8 file with `\\n` for newlines and no byte order
    mark, the file's own. None for an article that changed while the answer was being made."""


@dataclass(frozen=True)
class ReadPassage:
    """A passage that was read, by its place; the scores are those of `qa_app.types.Passage`."""

    __pydantic_config__ = _FINITE
    document: str
    """Path relative to the corpus folder."""
    text_sha256: str | None
    """As in `Quote`."""
    start: int
    end: int
    """Characters of the document's canonical text, [start, end)."""
    dense: float
    lexical: float | None
    fused: float
    reader: float | None


@dataclass(frozen=True, kw_only=True)
class Receipt(AnswerBase):
    """An answer with what made it. Its fields are those of the file."""

    __pydantic_config__ = _FINITE
    format: Literal[1] = FORMAT
    made_at: str
    """ISO 8601, UTC."""
    quotes: tuple[Quote, ...]
    passages: tuple[ReadPassage, ...]
    encoder: str
    reader: str
    """What made it; see `qa_app.assistant.encoder_words` and `reader_words`."""


_RECEIPT = TypeAdapter(Receipt)


def receipt(answer: Answer, assistant: Assistant, texts: Texts) -> Receipt:
    """Return the receipt of an answer that was just made.

    `texts` may have gone on to a newer state: an article that no longer holds what the answer took from it is entered
    without its SHA-256.
    """
    documents = _documents([c.document for c in answer.citations] + [p.chunk.document for p in answer.passages], texts)

    def text_sha256(path: str, start: int, end: int, words: str) -> str | None:
        document, digest = documents[path]
        return digest if document and document.text[start:end] == words else None

    return Receipt(
        **_shared(answer),
        made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        quotes=tuple(Quote(c, text_sha256(c.document, c.start, c.end, c.quote)) for c in answer.citations),
        passages=tuple(
            ReadPassage(
                document=p.chunk.document,
                text_sha256=text_sha256(p.chunk.document, p.chunk.start, p.chunk.end, p.chunk.text),
                start=p.chunk.start,
                end=p.chunk.end,
                dense=p.dense,
                lexical=p.lexical,
                fused=p.fused,
                reader=p.reader,
            )
            for p in answer.passages
        ),
        encoder=encoder_words(assistant.index.encoder.identity),
        reader=reader_words(),
    )


def answer_of(receipt: Receipt, texts: Texts) -> Answer:
    """Return the answer as it can be shown now.

    Passages of an article that has changed or gone are left out. Quotes stay as they were: compare them with the stored
    article before they are shown, see `qa_app.citations.is_exact`.
    """
    documents = _documents([p.document for p in receipt.passages], texts)
    passages = []
    for read in receipt.passages:
        document, digest = documents[read.document]
        if document and digest == read.text_sha256:
            words = document.text[read.start : read.end]
            chunk = StoredChunk(_NO_CHUNK, read.document, document.title, document.date, read.start, read.end, words)
            passages.append(Passage(chunk, read.dense, read.lexical, read.fused, read.reader))
    return Answer(
        **_shared(receipt), citations=tuple(quote.citation for quote in receipt.quotes), passages=tuple(passages)
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
    """Return the receipt that `receipt_json` wrote; fields that this program does not know are ignored.

    Raises:
        BrokenReceipt: it is not a receipt, of another format, or its values contradict each other; the message says what
            and where.
    """
    try:
        return _checked(read_json(_RECEIPT, text))
    except ValueError as error:
        raise broken("The receipt", error) from error


def receipt_of(values: Any) -> Receipt:
    """Return the receipt of JSON values.

    Raises:
        ValueError: they are not a receipt's; the message says what is wrong.
    """
    if not isinstance(values, dict) or "quotes" not in values:
        raise ValueError("it is not the receipt of an answer")
    return _checked(read_json(_RECEIPT, json.dumps(values)))


def broken(what: str, error: Exception) -> BrokenReceipt:
    """Return what a person is told of `what` that cannot be read as receipts."""
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
    return BrokenReceipt(f"{what} cannot be read: {reason}.", "Export the answer again, or name another file.")


def _shared(answer: AnswerBase) -> dict[str, Any]:
    """Return the fields that an answer and its receipt share, by name."""
    return {field.name: getattr(answer, field.name) for field in fields(AnswerBase)}


def _checked(receipt: Receipt) -> Receipt:
    """Return a receipt whose values agree with each other.

    Raises:
        ValueError: they contradict each other; the message says where.
    """
    for i, quote in enumerate(receipt.quotes):
        _check(quote.citation, f"quotes[{i}]")
    for i, read in enumerate(receipt.passages):
        if not 0 <= read.start < read.end:
            raise ValueError(f"passages[{i}]: [{read.start}, {read.end}) is no place")
    return receipt


def _check(citation: Citation, where: str) -> None:
    start, end, short = citation.start, citation.end, citation.short
    if start < 0 or end - start != len(citation.quote) or not citation.quote:
        raise ValueError(f"{where}: a quote of {len(citation.quote)} characters does not fill [{start}, {end})")
    if not citation.passage_start <= start or not end <= citation.passage_end:
        raise ValueError(f"{where}: the quote does not lie in its passage")
    if short is not None and not start <= short[0] < short[1] <= end:
        raise ValueError(f"{where}: the words that answer do not lie in the quote")


def _documents(paths: Iterable[str], texts: Texts) -> dict[str, tuple[Document | None, str | None]]:
    """Return each article with the SHA-256 of its text; one that is gone as (None, None)."""
    found = {path: texts.document(path) for path in dict.fromkeys(paths)}
    return {path: (document, text_sha256(document.text) if document else None) for path, document in found.items()}
