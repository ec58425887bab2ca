"""Read presentations (`.pptx`): each slide a page, its title a heading, its notes at its end.

Kept: texts from top to bottom, lists with their level and numbers, tables, charts as tables, diagrams, groups, speaker's notes. Footers, dates and
slide numbers are boilerplate. Left out: hidden slides (their page is empty, so that page numbers stay those of the program), comments.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame, _Paragraph

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.drawings import chart_rows, chart_title, diagram_words
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.numerals import numeral
from embeddings.documents.readers.office_properties import read_properties
from embeddings.documents.readers.tables import Cell, add_table
from embeddings.documents.readers.zipped import (
    attribute,
    child,
    damaged,
    forbid_entities,
    local_name,
    open_archive,
    parse_xml,
    without_text,
)
from embeddings.documents.text_builder import TextBuilder

_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)
_FURNITURE = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER)
_BULLETED = ("body", "obj")
"""Placeholders whose paragraphs have bullets unless they or their layout say otherwise."""
_NUMERALS = {"arabic": "1", "alphaLc": "a", "alphaUc": "A", "romanLc": "i", "romanUc": "I"}


_Place = tuple[str, str]
"""Type and index of a placeholder, by which it takes after one of the layout."""
_Known = dict[etree._Element, list[tuple[_Place, etree._Element | None]]]
"""The placeholders of each layout and master, read once."""


@dataclass(frozen=True)
class PptxReader:
    """Reads presentations."""

    name: str = "pptx"
    version: int = 1

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the presentation as one article; see `FormatReader.read`."""
        archive = open_archive(data, name)
        forbid_entities(archive, name)
        builder = TextBuilder()
        known: _Known = {}
        try:
            slides = Presentation(io.BytesIO(data)).slides
            for number, slide in enumerate(slides):
                builder.start_page()
                if attribute(slide.element, "show") not in ("0", "false"):
                    _Slide(slide, builder, known).add(first=number == 0)
        except (PythonPptxError, etree.XMLSyntaxError, LookupError, ValueError, TypeError, AttributeError) as error:
            # python-pptx has no errors of its own for parts that are missing or hold something else.
            raise damaged(name, f"it cannot be read as a presentation ({error})") from error
        if not builder.blocks:
            raise without_text(name)
        properties = read_properties(archive)
        text = builder.text
        title = next((text[block.start : block.end] for block in builder.blocks if block.kind is Kind.TITLE), None)
        return [
            Extracted(
                text,
                tuple(builder.blocks),
                title or properties.title,
                properties.date,
                properties.author,
                page_starts=tuple(builder.page_starts),
            )
        ]


