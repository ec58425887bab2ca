"""Read the tables of a web page row by row, and tell tables of data from tables that only arrange the page."""

import re

from lxml.html import HtmlElement

from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.tables import Cell, header_count, spread

# The rows of a browser's largest cell (HTML standard, 4.9.11).
_MOST_ROWS = 65_534
# A longer cell holds a page's column of text, not a datum.
_CELL_CHARS = 2_000
# What stands in each of many rows is a name; a long text there would make a small page huge.
_REPEATED_CHARS = 200
_SPACE = re.compile(r"[ \t\n\r\f]+")
_ROWS = "./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"
_SKIPPED = frozenset("script style template noscript".split())
_BREAKS = frozenset("br p div li ul ol tr td th h1 h2 h3 h4 h5 h6 dd dt hr".split())


def is_data_table(table: HtmlElement) -> bool:
    """Return whether a table is a table to its reader: two columns, no table or heading inside, no long cells."""
    if table.get("role") in ("presentation", "none") or table.xpath("boolean(.//table)"):
        return False
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in _rows(table)]
    if table.xpath("boolean(.//th)"):
        return any(len(row) > 1 for row in rows)
    if sum(len(row) > 1 for row in rows) < 2 or table.xpath("boolean(.//h1 | .//h2 | .//h3 | .//article)"):
        return False
    return all(len("".join(cell.itertext())) <= _CELL_CHARS for row in rows for cell in row)


def table_rows(table: HtmlElement) -> list[tuple[list[Cell], bool]]:
    """Return each row that is not empty, with its cells from left to right, and whether it names the columns.

    A cell that spans rows stands in each of them. Many pages mark no header, or only by bold letters: then the structure decides.
    """
    rows = _rows(table)
    own = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
    grid = spread([[_cell(cell) for cell in cells] for cells in own])
    filled = [
        (cells, _is_marked(row, marked))
        for cells, row, marked in zip(grid, rows, own, strict=True)
        if any(cell.text for cell in cells)
    ]
    if not any(header for _, header in filled):
        names = header_count([cells for cells, _ in filled])
        filled = [(cells, number < names) for number, (cells, _) in enumerate(filled)]
    return filled


def _is_marked(row: HtmlElement, cells: list[HtmlElement]) -> bool:
    parent = row.getparent()
    in_head = parent is not None and parent.tag == "thead"
    return bool(cells) and (in_head or (len(cells) > 1 and all(cell.tag == "th" for cell in cells)))


def _cell(cell: HtmlElement) -> Cell:
    words = _words(cell)
    rows = _span(cell, "rowspan") if len(words) <= _REPEATED_CHARS else 1
    return Cell(words, _is_bold(cell), _span(cell, "colspan"), rows)


def _words(cell: HtmlElement) -> str:
    """Return a cell's visible text in one line, with a blank where an element begins a new line."""
    pieces: list[str] = []
    _collect(cell, pieces)
    return _SPACE.sub(" ", clean("".join(pieces))).strip()


def _collect(element: HtmlElement, pieces: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    pieces.append(element.text or "")
    for child in element:
        broken = child.tag in _BREAKS
        pieces.append(" " if broken else "")
        _collect(child, pieces)
        pieces.append((" " if broken else "") + (child.tail or ""))


def _rows(table: HtmlElement) -> list[HtmlElement]:
    rows = table.xpath(_ROWS)
    return [row for row in rows if row.tag == "tr"]


def _is_bold(cell: HtmlElement) -> bool:
    words = "".join("".join(cell.itertext()).split())
    bold = "".join(
        "".join("".join(element.itertext()).split()) for element in cell.xpath("./b | ./strong | ./*/b | ./*/strong")
    )
    return not words or words == bold


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.get(name) or "").strip()
    # Most digits that a browser reads; a rowspan of 0 (to the table's end) is rare and read as 1.
    return min(max(int(value), 1), _MOST_ROWS) if value.isascii() and value.isdigit() and len(value) < 6 else 1
