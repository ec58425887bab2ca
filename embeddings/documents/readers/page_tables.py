"""Read the tables of a web page row by row, and tell tables of data from tables that only arrange the page."""

from collections.abc import Iterator

from lxml.html import HtmlElement

# As browsers do (HTML standard, 4.9.11).
_MOST_COLUMNS = 1_000
# A longer cell holds a page's column of text, not a datum.
_CELL_CHARS = 2_000
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


def table_rows(table: HtmlElement) -> Iterator[tuple[list[str], bool]]:
    """Yield each row's cells from left to right, and whether the row names the columns.

    A cell that spans rows stands in each of them, as each row is read by itself; one that spans columns stands in its first.
    """
    hanging: dict[int, tuple[int, str]] = {}  # column: rows that it still spans, words
    for row in _rows(table):
        cells: list[str] = []
        own = [cell for cell in row if cell.tag in ("td", "th")]
        below: dict[int, tuple[int, str]] = {}
        for cell in own:
            _hang(cells, hanging, below)
            words, width, height = cell_text(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            if height > 1:
                below[len(cells)] = (height - 1, words)
            cells += [words, *[""] * (width - 1)]
            if len(cells) >= _MOST_COLUMNS:
                break
        _hang(cells, hanging, below)
        hanging = below
        while cells and not cells[-1].strip():
            cells.pop()
        parent = row.getparent()
        named = all(cell.tag == "th" for cell in own) and len(own) > 1
        yield cells, bool(own) and (named or (parent is not None and parent.tag == "thead"))


def cell_text(cell: HtmlElement) -> str:
    """Return a cell's visible text, with a blank where an element begins a new line."""
    pieces: list[str] = []
    _collect(cell, pieces)
    return "".join(pieces)


def _collect(element: HtmlElement, pieces: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    pieces.append(element.text or "")
    for child in element:
        broken = child.tag in _BREAKS
        pieces.append(" " if broken else "")
        _collect(child, pieces)
        pieces.append((" " if broken else "") + (child.tail or ""))


def _hang(cells: list[str], hanging: dict[int, tuple[int, str]], below: dict[int, tuple[int, str]]) -> None:
    """Put the cells that hang down from the rows above into the next columns."""
    while len(cells) in hanging:
        rows, words = hanging[len(cells)]
        if rows > 1:
            below[len(cells)] = (rows - 1, words)
        cells.append(words)


def _rows(table: HtmlElement) -> list[HtmlElement]:
    rows = table.xpath(_ROWS)
    return [row for row in rows if row.tag == "tr"]


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.get(name) or "").strip()
    # Most digits that a browser reads; a rowspan of 0 (to the table's end) is rare and read as 1.
    return min(max(int(value), 1), _MOST_COLUMNS) if value.isascii() and value.isdigit() and len(value) < 6 else 1
