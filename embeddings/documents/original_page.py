"""Draw a page of the PDF that a document was read from, with words of the document marked."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.documents.document import Document
from embeddings.documents.isolation import Limits, run_isolated
from embeddings.documents.read_document import read_bytes
from embeddings.errors import FileOutOfReach, UnreadableFile

_LIMITS = Limits(seconds=15.0, waiting=60.0)
"""Also keeps the process apart from the one that a sync reads with, so that nobody waits for a long file."""
_WIDTH = 1200  # pixels


@dataclass(frozen=True)
class PagePicture:
    """A page as a picture."""

    png: bytes
    first_mark: tuple[float, float] | None
    """The left top corner of the first marked words, in fractions of width and height; None if nothing is marked."""


def has_pages(document: Document) -> bool:
    """Return whether a document is a PDF, whose pages can be drawn; it may be in an archive."""
    return document.path.lower().endswith(".pdf") and bool(document.page_starts)


def page_at(document: Document, place: int) -> int:
    """Return the page, from 0, that a character of the text is on; the first page for a place before it."""
    return max(bisect_right(document.page_starts, place) - 1, 0)


def words_on_page(document: Document, page: int, start: int, end: int) -> tuple[int, int] | None:
    """Return the part of `[start, end)` that is on a page, counted from 0; None if no word of it is."""
    starts = (*document.page_starts, len(document.text))
    first, last = max(start, starts[page]), min(end, starts[page + 1])
    return (first, last) if document.text[first:last].strip() else None


def read_original(folder: Path, document: Document, max_bytes: int) -> bytes:
    """Return the bytes of a document's file, which must be in `folder` and as it was indexed.

    Raises:
        FileOutOfReach: it is gone, outside the folder (a link), has changed, or cannot be opened.
    """
    file = (folder / document.file).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise FileOutOfReach(f"{document.file} is a link to a file outside the folder.", "Put a copy in its place.")
    try:
        data = read_bytes(file, document.file, max_bytes)
    except FileOutOfReach:
        raise
    except UnreadableFile as error:
        raise FileOutOfReach(error.what, error.next_step) from error
    if hashlib.sha256(data).hexdigest() != document.file_sha256:
        raise FileOutOfReach(f"{document.file} has changed since it was indexed.", "Sync again.")
    return data


def draw_original(data: bytes, document: Document, page: int, words: tuple[int, int] | None) -> PagePicture:
    """Return a page, from 0, with the characters `[words)` of the document's text marked.

    It is drawn in a process of its own, with limits of time and memory.

    Args:
        data: what `read_original` returned.
        document: the document.
        page: a page of the document.
        words: what `words_on_page` returned.

    Raises:
        UnreadableFile: the page cannot be drawn within the limits.
    """
    member = document.path[len(document.file) + 1 :]
    drawing = _Drawing(member, document.text, document.page_starts, page, words)
    return PagePicture(*run_isolated(drawing, data, document.file, _LIMITS))


@dataclass(frozen=True)
class _Drawing:
    """The work of the other process."""

    member: str
    """Path of the PDF in the archive; empty if the file is the PDF."""
    text: str
    page_starts: Sequence[int]
    page: int
    words: tuple[int, int] | None

    def __call__(self, data: bytes, name: str) -> tuple[bytes, tuple[float, float] | None]:
        """Return the picture and the place of the first mark, as in `PagePicture`."""
        from embeddings.documents.readers.pdf_view import draw_page, find_words  # the program itself needs no PDFium
        from embeddings.documents.readers.zip import member_bytes

        if self.member:
            data = member_bytes(data, name, self.member)
        found = find_words(data, self.text, self.page_starts, *self.words) if self.words else []
        boxes = [box for marks in found if marks.page == self.page for box in marks.rectangles]
        return draw_page(data, self.page, boxes, _WIDTH), (boxes[0].left, boxes[0].top) if boxes else None
