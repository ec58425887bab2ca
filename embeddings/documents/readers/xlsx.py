"""Read workbooks (`.xlsx`): each visible sheet a page, its name a heading, its rows with the numbers and dates as the cells show them.

Kept: values that formulas had when the file was saved (files made by programs that don't calculate have none), text boxes. A row of
words over rows of data is a header; lone cells above a table are its captions. Hidden rows and columns are kept, since a filter hides them too.
Left out: hidden sheets, comments, charts (their figures are cells).
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree
from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.number_formats import shown
from embeddings.documents.readers.office_properties import read_properties
from embeddings.documents.readers.tables import Cell, header_count, is_number, repeated
from embeddings.documents.readers.zipped import (
    Archive,
    attribute,
    damaged,
    forbid_entities,
    open_archive,
    without_text,
)
from embeddings.documents.text_builder import TextBuilder
from embeddings.errors import UnreadableFile

MAX_CELLS = 1_000_000
"""Filled cells of a workbook."""
MAX_CHARACTERS = 100_000_000
"""Of all cells; the file holds a text once that a million cells show."""
MAX_PLACES = 10_000_000
"""Cells up to the last one of each row, filled or not."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_LONGEST_NAME = 60
"""Characters; a column's name is short."""

# openpyxl has no errors of its own for parts that are missing or hold something else.
_FAULTS = (
    InvalidFileException,
    SyntaxError,
    zipfile.BadZipFile,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    OSError,
)

Row = dict[int, Cell]
"""The filled cells of a row by column."""


@dataclass(frozen=True)
class XlsxReader:
    """Reads workbooks."""

    name: str = "xlsx"
    version: int = 1

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the workbook as one article; see `FormatReader.read`."""
        archive = open_archive(data, name)
        forbid_entities(archive, name)
        parts = _sheet_parts(archive, name)
        builder = TextBuilder()
        budget = _Budget(name)
        try:
            with warnings.catch_warnings():  # openpyxl warns of what it leaves out, such as pictures
                warnings.simplefilter("ignore")
                workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            for sheet in workbook.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                builder.start_page()
                builder.add(Kind.HEADING, clean(sheet.title), level=1)
                sheet.reset_dimensions()  # files state wrong ones
                rows = _read_rows(sheet.iter_rows(), budget)
                part = parts.get(sheet.title, "")
                _repeat_merged(rows, archive.read(part) if part in archive else b"", budget)
                _add_rows(builder, rows)
                for drawing in archive.related(part, "drawing"):
                    for words in _text_boxes(archive.xml(drawing)):
                        builder.add(Kind.PARAGRAPH, words)
            workbook.close()
        except _FAULTS as error:
            raise damaged(name, f"it cannot be read as a workbook ({type(error).__name__}: {error})") from error
        if all(block.kind is Kind.HEADING for block in builder.blocks):
            raise without_text(name)
        properties = read_properties(archive)
        return [
            Extracted(
                builder.text,
                tuple(builder.blocks),
                properties.title,
                properties.date,
                properties.author,
                page_starts=tuple(builder.page_starts),
            )
        ]


class _Budget:
    """Counts cells up to the limits."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._places = 0
        self._cells = 0
        self._characters = 0

    def take(self, *, places: int = 0, cells: int = 0, characters: int = 0) -> None:
        self._places += places
        self._cells += cells
        self._characters += characters
        if self._places > MAX_PLACES or self._cells > MAX_CELLS or self._characters > MAX_CHARACTERS:
            raise UnreadableFile(
                f"{self._name} has more than {MAX_CELLS} cells or {MAX_CHARACTERS} characters.",
                "Split it into smaller workbooks, or index a summary.",
            )


def _sheet_parts(archive: Archive, name: str) -> dict[str, str]:
    """Return the path of each sheet's part by the sheet's name."""
    main = next(iter(archive.related("", "officeDocument")), None)
    if main is None:
        raise damaged(name, "it has no workbook in it")
    relations = archive.relations(main)
    parts: dict[str, str] = {}
    for sheet in archive.xml(main).iterfind("{*}sheets/{*}sheet"):
        relation = relations.get(attribute(sheet, "id") or "")
        if relation is not None:
            parts[attribute(sheet, "name") or ""] = relation.target
    return parts


def _read_rows(rows: Iterable[tuple[object, ...]], budget: _Budget) -> list[Row]:
    """Return the rows of a sheet up to the last one with words."""
    read: list[Row] = []
    for row in rows:
        cells: Row = {}
        for column, cell in enumerate(row):
            # Places without a cell are filled with one that has no format.
            if isinstance(cell, ReadOnlyCell) and cell.value is not None:
                words = clean(shown(cell.value, cell.number_format))
                if words.strip():
                    cells[column] = Cell(words, bold=isinstance(cell.value, str) and bool(cell.font.b))
        budget.take(places=len(row) + 1, cells=len(cells), characters=sum(len(cell.text) for cell in cells.values()))
        read.append(cells)
    while read and not read[-1]:
        read.pop()
    return read


def _repeat_merged(rows: list[Row], sheet: bytes, budget: _Budget) -> None:
    """Repeat a cell that covers several rows in each of them, since a row is read without the others."""
    for first_column, first_row, _, last_row in _MERGED.findall(sheet[max(sheet.rfind(b"mergeCells "), 0) :]):
        column, top = _column_number(first_column), int(first_row) - 1
        if not top < len(rows) or column not in rows[top]:
            continue
        below = rows[top + 1 : int(last_row)]
        budget.take(places=len(below))
        for row in below:
            row.setdefault(column, repeated(rows[top][column]))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _regions(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield the stretches of rows between empty ones."""
    region: list[Row] = []
    for row in [*rows, {}]:
        if row:
            region.append(row)
        elif region:
            yield region
            region = []


def _add_rows(builder: TextBuilder, rows: list[Row]) -> None:
    """Add a sheet's rows: tables, with the lone cells above them as captions; a single column as paragraphs."""
    columns: list[int] = []
    for region in _regions(rows):
        if all(len(row) == 1 for row in region):
            for row in region:
                builder.add(Kind.PARAGRAPH, next(iter(row.values())).text)
            continue
        while len(region[0]) == 1:
            builder.add(Kind.CAPTION, next(iter(region.pop(0).values())).text)
        used = sorted({column for row in region for column in row})
        grid = [[row.get(column, Cell("")) for column in used] for row in region]
        headers = header_count(grid) or int(_names_all_columns(grid))
        # Rows after an empty one belong to the table above it if they are in its columns and have no header of their own.
        continues = (
            not headers and bool(columns) and set(used) <= set(columns) and builder.blocks[-1].kind is Kind.TABLE_ROW
        )
        if not continues:
            columns = used
        for number, row in enumerate(region):
            words = [row[column].text if column in row else "" for column in columns]
            builder.add_row(words, header=number < headers, first=number == 0 and not continues)


def _names_all_columns(grid: list[list[Cell]]) -> bool:
    """Return whether the first row of a table of words holds the columns' names: in a workbook, tables have such a row."""
    names = [cell.text.strip() for cell in grid[0]]
    return (
        len(grid) > 2
        and all(name and len(name) <= _LONGEST_NAME and not is_number(name) for name in names)
        and len(set(names)) == len(names)
    )


def _text_boxes(drawing: etree._Element) -> Iterator[str]:
    for paragraph in drawing.iter("{*}p"):
        yield clean("".join(text.text or "" for text in paragraph.iter("{*}t")))
