"""The opened article: its text with an answer's quotes marked and, of a PDF, the original pages as pictures."""

import base64
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import pairwise

from typing_extensions import NotRequired, TypedDict

from embeddings.config import IndexConfig
from embeddings.documents.document import Address, Document
from embeddings.documents.original_page import (
    PagePicture,
    draw_original,
    has_pages,
    page_at,
    read_original,
    words_on_page,
)
from embeddings.documents.put_back import stretch_key
from embeddings.errors import ArticlesError, FileOutOfReach
from embeddings.index import Snapshot
from qa_app.records.receipts import answer_of
from qa_app.records.verification import verify
from qa_app.rendering.html import render
from qa_app.rendering.readable import shortened
from qa_app.serving.access import READ_ONLY
from qa_app.serving.page.functions import Place, address_of
from qa_app.serving.page.notices import hint
from qa_app.serving.service import Service
from qa_app.serving.waiting import wait_for
from qa_app.types import Answer, Passage

_PICTURES_KEPT = 24  # about 0.3 MB each
_QUOTED_CHARS = 200


@dataclass(frozen=True)
class Stretch:
    """A part of an article with one style."""

    end: int
    """One past its last character."""
    text: str
    quotes: tuple[int, ...] = ()
    """Numbers of the quotes that it is part of; 0 is the place that the article was opened at."""
    first: int = 0
    """The quote that begins here; 0 if none does."""
    answers: bool = False
    """Whether these are a quote's words that answer."""
    left_out: str | None = None
    """Why it is left out of the index; None if it is indexed."""


@dataclass(frozen=True)
class Toggle:
    """A button that makes a stretch be read that was left out before it, or the reverse."""

    key: str
    """Of the stretch; see `stretch_key`."""
    is_read: bool
    words: str
    """Its first words."""


class Page(TypedDict):
    """A page of a PDF for the browser to show; with `refused`, why it cannot be shown, and nothing else."""

    refused: str
    picture: str
    """PNG in base64."""
    alt: str
    first_mark: tuple[float, float] | None
    """As in `PagePicture`."""


class Opened(Place):
    """Which article to open, and where."""

    start: int
    end: int
    """Characters of the canonical text, [start, end), marked; empty to open it at its beginning."""
    answer: NotRequired[str | None]
    """Id of the answer whose quotes are marked."""


class OriginalPage(Place):
    """Which page of a PDF to draw, counted from 0, and what to mark on it."""

    page: int
    start: int
    end: int


class ReadChange(Place):
    """A stretch of an article to be read from now on, or left out again."""

    key: str
    read: bool


@dataclass(frozen=True)
class Marks:
    """What is marked in an article, and what else its answer read."""

    spans: tuple[tuple[int, int, int], ...]
    """The number of a quote, and its characters [start, end) of the canonical text."""
    also: tuple[Passage, ...] = ()
    """Passages that were read for the answer and not quoted."""
    short: tuple[tuple[int, int], ...] = ()
    """The words of quotes that answer, [start, end) of the same text."""


class ArticleView:
    """Handles the opened article's events. Shared by all visitors; thread-safe."""

    def __init__(self, service: "Future[Service]", read_only: bool = False) -> None:
        """With `read_only`, what is read of an article cannot be changed."""
        self._service = service
        self._read_only = read_only
        self._pictures = _Pictures()

    def opened(self, opened: Opened) -> str:
        """Return a whole article with the quotes of an answer marked, or else one place."""
        return self.text(address_of(opened), opened["start"], opened["end"], opened.get("answer"))

    def change_read(self, change: ReadChange) -> str:
        """Read a stretch from now on, or leave it out again; return a message for the user."""
        return self.set_read(address_of(change), change["key"], change["read"])

    def original_page(self, wanted: OriginalPage) -> Page:
        """Return a page of the PDF that an article was read from."""
        return self.page(address_of(wanted), wanted["page"], wanted["start"], wanted["end"])

    def text(self, address: Address, start: int, end: int, answer: str | None = None) -> str:
        """Return a whole article with the quotes of an answer marked, and the span `[start, end)`."""
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            document = snapshot.document(*address)
            marks = self._marks(snapshot, address, answer)
            labels = snapshot.store.labels_of(*address)
        if document is None:
            return hint(f"The article {address} no longer exists.")
        if start < end and not any(span[1:] == (start, end) for span in marks.spans):
            marks = replace(marks, spans=(*marks.spans, (0, start, end)))
        first_page, no_pages = None, ""
        if has_pages(document):
            try:
                self._read(document)
                first_page = page_at(document, start)
            except FileOutOfReach as error:
                no_pages = f"{error.what} This is its text as it was read."
        return article_html(document, marks, start, end, first_page, no_pages, labels, changeable=not self._read_only)

    def _marks(self, snapshot: Snapshot, address: Address, answer: str | None) -> Marks:
        turn = wait_for(self._service).conversations.turns.get(answer) if answer else None
        if turn is None or turn.receipt is None:
            return Marks(())
        here = [quote for quote in verify(turn.receipt, snapshot) if quote.now and quote.now.address == address]
        spans = tuple((quote.citation.n, quote.now.start, quote.now.end) for quote in here if quote.now)
        short = tuple(
            (quote.now.start + first, quote.now.start + last)
            for quote in here
            if quote.now and quote.citation.short_in_quote
            for first, last in [quote.citation.short_in_quote]
        )
        return Marks(spans, uncited(answer_of(turn.receipt, snapshot)), short)

    def set_read(self, address: Address, key: str, is_read: bool) -> str:
        """Read a stretch that was left out of an article, or leave it out again; return a message for the user."""
        if self._read_only:
            return READ_ONLY
        try:
            wait_for(self._service).corpus.set_read(address, key, is_read)
        except ArticlesError as error:
            return str(error)
        return "It is read now: questions find it." if is_read else "It is left out again."

    def page(self, address: Address, page: int, start: int, end: int) -> Page:
        """Return a page, counted from 0, of the PDF that an article was read from, with the span marked."""
        document = self._document(address)
        if document is None or not has_pages(document):
            return _refused(f"There are no pages of {address}.")
        count = len(document.page_starts)
        if not 0 <= page < count:
            return _refused(f"{address} has no page {page + 1}: it has {count}.")
        words = words_on_page(document, page, start, end)
        try:
            picture = self._pictures.get(self._read(document), document, page, words)
        except ArticlesError as error:
            return _refused(str(wait_for(self._service).told(error)))
        return {
            "refused": "",
            "picture": base64.b64encode(picture.png).decode(),
            "alt": _alt(document, page, words, picture.first_mark is not None),
            "first_mark": picture.first_mark,
        }

    def _document(self, address: Address) -> Document | None:
        with wait_for(self._service).assistant.index.snapshot() as snapshot:
            return snapshot.document(*address)

    def _read(self, document: Document) -> bytes:
        place = wait_for(self._service).corpus.place_of(document.folder)
        return read_original(place, document, IndexConfig.max_file_bytes)


