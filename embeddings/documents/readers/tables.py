"""Add tables to a document: merged cells spread over their rows, the header row marked or recognized by its structure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.documents.text_builder import TextBuilder

MAX_SPAN = 100
"""Columns that one cell may cover; more is a mistake or an attack."""

_LONGEST_REPEATED = 200
"""Characters of a merged cell that is repeated in each of its rows; a longer one is no label of the rows."""

_NUMBER = re.compile(r"[^\w]*(?:[A-Z]{3}\s?)?\d[\d\s.,:/’'–-]*\W*(?:[A-Za-zµ°]{1,4}[²³]?\.?)?")
"""A number as a cell holds it: with signs, a currency, a short unit. Dates count as numbers."""
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?:[/–-]\d{2,4})?")


@dataclass(frozen=True)
class Cell:
    """A table's cell; one that is merged from several says how many columns and rows it covers."""

    text: str
    bold: bool = False
    """Whether all of its text is bold, or marked as a heading of its column."""
    columns: int = 1
    rows: int = 1


def add_table(builder: TextBuilder, rows: Sequence[Sequence[Cell]], header_rows: int | None = None) -> None:
    """Add a table's rows.

    Args:
        builder: the document.
        rows: each row's cells from left to right, without those that a merged cell of an earlier row covers.
        header_rows: how many rows at the top name the columns; None to judge it by structure.
    """
    grid = [row for row in spread(rows) if any(cell.text.strip() for cell in row)]
    if header_rows is None:
        header_rows = header_count(grid)
    for number, row in enumerate(grid):
        builder.add_row([cell.text for cell in row], header=number < header_rows, first=number == 0)


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return the rows as a grid.

    A cell that covers several rows is repeated in each, since each row is read without the others; one that covers several columns
    is followed by empty cells.
    """
    grid: list[list[Cell]] = []
    waiting: dict[int, tuple[Cell, int]] = {}  # by column: a cell that covers the next rows, and how many
    for row in rows:
        cells: list[Cell] = []
        covered, waiting = waiting, {}
        own = iter(row)
        while True:
            column = len(cells)
            cell, left = covered.pop(column, (None, 0))
            if cell is None:
                cell = next(own, None)
                if cell is None and not covered:
                    break
                cell = cell or Cell("")
                left = cell.rows
            if left > 1:
                waiting[column] = repeated(cell), left - 1
            cells.append(cell)
            for _ in range(min(cell.columns, MAX_SPAN) - 1):
                covered.pop(len(cells), None)
                cells.append(Cell(""))
        grid.append(cells)
    return grid


def repeated(cell: Cell) -> Cell:
    """Return what a row shows of a cell that began in a row above: its words, unless they are long."""
    return cell if len(cell.text) <= _LONGEST_REPEATED else replace(cell, text="")


def header_count(grid: Sequence[Sequence[Cell]]) -> int:
    """Return how many rows at the top name the columns: none, one, or two where the first names groups of columns."""
    if _has_header(grid):
        return 1
    groups = [cell.text for cell in grid[0] if cell.text.strip()] if grid else []
    if 1 < len(groups) < len(grid[0]) and all(_is_name(words) for words in groups) and _has_header(grid[1:]):
        return 2
    return 0


def _has_header(grid: Sequence[Sequence[Cell]]) -> bool:
    """Return whether the first row names the columns: all words and no numbers, over numbers or over rows that are not bold as it is."""
    if len(grid) < 2:
        return False
    first, rest = grid[0], grid[1:]
    names = [cell for cell in first if cell.text.strip()]
    if len(names) < 2 or len(names) < len(first) - 1 or len(first) < max(len(row) for row in rest):
        return False
    if not all(_is_name(cell.text) for cell in names):
        return False
    if _all_bold(names) and not all(_all_bold(row) for row in rest):
        return True
    for n, name in enumerate(first):
        below = [row[n].text.strip() for row in rest if n < len(row) and any(map(str.isalnum, row[n].text))]
        numbers = bool(below) and sum(map(is_number, below)) * 2 > len(below)
        years = is_number(name.text) and all(map(_YEAR.fullmatch, below))
        if name.text.strip() and numbers and not years:
            return True
    return False


def _is_name(words: str) -> bool:
    """Return whether a cell may name a column: words, or a year."""
    return not is_number(words) or _YEAR.fullmatch(words.strip()) is not None


def is_number(words: str) -> bool:
    """Return whether a cell holds a number, an amount or a date in digits."""
    return len(words) < 40 and _NUMBER.fullmatch(words.strip()) is not None


def _all_bold(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if cell.text.strip()]
    return bool(filled) and all(cell.bold for cell in filled)
