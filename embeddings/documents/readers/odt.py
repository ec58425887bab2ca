"""Read OpenDocument texts (`.odt`).

Kept: tracked insertions, footnotes and endnotes after the paragraph or table that refers to them, text boxes after their paragraph, labels of
numbered lists and headings. Headers, footers and tables of contents are boilerplate; headers and footers come last. Left out: deletions,
hidden text, comments, the marks of notes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.bold_headings import with_bold_headings
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.formulas import linear_formula
from embeddings.documents.readers.odt_styles import Counter, OdtStyle, OdtStyles, read_odt_styles
from embeddings.documents.readers.office_properties import Properties, stated_day, stated_words
from embeddings.documents.readers.tables import Cell, add_table
from embeddings.documents.readers.zipped import (
    Archive,
    attribute,
    child,
    damaged,
    encrypted,
    local_name,
    open_archive,
    resolve,
    whole_number,
    without_text,
)
from embeddings.documents.text_builder import TextBuilder

_LEFT_OUT = frozenset(
    "tracked-changes annotation annotation-end forms sequence-decls variable-decls user-field-decls hidden-text number "
    "ruby-text title desc index-title-template soft-page-break note-citation event-listeners object object-ole".split()
)
_INDEXES = frozenset(
    "table-of-content illustration-index table-index object-index user-index alphabetical-index".split()
)
_BLANKS = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True)
class OdtReader:
    """Reads OpenDocument texts."""

    name: str = "odt"
    version: int = 1

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the document as one article; see `FormatReader.read`."""
        archive = open_archive(data, name)
        manifest = "META-INF/manifest.xml"
        if manifest in archive and next(archive.xml(manifest).iter("{*}encryption-data"), None) is not None:
            raise encrypted(name)
        content = archive.xml("content.xml")
        body = child(content, "body", "text")
        if body is None:
            raise damaged(name, "it has no OpenDocument text in it")
        styles = [archive.xml("styles.xml")] if "styles.xml" in archive else []
        document = _Document(archive, read_odt_styles(*styles, content))
        document.add_blocks(body)
        document.add_notes()
        for root in styles:
            document.add_margins(root)
        builder = document.builder
        if not builder.blocks:
            raise without_text(name)
        text = builder.text
        blocks = with_bold_headings(text, builder.blocks, document.bold)
        title = next((text[block.start : block.end] for block in builder.blocks if block.kind is Kind.TITLE), None)
        stated = _properties(archive)
        return [Extracted(text, blocks, title or stated.title, stated.date, stated.author)]


def _properties(archive: Archive) -> Properties:
    if "meta.xml" not in archive:
        return Properties()
    meta = child(archive.xml("meta.xml"), "meta")

    def words(*names: str) -> str | None:
        found = (stated_words(element.text) for name in names if (element := child(meta, name)) is not None)
        return next(filter(None, found), None)

    return Properties(words("title"), words("initial-creator", "creator"), stated_day(words("creation-date", "date")))


@dataclass
class _Words:
    """A paragraph's words and what is anchored in it."""

    pieces: list[str] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    notes: list[etree._Element] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return clean("".join(self.pieces))

    def add(self, piece: str, style: OdtStyle) -> None:
        if piece and not style.hidden:
            self.pieces.append(piece)
            if piece.strip():
                self.bold.append(bool(style.bold))


@dataclass(frozen=True)
class _Place:
    """Where in lists a paragraph is."""

    level: int = 0
    """0 outside lists."""
    style: str | None = None
    label: str | None = None
    """Of an item's first paragraph; "" if it has a bullet. None for those that follow."""