class _Slide:
    """Adds a slide's blocks to a text."""

    def __init__(self, slide: Slide, builder: TextBuilder, known: _Known) -> None:
        self._slide = slide
        self._builder = builder
        self._known = known

    def add(self, *, first: bool) -> None:
        """Add the title, the other shapes and the notes; the title of the `first` slide is that of the presentation."""
        title = next((shape for shape in self._slide.placeholders if shape.placeholder_format.type in _TITLES), None)
        if title is not None:
            words = " ".join(clean(title.text_frame.text).split())
            is_cover = first and title.placeholder_format.type is PP_PLACEHOLDER.CENTER_TITLE
            self._builder.add(*((Kind.TITLE, words) if is_cover else (Kind.HEADING, words, 1)))
        for shape in _in_order(self._slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                self._add_shape(shape)
        if self._slide.has_notes_slide and self._slide.notes_slide.notes_text_frame is not None:
            for paragraph in self._slide.notes_slide.notes_text_frame.paragraphs:
                self._builder.add(Kind.PARAGRAPH, _words(paragraph))

    def _add_shape(self, shape: BaseShape) -> None:
        if isinstance(shape, GroupShape):
            for inner in _in_order(shape.shapes):
                self._add_shape(inner)
        elif isinstance(shape, GraphicFrame):
            self._add_frame(shape)
        elif shape.has_text_frame:
            self._add_text(shape)

    def _add_frame(self, frame: GraphicFrame) -> None:
        if frame.has_table:
            table = frame.table
            add_table(self._builder, list(_table_rows(table)), 1 if table.first_row and len(table.rows) > 1 else None)
        elif frame.has_chart:
            chart = frame.chart_part._element
            self._builder.add(Kind.CAPTION, chart_title(chart))
            add_table(self._builder, chart_rows(chart), header_rows=1)
        else:
            for relation in frame.element.iter("{*}relIds"):
                part = self._slide.part.related_part(attribute(relation, "dm") or "")
                for words in diagram_words(parse_xml(part.blob)):
                    self._builder.add(Kind.LIST_ITEM, words, 1)

    def _add_text(self, shape: BaseShape) -> None:
        frame: TextFrame = shape.text_frame  # type: ignore[attr-defined]
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind in _FURNITURE:
            self._builder.add(Kind.BOILERPLATE, clean(frame.text))
            return
        looks = self._looks(shape)
        counts: dict[int, int] = {}
        for paragraph in frame.paragraphs:
            words = _words(paragraph)
            if not words.strip():
                continue
            level = paragraph.level
            counts = {other: count for other, count in counts.items() if other <= level}
            bullet = _bullet(paragraph, looks)
            if bullet is None or local_name(bullet) == "buNone":
                counts.pop(level, None)
                self._builder.add(Kind.PARAGRAPH, words)
                continue
            label = ""
            if local_name(bullet) == "buAutoNum":
                counts[level] = counts.get(level, int(bullet.get("startAt", "1")) - 1) + 1
                label = _label(bullet.get("type", ""), counts[level])
            self._builder.add(Kind.LIST_ITEM, label + words.strip(), level + 1)

    def _looks(self, shape: BaseShape) -> list[etree._Element]:
        """Return the list styles that hold for a shape's paragraphs, the nearest first: its own, its layout's, its master's."""
        looks = [child(shape.element, "txBody", "lstStyle")]
        if shape.is_placeholder:
            layout = self._slide.slide_layout
            own = _place(shape.element)
            kind = own and own[0]
            for (above, index), style in self._placeholders(layout.element):
                if own and index == own[1]:
                    looks.append(style)
                    kind = above
            if kind in _BULLETED:
                master = layout.slide_master.element
                looks += [style for (above, _), style in self._placeholders(master) if above == "body"]
                looks.append(child(master, "txStyles", "bodyStyle"))
        return [look for look in looks if look is not None]

    def _placeholders(self, page: etree._Element) -> list[tuple[_Place, etree._Element | None]]:
        """Return place and list style of the placeholders of a layout or master."""
        if page not in self._known:
            shapes = ((_place(shape), shape) for shape in page.iter("{*}sp"))
            self._known[page] = [(place, child(shape, "txBody", "lstStyle")) for place, shape in shapes if place]
        return self._known[page]


def _place(shape: etree._Element) -> _Place | None:
    """Return type and index of a placeholder; None for other shapes. python-pptx takes ten times as long."""
    element = child(shape, "nvSpPr", "nvPr", "ph")
    return None if element is None else (element.get("type", "obj"), element.get("idx", "0"))


def _bullet(paragraph: _Paragraph, looks: list[etree._Element]) -> etree._Element | None:
    """Return what says which bullet a paragraph has: itself, or else one of the list styles."""
    own = _bullet_in(child(paragraph._p, "pPr"))
    if own is not None:
        return own
    levels = (_bullet_in(child(look, f"lvl{paragraph.level + 1}pPr")) for look in looks)
    return next((bullet for bullet in levels if bullet is not None), None)


def _bullet_in(properties: etree._Element | None) -> etree._Element | None:
    if properties is None:
        return None
    return next((part for part in properties if local_name(part) in ("buNone", "buChar", "buAutoNum", "buBlip")), None)


def _label(style: str, number: int) -> str:
    """Return a numbered paragraph's label in a style such as `arabicPeriod` or `alphaLcParenBoth`."""
    for name, numerals in _NUMERALS.items():
        if style.startswith(name):
            written = numeral(number, numerals)
            end = {"Period": ".", "ParenR": ")", "ParenBoth": ")"}.get(style.removeprefix(name), "")
            return f"{'(' if style.endswith('ParenBoth') else ''}{written}{end} "
    return f"{number}. "


def _in_order(shapes: object) -> list[BaseShape]:
    """Return shapes as they are read: from top to bottom, then from left to right."""
    return sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0))  # type: ignore[call-overload, no-any-return]


def _words(paragraph: _Paragraph) -> str:
    return clean(paragraph.text.replace("\v", "\n"))


def _table_rows(table: Table) -> Iterator[list[Cell]]:
    for row in table.rows:
        yield [
            Cell(
                clean(cell.text_frame.text),
                bold=all(run.font.bold for p in cell.text_frame.paragraphs for run in p.runs if run.text.strip()),
                columns=cell.span_width if cell.is_merge_origin else 1,
                rows=cell.span_height if cell.is_merge_origin else 1,
            )
            for cell in row.cells
            if not cell.is_spanned
        ]
