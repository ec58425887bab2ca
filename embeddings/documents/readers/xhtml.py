"""Turn an EPUB's XHTML into blocks: all of its text, since a book's chapter has no menus around it."""

import re
from dataclasses import dataclass, replace
from html.entities import name2codepoint

from lxml import etree, html

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.formulas import linear_formula
from embeddings.documents.readers.numerals import numeral
from embeddings.documents.readers.tables import Cell, add_table
from embeddings.documents.readers.zipped import (
    MalformedXml,
    attribute,
    limit_depth,
    local_name,
    parse_xml,
    whole_number,
)
from embeddings.documents.text_builder import TextBuilder

_BLANKS = re.compile(r"[ \t\r\n\f]+")
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_LEFT_OUT = frozenset("head script style template noscript rt rp audio video object iframe svg".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q ruby rb rbc rtc s samp small span "
    "strike strong sub sup time tt u var wbr input button".split()
)
_AROUND_BREAK = re.compile(r" *\n *")
_HEADING = re.compile(r"h([1-6])")
_BOLD = frozenset(("b", "strong", "th"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LONGEST_MARK = 5
"""Characters of a note's mark: [12], *."""
_MARKS = frozenset(("noteref", "doc-noteref", "backlink", "doc-backlink", "pagebreak", "doc-pagebreak"))
"""Marks of notes, and the way back from them: a raised 1 after "45" would read 451."""


def parse_xhtml(data: bytes) -> etree._Element | None:
    """Return the root element of a chapter; None if it is empty. Chapters that are not well-formed are read as browsers do."""

    def character(match: re.Match[bytes]) -> bytes:
        code = name2codepoint.get(match[1].decode("ascii"))
        return match[0] if code is None or match[1] in _XML_ENTITIES else b"&#%d;" % code

    if not data.strip():
        return None
    try:
        return parse_xml(_ENTITY.sub(character, data))
    except MalformedXml:
        declared = re.match(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)", data.lstrip(b"\xef\xbb\xbf"))
        parser = html.HTMLParser(
            encoding=declared[1].decode("ascii") if declared else "utf-8",
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        root = etree.fromstring(data, parser)
        return None if root is None else limit_depth(root)


@dataclass(frozen=True)
class _Around:
    """What the elements around say of the text in them."""

    kind: Kind = Kind.PARAGRAPH
    level: int = 0
    lists: int = 0
    """How many lists it is in."""
    bold: bool = False
    pre: bool = False
    """Whether white space is kept."""


class ChapterWalker:
    """Adds a chapter's blocks to a text."""

    def __init__(self, builder: TextBuilder) -> None:
        self.bold: list[bool] = []
        """Whether each piece of text that is not blank is bold."""
        self._builder = builder
        self._pieces: list[str] = []
        self._item: tuple[int, str] | None = None
        """Level and label of a list item whose first block is still to come."""

    def add(self, root: etree._Element, kind: Kind = Kind.PARAGRAPH) -> None:
        """Add all text in `root`; `kind` is that of ordinary paragraphs."""
        around = _Around(kind)
        self._walk(root, around)
        self._flush(around)

    def _walk(self, element: etree._Element, around: _Around) -> None:
        self._text(element.text, around)
        for part in element:
            self._element(part, around)
            self._text(part.tail, around)

    def _element(self, element: etree._Element, around: _Around) -> None:
        name = local_name(element).lower()
        if not name or name in _LEFT_OUT or _is_hidden(element) or (name == "a" and _is_raised_mark(element)):
            return
        if name == "br":
            self._pieces.append("\n")
        elif name == "math":
            self._text(linear_formula(element), around)
        elif name in _INLINE:
            self._walk(element, replace(around, bold=around.bold or name in _BOLD))
        else:
            self._flush(around)
            if name == "table":
                self._table(element, around)
            elif name in ("ul", "ol", "menu"):
                self._list(element, around)
            else:
                inside = _inside(name, around)
                self._walk(element, inside)
                self._flush(inside)

    def _text(self, text: str | None, around: _Around) -> None:
        if text:
            self._pieces.append(text if around.pre else _BLANKS.sub(" ", text))
            if text.strip():
                self.bold.append(around.bold)

    def _flush(self, around: _Around) -> None:
        """Add the text so far as a block."""
        text = clean("".join(self._pieces)).strip()
        self._pieces.clear()
        if not text:
            return
        if not around.pre:
            text = _AROUND_BREAK.sub("\n", text)
        kind, level = around.kind, around.level
        if kind is Kind.HEADING:
            text = " ".join(text.split())
        elif kind is Kind.PARAGRAPH and self._item is not None:
            (level, label), kind = self._item, Kind.LIST_ITEM
            text = f"{label} {text}" if label else text
        self._item = None
        self._builder.add(kind, text, level)

    def _list(self, element: etree._Element, around: _Around) -> None:
        inside = replace(around, lists=around.lists + 1)
        ordered = local_name(element).lower() == "ol"
        number = whole_number(element.get("start"), 1)
        for item in element:
            if local_name(item).lower() != "li":
                self._element(item, inside)
                continue
            number = whole_number(item.get("value"), number)
            self._item = inside.lists, f"{numeral(number, element.get('type') or '1')}." if ordered else ""
            self._walk(item, inside)
            self._flush(inside)
            self._item = None
            number += 1

    def _table(self, table: etree._Element, around: _Around) -> None:
        for caption in table.iterfind("{*}caption"):
            self._walk(caption, replace(around, kind=Kind.CAPTION))
            self._flush(replace(around, kind=Kind.CAPTION))
        rows = [row for row in table.iter("{*}tr") if _table_of(row) is table]
        cells = [[cell for cell in row if local_name(cell).lower() in ("td", "th")] for row in rows]
        # A frame for laying out a page, not a table: one cell in each row, or headings or tables in it.
        framed = ("{*}table", "{*}h1", "{*}h2", "{*}h3", "{*}h4", "{*}h5", "{*}h6")
        if all(len(row) <= 1 for row in cells) or any(
            next(c.iter(*framed), None) is not None for row in cells for c in row
        ):
            for cell in (cell for row in cells for cell in row):
                self._walk(cell, around)
                self._flush(around)
            return
        marked = 0
        while marked < len(rows) and _names_columns(rows[marked]):
            marked += 1
        add_table(self._builder, [[_cell(cell) for cell in row] for row in cells], marked or None)


def _cell(element: etree._Element) -> Cell:
    builder = TextBuilder()
    walker = ChapterWalker(builder)
    walker.add(element)
    bold = local_name(element).lower() == "th" or (bool(walker.bold) and all(walker.bold))
    columns, rows = whole_number(element.get("colspan"), 1), whole_number(element.get("rowspan"), 1)
    return Cell(" ".join(builder.text.split()), bold, max(columns, 1), max(rows, 1))


def _names_columns(row: etree._Element) -> bool:
    parent = row.getparent()
    cells = [local_name(cell).lower() for cell in row]
    return (parent is not None and local_name(parent).lower() == "thead") or (len(cells) > 1 and set(cells) == {"th"})


def _table_of(row: etree._Element) -> etree._Element | None:
    return next(row.iterancestors("{*}table"), None)


def _inside(name: str, around: _Around) -> _Around:
    heading = _HEADING.fullmatch(name)
    if around.kind is Kind.BOILERPLATE or name == "nav":
        return replace(around, kind=Kind.BOILERPLATE)
    if heading:
        return replace(around, kind=Kind.HEADING, level=int(heading[1]))
    kinds = {"pre": Kind.CODE, "blockquote": Kind.QUOTATION, "figcaption": Kind.CAPTION}
    return replace(around, kind=kinds.get(name, around.kind), pre=around.pre or name == "pre")


def _is_raised_mark(link: etree._Element) -> bool:
    """Return whether a link is a raised sign that leads to a note, or back from it, as in books that don't say so by its type."""
    parent = link.getparent()
    raised = (parent is not None and local_name(parent) == "sup") or [local_name(part) for part in link] == ["sup"]
    return (
        raised and "#" in (link.get("href") or "") and len("".join(map(str, link.itertext())).strip()) <= _LONGEST_MARK
    )


def _is_hidden(element: etree._Element) -> bool:
    types = f"{attribute(element, 'type') or ''} {element.get('role') or ''}".split()
    return (
        element.get("hidden") is not None
        or _HIDDEN.search(element.get("style") or "") is not None
        or any(one in _MARKS for one in types)
    )