class _Document:
    """Adds an OpenDocument text's blocks to a text, in order."""

    def __init__(self, archive: Archive, styles: OdtStyles) -> None:
        self.builder = TextBuilder()
        self.bold: set[int] = set()
        """Positions of the blocks that are all bold."""
        self._archive = archive
        self._styles = styles
        self._headings = Counter()
        self._counters: dict[str, Counter] = {}
        self._pending: list[etree._Element] = []

    def add_blocks(self, parent: etree._Element, place: _Place = _Place(), *, boilerplate: bool = False) -> None:
        """Add the paragraphs, lists and tables in `parent`."""
        for element in parent:
            name = local_name(element)
            if name in _LEFT_OUT or attribute(element, "display") == "none":
                continue
            if name in ("p", "h"):
                self._add_paragraph(element, place, boilerplate)
                place = _Place(place.level, place.style)
            elif name == "list":
                self._add_list(element, place, boilerplate)
            elif name == "table":
                self._add_table(element)
            elif name == "note":
                self._pending.append(element)
            else:  # sections, indexes, frames
                self.add_blocks(element, place, boilerplate=boilerplate or name in _INDEXES)

    def add_notes(self) -> None:
        """Add the notes that were referred to since the last call."""
        pending, self._pending = self._pending, []
        for note in pending:
            body = child(note, "note-body")
            if body is not None:
                self.add_blocks(body)

    def add_margins(self, styles: etree._Element) -> None:
        """Add the words of headers and footers, each once."""
        seen: set[str] = set()
        for page in styles.iter("{*}master-page"):
            for margin in page:
                for paragraph in margin.iter("{*}p"):
                    words = self._collect(paragraph).text.strip()
                    if words not in seen:
                        self.builder.add(Kind.BOILERPLATE, words)
                    seen.add(words)

    def _collect(self, paragraph: etree._Element) -> _Words:
        words = _Words()
        self._add_words(paragraph, self._styles.of(attribute(paragraph, "style-name")), words)
        return words

    def _add_words(self, element: etree._Element, style: OdtStyle, words: _Words) -> None:
        words.add(_BLANKS.sub(" ", element.text or ""), style)
        for part in element:
            name = local_name(part)
            if name == "s":
                words.add(" " * min(whole_number(attribute(part, "c"), 1), 1000), style)
            elif name == "tab":
                words.add("\t", style)
            elif name == "line-break":
                words.add("\n", style)
            elif name == "note":
                words.notes.append(part)
            elif name in ("frame", "custom-shape", "text-box", "g"):
                words.add(self._formula(part), style)
                words.boxes.append(part)
            elif name == "span":
                own = self._styles.of(attribute(part, "style-name"))
                bold = style.bold if own.bold is None else own.bold
                hidden = style.hidden if own.hidden is None else own.hidden
                self._add_words(part, OdtStyle(bold=bold, hidden=hidden), words)
            elif name == "hidden-paragraph" and attribute(part, "is-hidden") == "true":
                words.pieces.clear()
                return
            elif name not in _LEFT_OUT:
                self._add_words(part, style, words)
            words.add(_BLANKS.sub(" ", part.tail or ""), style)

    def _formula(self, frame: etree._Element) -> str:
        """Return the formula that a frame shows; "" for other objects."""
        folder = attribute(child(frame, "object"), "href")
        path = resolve("", f"{folder}/content.xml") if folder else ""
        if path not in self._archive:
            return ""
        root = self._archive.xml(path)
        return clean(linear_formula(root)) if local_name(root) == "math" else ""

    def _add_paragraph(self, element: etree._Element, place: _Place, boilerplate: bool) -> None:
        words = self._collect(element)
        style = self._styles.of(attribute(element, "style-name"))
        text = words.text.strip()
        kind, level, label = style.kind or Kind.PARAGRAPH, 0, place.label or ""
        if boilerplate:
            kind = Kind.BOILERPLATE
        elif local_name(element) == "h" and style.kind is None:
            kind, level = Kind.HEADING, max(1, whole_number(attribute(element, "outline-level"), 1))
            text = " ".join(text.split())
            if text and not place.level and attribute(element, "is-list-header") != "true":
                label = self._headings.label(self._styles.outline, level)
        elif place.label is not None:
            kind, level = Kind.LIST_ITEM, place.level
        if text:
            if not (kind is Kind.LIST_ITEM and self.builder.blocks[-1:] and self.builder.blocks[-1].kind is kind):
                self.add_notes()
            if words.bold and all(words.bold):
                self.bold.add(len(self.builder.blocks))
            self.builder.add(kind, f"{label} {text}" if label else text, level)
        self._pending += words.notes
        for box in words.boxes:
            self.add_blocks(box, boilerplate=boilerplate)

    def _add_list(self, element: etree._Element, place: _Place, boilerplate: bool) -> None:
        for item, inside in self._items(element, place):
            self.add_blocks(item, inside, boilerplate=boilerplate)

    def _items(self, element: etree._Element, place: _Place) -> Iterator[tuple[etree._Element, _Place]]:
        """Count a list's items; yield each with its place."""
        style = attribute(element, "style-name") or place.style or ""
        level = place.level + 1
        counter = self._counters.setdefault(style, Counter())
        continued = attribute(element, "continue-numbering") == "true" or attribute(element, "continue-list")
        if level == 1 and not continued:
            counter.restart(1)
        for item in element:
            label: str | None = None
            # An item that only holds a deeper list has no label of its own.
            if local_name(item) == "list-item" and any(local_name(part) in ("p", "h") for part in item):
                start = whole_number(attribute(item, "start-value"), -1)
                rules = self._styles.lists.get(style, {})
                label = counter.label(rules, level, start if start >= 0 else None)
            yield item, _Place(level, style, label)

    def _add_table(self, table: etree._Element) -> None:
        rows = list(_rows(table))
        cells = [cell for row in rows for cell in _cells(row)]
        # A frame for laying out a page, not a table: one cell in each row, or headings in it.
        if all(len(_cells(row)) <= 1 for row in rows) or any(child(cell, "h") is not None for cell in cells):
            for cell in cells:
                self.add_blocks(cell)
            return
        self.add_notes()
        inner: list[etree._Element] = []
        marked = len(list(table.iterfind("{*}table-header-rows/{*}table-row")))
        add_table(self.builder, [[self._cell(cell, inner) for cell in _cells(row)] for row in rows], marked or None)
        for element in inner:
            self._add_table(element)

    def _cell(self, element: etree._Element, inner: list[etree._Element]) -> Cell:
        texts: list[str] = []
        bold: list[bool] = []
        self._add_cell_words(element, _Place(), texts, bold, inner)
        columns, rows = (attribute(element, f"number-{name}-spanned") for name in ("columns", "rows"))
        return Cell(
            " ".join(" ".join(texts).split()),
            bool(bold) and all(bold),
            whole_number(columns, 1),
            whole_number(rows, 1),
        )

    def _add_cell_words(
        self, parent: etree._Element, place: _Place, texts: list[str], bold: list[bool], inner: list[etree._Element]
    ) -> None:
        for element in parent:
            name = local_name(element)
            if name == "p":
                words = self._collect(element)
                texts.append(f"{place.label or ''} {words.text}")
                bold += words.bold
                self._pending += words.notes
                place = _Place(place.level, place.style)
                for box in words.boxes:
                    self._add_cell_words(box, _Place(), texts, bold, inner)
            elif name == "list":
                for item, inside in self._items(element, place):
                    self._add_cell_words(item, inside, texts, bold, inner)
            elif name == "table":
                inner.append(element)
            elif name not in _LEFT_OUT:
                self._add_cell_words(element, place, texts, bold, inner)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """Yield a table's rows, also those in groups."""
    for element in table:
        if local_name(element) == "table-row":
            yield element
        elif local_name(element) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(element)


def _cells(row: etree._Element) -> list[etree._Element]:
    """Return a row's cells without those that merged ones cover."""
    return [element for element in row if local_name(element) == "table-cell"]
