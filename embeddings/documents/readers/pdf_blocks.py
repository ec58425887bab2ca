"""Build the canonical text and the blocks of a PDF from the layout of its pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.pdf_hyphens import Hyphenation
from embeddings.documents.readers.pdf_layout import Line
from embeddings.documents.readers.pdf_margins import margin_lines
from embeddings.documents.readers.pdf_page import PageLayout, with_tables
from embeddings.documents.readers.pdf_paragraphs import Paragraph, body_style, bullet_end, continues, paragraphs_of
from embeddings.documents.readers.pdf_tables import Table
from embeddings.documents.readers.pdf_words import Rule
from embeddings.documents.text_builder import TextBuilder

# Of the body's size: a heading in the regular weight is at least this large.
_HEADING_SIZE = 1.12
_HEADING_CHARS = 200
_HEADING_LETTERS = 2  # one is an initial or a mark
_HEADING_LINES = 4
_BOLD_HEADING_LINES = 2
_LEVELS_MOST = 6
# Sizes nearer than this are one level.
_SAME_LEVEL = 0.04
_NOT_A_HEADING_END = re.compile(r"[.,;:…]$")
# "Table 3. Prices", "Рис. 2 — Порт"; only next to a table or a picture.
_CAPTION = re.compile(r"[^\W\d_][^\W\d_]{1,11}\.?\s\d{1,3}[a-z]?\s*[.:–—-]", re.IGNORECASE)
_CAPTION_LINES = 4
_CAPTION_DISTANCE = 3.0  # font sizes


@dataclass
class _Page:
    body: list[Paragraph | Table]
    notes: list[Paragraph]
    margins: list[Line]
    turned: str


def build(layouts: Sequence[PageLayout]) -> tuple[TextBuilder, str | None]:
    """Return the text with its blocks and pages, and the heading that may be its title.

    That is the largest on the first page with text, if no other is as large or nothing is above it.
    """
    margins = margin_lines(layouts)
    items = [with_tables(layout, [item for item in layout.items if id(item) not in margins]) for layout in layouts]
    lines = [item for page in items for item in page if isinstance(item, Line)]
    size, bold = body_style(lines)
    # In a typed document, a font of one width does not mean code.
    typed = sum(line.fixed for line in lines) > len(lines) / 2
    turned = [" ".join(word.text for word in layout.turned) for layout in layouts]
    pages: list[_Page] = []
    for number, (layout, page) in enumerate(zip(layouts, items, strict=True)):
        found = paragraphs_of(page, number, layout.page.height, size, typed)
        pages.append(
            _Page(
                [one for one in found if isinstance(one, Table) or not one.is_note],
                [one for one in found if isinstance(one, Paragraph) and one.is_note],
                [item for item in layout.items if isinstance(item, Line) and id(item) in margins],
                turned[number],
            )
        )
    _join_over_columns(pages)
    writer = _Writer(layouts, pages, size, bold, typed)
    writer.write()
    return writer.builder, writer.largest


def _join_over_columns(pages: Sequence[_Page]) -> None:
    """Join the paragraphs that continue in the next column of their page or on the next page."""
    for page in pages:
        body: list[Paragraph | Table] = []
        for one in page.body:
            last = body[-1] if body else None
            if (
                isinstance(last, Paragraph)
                and isinstance(one, Paragraph)
                and last.lines[-1].region != one.lines[0].region
                and continues(last, one)
            ):
                _extend(last, one)
            else:
                body.append(one)
        page.body = body
    for page, following in pairwise(pages):
        if not page.body or not following.body:
            continue
        last, one = page.body[-1], following.body[0]
        # A paragraph that already spans two pages is not joined again: the text of a page
        # would have no place for its footnotes.
        if (
            isinstance(last, Paragraph)
            and isinstance(one, Paragraph)
            and len(set(last.pages)) == 1
            and continues(last, one)
        ):
            _extend(last, one)
            following.body = following.body[1:]


def _extend(last: Paragraph, one: Paragraph) -> None:
    last.breaks |= {index + len(last.lines) for index in one.breaks}
    last.lines += one.lines
    last.pages += one.pages


class _Writer:
    def __init__(
        self, layouts: Sequence[PageLayout], pages: Sequence[_Page], size: float, bold: bool, typed: bool
    ) -> None:
        self.builder = TextBuilder()
        self.largest: str | None = None
        self._layouts = layouts
        self._pages = pages
        self._size = size
        self._bold = bold
        self._typed = typed
        self._hyphens = Hyphenation(
            [word.text for word in line.words]
            for page in pages
            for one in [*page.body, *page.notes]
            if isinstance(one, Paragraph)
            for line in one.lines
        )
        headings = [one for page in pages for one in page.body if isinstance(one, Paragraph) and self._is_heading(one)]
        self._headings = {id(one) for one in headings}
        first = next((page for page in pages if page.body), None)
        on_first = [one for one in headings if first and any(one is other for other in first.body)]
        title = max(on_first, key=lambda one: one.size, default=None)
        # The title is larger than any other heading; the first of several of one size is a heading like them.
        alone = title and not any(one is not title and one.size > title.size * (1 - _SAME_LEVEL) for one in headings)
        self._title = id(title) if alone else None
        if title and first and (alone or title is first.body[0]):
            self.largest = self._hyphens.join([line.text for line in title.lines])[0]
        self._levels = _levels([one for one in headings if id(one) != self._title])

    def write(self) -> None:
        joined = False
        for number, page in enumerate(self._pages):
            if not joined:
                self.builder.start_page()
            last = page.body[-1] if page.body else None
            joined = isinstance(last, Paragraph) and last.pages[-1] > number
            rest = len(page.body) - 1 if joined else len(page.body)
            for index in range(rest):
                self._write(page, index, number)
            # A paragraph that continues on the next page is the page's last block, so that its text is in one piece.
            for note in page.notes:
                self._write_paragraph(note, Kind.PARAGRAPH)
            for line in page.margins:
                self.builder.add(Kind.BOILERPLATE, line.text)
            if page.turned:
                repeated = sum(page.turned == other.turned for other in self._pages) > 1
                self.builder.add(Kind.BOILERPLATE if repeated else Kind.PARAGRAPH, page.turned)
            if joined:
                self._write(page, rest, number)

    def _write(self, page: _Page, index: int, number: int) -> None:
        one = page.body[index]
        if isinstance(one, Table):
            for position, row in enumerate(one.rows):
                cells = [self._hyphens.join([word.text for word in cell])[0] for cell in row]
                self.builder.add_row(cells, header=position == 0 and one.has_header, first=position == 0)
        elif id(one) == self._title:
            self._write_paragraph(one, Kind.TITLE)
        elif id(one) in self._headings:
            self._write_paragraph(one, Kind.HEADING, self._levels[one.size])
        elif one.is_item:
            self._write_paragraph(one, Kind.LIST_ITEM, self._depth(page, index))
        elif one.is_code and not self._typed:
            self.builder.add(Kind.CODE, "\n".join(line.text for line in one.lines))
        else:
            self._write_paragraph(one, Kind.CAPTION if self._is_caption(page, index, number) else Kind.PARAGRAPH)

    def _write_paragraph(self, paragraph: Paragraph, kind: Kind, level: int = 0) -> None:
        lines = [line.text for line in paragraph.lines]
        text, starts = self._hyphens.join(lines)
        if kind is Kind.PARAGRAPH:
            for index in paragraph.breaks:
                at = starts[index]
                if at and text[at - 1] == " ":
                    text = text[: at - 1] + "\n" + text[at:]
        self.builder.add(kind, text, level)
        block = self.builder.blocks[-1]
        skipped = bullet_end(text) if kind is Kind.LIST_ITEM else 0
        self.builder.blocks[-1] = replace(block, start=block.start + skipped)
        for index, (before, page) in enumerate(zip(paragraph.pages, paragraph.pages[1:], strict=False), 1):
            if page != before:
                self.builder.page_starts.append(block.start + starts[index])

    def _is_heading(self, one: Paragraph) -> bool:
        text = one.text
        if (one.is_item and bullet_end(text)) or (one.is_code and not self._typed):
            return False
        if len(text) > _HEADING_CHARS or sum(map(str.isalpha, text)) < _HEADING_LETTERS:
            return False
        if one.size >= _HEADING_SIZE * self._size:
            return len(one.lines) <= _HEADING_LINES
        as_large = one.size > self._size * (1 - _SAME_LEVEL)
        short = len(one.lines) <= _BOLD_HEADING_LINES
        return one.bold and not self._bold and as_large and short and not _NOT_A_HEADING_END.search(text)

    def _depth(self, page: _Page, index: int) -> int:
        """Return how deep a list item is: how many smaller indents the items before it have, plus one."""
        lefts: set[float] = set()
        one = page.body[index]
        assert isinstance(one, Paragraph)
        own = one.lines[0].left
        for other in reversed(page.body[:index]):
            if not isinstance(other, Paragraph) or not other.is_item or other.lines[0].region != one.lines[0].region:
                break
            lefts.add(round(other.lines[0].left))
        return 1 + sum(left < own - self._size / 2 for left in lefts)

    def _is_caption(self, page: _Page, index: int, number: int) -> bool:
        one = page.body[index]
        if not isinstance(one, Paragraph) or len(one.lines) > _CAPTION_LINES or not _CAPTION.match(one.text):
            return False
        top, bottom = one.lines[0].top, one.lines[-1].bottom
        near = page.body[max(index - 1, 0) : index + 2]
        places: list[Table | Rule] = [other for other in near if isinstance(other, Table)]
        places += self._layouts[number].page.images
        distance = _CAPTION_DISTANCE * one.size
        return any(abs(place.bottom - top) < distance or abs(bottom - place.top) < distance for place in places)


def _levels(headings: Sequence[Paragraph]) -> dict[float, int]:
    """Return the level of each font size of headings: from 1, by rank."""
    levels: dict[float, int] = {}
    level = 0
    last = 0.0
    for size in sorted({one.size for one in headings}, reverse=True):
        if not last or size < last * (1 - _SAME_LEVEL):
            level += 1
            last = size
        levels[size] = min(level, _LEVELS_MOST)
    return levels
