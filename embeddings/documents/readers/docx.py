"""Read Word documents (`.docx`).

Kept: tracked insertions, footnotes and endnotes after the paragraph or table that refers to them, text boxes after their paragraph, charts
as tables, labels of numbered lists and headings. Headers, footers and tables of contents are boilerplate; headers and footers come last.
Left out: deletions, hidden text, comments (remarks about the text, often private), the marks of notes (a superscript 1 after "45" would read 451).
Neither python-docx (no tracked insertions) nor mammoth (no limits) reads all of this.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.bold_headings import with_bold_headings
from embeddings.documents.readers.docx_numbering import Numbering
from embeddings.documents.readers.docx_styles import Style, Styles, is_on, list_place, outline_level, read_styles
from embeddings.documents.readers.docx_words import WordCollector, Words, alternative
from embeddings.documents.readers.drawings import chart_rows, chart_title, diagram_words
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.office_properties import read_properties
from embeddings.documents.readers.tables import MAX_SPAN, Cell, add_table, repeated
from embeddings.documents.readers.zipped import (
    Archive,
    attribute,
    child,
    damaged,
    local_name,
    open_archive,
    whole_number,
    without_text,
)
from embeddings.documents.text_builder import TextBuilder

# Elements whose content stands in the text as if they were not there: content controls, tracked insertions.
_TRANSPARENT = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))
_FIRST_ROW_BIT = 0x20
"""Of a table's look: its first row is set apart."""