class _Pictures:
    """Draws pages and keeps the last pictures. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], PagePicture] = OrderedDict()

    def get(self, data: bytes, document: Document, page: int, words: tuple[int, int] | None) -> PagePicture:
        """Return the picture of a page; see `draw_original`."""
        key = (document.address, document.file_sha256, page, words)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        picture = draw_original(data, document, page, words)
        with self._lock:
            self._kept[key] = picture
            while len(self._kept) > _PICTURES_KEPT:
                self._kept.popitem(last=False)
        return picture


def uncited(answer: Answer) -> tuple[Passage, ...]:
    """Return the passages that were read for an answer and not quoted."""
    cited = {(citation.address, citation.passage_start) for citation in answer.citations}
    return tuple(each for each in answer.passages if (each.chunk.address, each.chunk.start) not in cited)


def article_html(
    document: Document,
    marks: Marks,
    start: int = 0,
    end: int = 0,
    first_page: int | None = None,
    no_pages: str = "",
    labels: Sequence[str] = (),
    changeable: bool = False,
) -> str:
    """Return a whole article with what is marked, and what is left out of it greyed.

    Args:
        document: the article.
        marks: what is marked.
        start: the first character that is marked on the original page.
        end: one past the last.
        first_page: the page, from 0, to show first if its original pages can be shown.
        no_pages: why they cannot, although it is a PDF.
        labels: of the article.
        changeable: whether to offer that what is left out is read, and labels.
    """
    return render(
        "page/article.html",
        document=document,
        stretches=_stretches(document, marks),
        toggles=_toggles(document) if changeable else {},
        quotes=[n for n, *_ in marks.spans if n],
        also=marks.also,
        labels=labels,
        changeable=changeable,
        start=start,
        end=end,
        first_page=first_page,
        no_pages=no_pages,
    )


def _stretches(document: Document, marks: Marks) -> Iterator[Stretch]:
    """Yield the whole text in order; what is left out is never marked."""
    position, text = 0, document.text
    for piece in document.boilerplate:
        yield from _marked(text, position, piece.start, marks)
        if piece.is_read:
            yield from _marked(text, piece.start, piece.end, marks)
        else:
            yield Stretch(piece.end, text[piece.start : piece.end], left_out=piece.reason)
        position = piece.end
    yield from _marked(text, position, len(text), marks)


def _marked(text: str, begin: int, stop: int, marks: Marks) -> Iterator[Stretch]:
    """Yield `text[begin:stop]`, cut wherever a mark begins or ends."""
    spans = [*(span[1:] for span in marks.spans), *marks.short]
    inside = {edge for span in spans for edge in span if begin < edge < stop}
    edges = sorted({begin, stop, *inside})
    for first, last in pairwise(edges):
        quotes = tuple(n for n, start, end in marks.spans if start <= first and last <= end)
        begins = next((n for n, start, _ in marks.spans if start == first and n in quotes), 0)
        answers = bool(quotes) and any(start <= first and last <= end for start, end in marks.short)
        yield Stretch(last, text[first:last], quotes, begins, answers)


def _toggles(document: Document) -> dict[int, Toggle]:
    """Return a button for each different stretch of boilerplate with words, by the end of its first occurrence."""
    found: dict[str, tuple[int, Toggle]] = {}
    for piece in document.boilerplate:
        words = " ".join(document.text[piece.start : piece.end].split())
        if any(map(str.isalnum, words)):
            key = stretch_key(words)
            found.setdefault(key, (piece.end, Toggle(key, piece.is_read, words[:_QUOTED_CHARS])))
    return dict(found.values())


def _alt(document: Document, page: int, words: tuple[int, int] | None, is_marked: bool) -> str:
    """Return what a picture shows, for those who do not see it."""
    place = f"Page {page + 1} of {len(document.page_starts)} of “{document.title}” as a picture."
    if words is None:
        return f"{place} Its words are in the text of the article."
    quoted = " ".join(document.text[slice(*words)].split())
    found = "Marked on it" if is_marked else "On it, but not found to be marked"
    return f"{place} {found}: “{shortened(quoted, _QUOTED_CHARS)}”"


def _refused(why: str) -> Page:
    return {"refused": why, "picture": "", "alt": "", "first_mark": None}
