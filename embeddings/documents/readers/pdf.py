"""Read PDF with PDFium: text in reading order, headings, lists, tables, footnotes; title, author and date.

Footnotes are paragraphs after the text of their page. Running heads and page numbers are boilerplate blocks. Text in
pictures is not read, nor are annotations and form fields. The text layer of a scan that has one is read.
"""

import re
from dataclasses import dataclass
from datetime import date

from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.pdf_blocks import build
from embeddings.documents.readers.pdf_page import PageLayout, lay_out
from embeddings.documents.readers.pdf_words import open_pdf, read_page
from embeddings.errors import UnreadableFile

_PAGES_MOST = 5000
_TITLE_CHARS = 300
# What programs write as a title by default: the file's name or their own.
_FILE_NAME = re.compile(r"\.\w{2,5}$|[\\/]|^\w+(?:[_-]\w+)+$|^\W*untitled\W*\d*$", re.IGNORECASE)
_PROGRAM = re.compile(r"^microsoft \w+ - ", re.IGNORECASE)
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")
_YEAR_LEAST = 1990
# The share of characters that a PDF's fonts do not map to letters, above which its text is no text.
_UNMAPPED_SHARE = 0.3


@dataclass(frozen=True)
class PdfReader:
    """Reads PDF."""

    name: str = "PDF"
    version: int = 2

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the document as one article; see `FormatReader.read`."""
        layouts: list[PageLayout] = []
        with open_pdf(data, name) as document:
            count = len(document)
            if count > _PAGES_MOST:
                raise UnreadableFile(
                    f"{name} has {count} pages; at most {_PAGES_MOST} are read.", "Split it into smaller files."
                )
            layouts = [lay_out(read_page(document, number)) for number in range(count)]
            about = document.get_metadata_dict()
        _refuse_without_text(layouts, name)
        builder, largest = build(layouts)
        text = builder.text
        return [
            Extracted(
                text,
                tuple(builder.blocks),
                title=_title(about.get("Title", ""), largest, text),
                date=_day(about.get("CreationDate", "")),
                author=_author(about.get("Author", ""), text),
                page_starts=tuple(builder.page_starts),
                notes=_notes(layouts),
            )
        ]


def _notes(layouts: list[PageLayout]) -> tuple[str, ...]:
    """Return how many pages are a picture without text, so that nothing of them can be found."""
    scans = sum(bool(layout.page.images) and not layout.page.words for layout in layouts)
    return (
        (f"{scans} of {_pages(len(layouts))} {'is a scan' if scans == 1 else 'are scans'} without text",)
        if scans
        else ()
    )


def _refuse_without_text(layouts: list[PageLayout], name: str) -> None:
    letters = sum(len(word.text) for layout in layouts for word in layout.page.words)
    unmapped = sum(layout.page.unmapped for layout in layouts)
    if unmapped > _UNMAPPED_SHARE * (letters + unmapped):
        raise UnreadableFile(
            f"{name} has no readable text: its fonts do not say which letters their shapes are.",
            "Run OCR on it, for example: ocrmypdf --force-ocr IN.pdf OUT.pdf",
        )
    if letters:
        return
    if any(layout.page.images for layout in layouts):
        raise UnreadableFile(
            f"{name} has no text: it is a scan of {_pages(len(layouts))}.",
            "Run OCR on it, for example: ocrmypdf IN.pdf OUT.pdf",
        )
    raise UnreadableFile(f"{name} has no text.", "Delete it, or export it again with its text.")


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def _title(stated: str, largest: str | None, text: str) -> str | None:
    """Return the stated title if the text has it too or nothing better is there; else the largest heading."""
    stated = _PROGRAM.sub("", " ".join(stated.split()))[:_TITLE_CHARS]
    if not any(map(str.isalpha, stated)) or _FILE_NAME.search(stated):
        stated = ""
    if largest and stated and _squeezed(stated) not in _squeezed(text[:5000]):
        return " ".join(largest.split())
    return stated or (" ".join(largest.split()) if largest else None)


def _author(stated: str, text: str) -> str | None:
    """Return the stated author if it is a full name or is in the text; else it may be the name of an account."""
    stated = " ".join(stated.split())
    if not any(map(str.isalpha, stated)) or len(stated) > _TITLE_CHARS:
        return None
    return stated if len(stated.split()) > 1 or _squeezed(stated) in _squeezed(text) else None


def _squeezed(words: str) -> str:
    return "".join(words.split()).casefold()


def _day(stated: str) -> str | None:
    match = _DATE.match(stated)
    if not match:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    # A clock that was never set says 1970 or 1980.
    return day.isoformat() if day.year >= _YEAR_LEAST and day <= date.today() else None