@dataclass(frozen=True)
class DocxReader:
    """Reads Word documents."""

    name: str = "docx"
    version: int = 1

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the document as one article; see `FormatReader.read`."""
        archive = open_archive(data, name)
        main = next(iter(archive.related("", "officeDocument")), None)
        body = None if main is None else child(archive.xml(main), "body")
        if main is None or body is None:
            raise damaged(name, "it has no Word document in it")
        document = _Document(archive, main)
        document.add_blocks(body)
        document.add_notes()
        document.add_margins()
        builder = document.builder
        blocks = with_bold_headings(builder.text, builder.blocks, document.bold)
        if not builder.blocks:
            raise without_text(name)
        properties = read_properties(archive)
        text = builder.text
        title = next((text[block.start : block.end] for block in builder.blocks if block.kind is Kind.TITLE), None)
        return [Extracted(text, blocks, title or properties.title, properties.date, properties.author)]


class _Document:
    """Adds a Word document's blocks to a text, in order."""

    def __init__(self, archive: Archive, main: str) -> None:
        self.builder = TextBuilder()
        self.bold: set[int] = set()
        """Positions of the blocks that are all bold."""
        self._archive = archive
        self._main = main
        self._relations = archive.relations(main)
        styles = self._part("styles")
        self._styles = Styles() if styles is None else read_styles(styles)
        self._numbering = Numbering(self._part("numbering"))
        self._words = WordCollector(self._styles)
        self._notes = {kind: self._read_notes(kind) for kind in ("footnotes", "endnotes")}
        self._pending: list[tuple[str, str]] = []
        self._carried: list[str] = []
        """Words of a paragraph whose end was deleted: the next paragraph continues it."""

    def _part(self, kind: str) -> etree._Element | None:
        path = next(iter(self._archive.related(self._main, kind)), None)
        return None if path is None else self._archive.xml(path)

    def _read_notes(self, kind: str) -> dict[str, etree._Element]:
        root = self._part(kind)
        return {} if root is None else {attribute(note, "id") or "": note for note in root}

    def add_blocks(self, parent: etree._Element) -> None:
        """Add the paragraphs and tables in `parent`."""
        for element in _contents(parent):
            if local_name(element) == "p":
                self._add_paragraph(element)
            else:
                self._add_table(element)

    def add_notes(self) -> None:
        """Add the notes that were referred to since the last call."""
        pending, self._pending = self._pending, []
        for kind, note_id in pending:
            # Removed, because a note is shown once, and a note that refers to itself would have no end.
            note = self._notes[kind].pop(note_id, None)
            if note is not None:
                self.add_blocks(note)

    def add_margins(self) -> None:
        """Add the words of headers and footers, each once."""
        seen: set[str] = set()
        for kind in ("header", "footer"):
            for path in self._archive.related(self._main, kind):
                for paragraph in self._archive.xml(path).iter("{*}p"):
                    words = self._collect(paragraph, Style()).text.strip()
                    if words not in seen:
                        self.builder.add(Kind.BOILERPLATE, words)
                    seen.add(words)

    def _collect(self, paragraph: etree._Element, style: Style) -> Words:
        return self._words.paragraph(paragraph, style)

    def _style(self, paragraph: etree._Element) -> Style:
        """Return a paragraph's style with what the paragraph itself says."""
        properties = child(paragraph, "pPr")
        style = self._styles.of(attribute(child(properties, "pStyle"), "val"))
        level = outline_level(properties)
        list_id, list_level = list_place(properties)
        return replace(
            style,
            level=style.level if level is None else level,
            list_id=style.list_id if list_id is None else list_id,
            list_level=style.list_level if list_level is None else list_level,
        )

    def _add_paragraph(self, paragraph: etree._Element) -> None:
        style = self._style(paragraph)
        words = self._collect(paragraph, style)
        mark = child(paragraph, "pPr", "rPr")
        if child(mark, "del") is not None or child(mark, "moveFrom") is not None:
            self._carried += words.pieces
            self._pending += words.notes
            return
        words.pieces[:0] = self._carried
        self._carried = []
        in_list = style.list_id not in (None, "0")
        label = (
            self._numbering.label(style.list_id or "", style.list_level or 0) if in_list and words.text.strip() else ""
        )
        text = f"{label} {words.text.strip()}" if label else words.text
        kind, level = _kind(style, in_list)
        # Notes wait until a list is over, so that its items stay together.
        if text.strip() and not (
            kind is Kind.LIST_ITEM and self.builder.blocks[-1:] and self.builder.blocks[-1].kind is kind
        ):
            self.add_notes()
        if words.all_bold and text.strip():
            self.bold.add(len(self.builder.blocks))
        self.builder.add(kind, " ".join(text.split()) if kind is Kind.HEADING else text, level)
        self._pending += words.notes
        self._add_anchored(words)

    def _add_anchored(self, words: Words) -> None:
        """Add what is anchored in a paragraph: text boxes, charts and diagrams."""
        for box in words.boxes:
            self.add_blocks(box)
        for relation_id in words.drawings:
            relation = self._relations.get(relation_id)
            if relation is None or relation.target not in self._archive:
                continue
            root = self._archive.xml(relation.target)
            if relation.kind == "chart":
                self.builder.add(Kind.CAPTION, chart_title(root))
                add_table(self.builder, chart_rows(root), header_rows=1)
            elif relation.kind == "diagramData":
                for box_words in diagram_words(root):
                    self.builder.add(Kind.PARAGRAPH, box_words)

    def _add_table(self, table: etree._Element) -> None:
        rows = list(_rows(table))
        cells = [cell for row in rows for cell in _cells(row)]
        # A frame for laying out a page, not a table: one cell in each row, or headings in it.
        if all(len(list(_cells(row))) <= 1 for row in rows) or any(map(self._has_heading, cells)):
            for cell in cells:
                self.add_blocks(cell)
            return
        self.add_notes()
        inner: list[etree._Element] = []
        above: dict[int, Cell] = {}
        texts = [self._row(row, above, inner) for row in rows]
        marked = 0
        while marked < len(rows) and _is_on(child(rows[marked], "trPr", "tblHeader")):
            marked += 1
        if not marked and self._sets_first_row_apart(table) and len(rows) > 1:
            marked = 1
        add_table(self.builder, texts, marked or None)
        for element in inner:
            self._add_table(element)

    def _row(self, row: etree._Element, above: dict[int, Cell], inner: list[etree._Element]) -> list[Cell]:
        """Return a row's cells; a cell that continues one above repeats its words. Tables in the cells go to `inner`."""
        before = attribute(child(row, "trPr", "gridBefore"), "val")
        cells = [Cell("")] * min(whole_number(before, 0), MAX_SPAN)
        column = len(cells)
        for element in _cells(row):
            properties = child(element, "tcPr")
            span = attribute(child(properties, "gridSpan"), "val")
            columns = whole_number(span, 1)
            merge = child(properties, "vMerge")
            if merge is not None and attribute(merge, "val") != "restart" and column in above:
                cell = repeated(above[column])
            else:
                cell = replace(self._cell(element, inner), columns=columns)
                above.pop(column, None)
                if merge is not None:
                    above[column] = cell
            cells.append(cell)
            column += columns
        return cells

    def _cell(self, element: etree._Element, inner: list[etree._Element]) -> Cell:
        texts: list[str] = []
        bold: list[bool] = []
        for part in _contents(element):
            if local_name(part) == "tbl":
                inner.append(part)
                continue
            style = self._style(part)
            words = self._collect(part, style)
            label = ""
            if style.list_id not in (None, "0") and words.text.strip():
                label = self._numbering.label(style.list_id or "", style.list_level or 0)
            texts.append(f"{label} {words.text}")
            bold += words.bold
            self._pending += words.notes
            texts += [self._collect(p, Style()).text for box in words.boxes for p in box.iter("{*}p")]
        return Cell(" ".join(" ".join(texts).split()), bool(bold) and all(bold))

    def _has_heading(self, cell: etree._Element) -> bool:
        paragraphs = (part for part in _contents(cell) if local_name(part) == "p")
        return any(self._style(p).level and any(t.text and t.text.strip() for t in p.iter("{*}t")) for p in paragraphs)

    def _sets_first_row_apart(self, table: etree._Element) -> bool:
        properties = child(table, "tblPr")
        look = child(properties, "tblLook")
        bits = attribute(look, "val") or "0"
        first_row = attribute(look, "firstRow")
        on = is_on(first_row) if first_row else _hexadecimal(bits) & _FIRST_ROW_BIT != 0
        return on and self._styles.named(attribute(child(properties, "tblStyle"), "val")).first_row


def _kind(style: Style, in_list: bool) -> tuple[Kind, int]:
    if style.kind is not None:
        return style.kind, 0
    if style.level:
        return Kind.HEADING, style.level
    return (Kind.LIST_ITEM, (style.list_level or 0) + 1) if in_list else (Kind.PARAGRAPH, 0)


def _contents(parent: etree._Element, wanted: tuple[str, ...] = ("p", "tbl")) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables in `parent`, or other elements that are wanted, in order."""
    for element in parent:
        name = local_name(element)
        if name in wanted:
            yield element
        elif name in _TRANSPARENT:
            yield from _contents(element, wanted)
        elif name == "AlternateContent":
            yield from _contents(alternative(element), wanted)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """Yield a table's rows but for the deleted."""
    for row in _contents(table, ("tr",)):
        if child(row, "trPr", "del") is None:
            yield row


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for cell in _contents(row, ("tc",)):
        if child(cell, "tcPr", "cellDel") is None:
            yield cell


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and is_on(attribute(element, "val") or "1")


def _hexadecimal(digits: str) -> int:
    try:
        return int(digits, 16)
    except ValueError:
        return 0
