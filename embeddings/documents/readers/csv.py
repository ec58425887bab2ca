"""Read tables in text (`.csv`, `.tsv`): an article a row if a column holds texts, else one table with its header.

The delimiter is found by trying: comma, semicolon, tab and vertical bar. In an article the row's other columns are fields.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from embeddings.documents.decoding import decode
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.records import Records, read_records
from embeddings.errors import UnreadableFile

_DELIMITERS = ",;\t|"
# Rows that show the delimiter. Python's csv.Sniffer takes letters for delimiters in prose, and fails on line breaks in quotes.
_TRIED_ROWS = 200
_NAME_CHARS = 100
_FIELD_CHARS = 10_000_000
_DATUM = re.compile(r"[^\w]*\d[\d\s.,:/%-]*\w{0,3}")
# Excel writes this line, which names the delimiter, before the table.
_STATED = re.compile(r"sep=(.)\n", re.IGNORECASE)

# The standard library's limit for a field, 128 kB, is less than a long article; it can only be set for all of a process.
csv.field_size_limit(_FIELD_CHARS)


@dataclass(frozen=True)
class CsvReader:
    """Reads CSV and TSV."""

    name: str = "CSV"
    version: int = 2

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the rows with texts as articles, or the table as one; see `FormatReader.read`."""
        decoded = decode(data, name)
        text = decoded.text
        stated = _STATED.match(text)
        delimiter = stated[1] if stated else find_delimiter(text)
        rows, numbers = [], []
        try:
            for number, row in enumerate(_rows(text[stated.end() if stated else 0 :], delimiter), 1):
                if any(value.strip() for value in row):
                    rows.append(row)
                    numbers.append(number)
        except csv.Error as error:
            raise UnreadableFile(f"{name} is damaged: {error}.", "Save it again as CSV.") from error
        if not rows:
            raise UnreadableFile(f"{name} has only empty cells.", "Fill it or delete it.")
        width = max(len(row) for row in rows)
        named = has_header(rows)
        columns = rows[0] if named else []
        columns = [*columns, *(f"column {i + 1}" for i in range(len(columns), width))]
        body = [(*row, *[""] * (width - len(row))) for row in rows[named:]]
        records = Records(tuple(columns), tuple(body), tuple(numbers[named:]))
        return [replace(each, notes=decoded.notes) for each in read_records(records, named, "row", name)]


def find_delimiter(text: str) -> str:
    """Return the delimiter with which most rows have the same number of columns, and among those most columns."""

    def regularity(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in islice(_rows(text, delimiter), _TRIED_ROWS) if row)
        except csv.Error:
            return 0.0, 0
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
        return (rows / widths.total(), width) if width > 1 else (0.0, 0)

    return max(_DELIMITERS, key=regularity)


def has_header(rows: list[list[str]]) -> bool:
    """Return whether the first row names the columns: short, different, no numbers, at most one empty, and rows below it."""
    names = [name.strip() for name in rows[0]]
    filled = [name for name in names if name]
    return (
        len(rows) > 1
        and len(names) > 1
        and bool(filled)
        and len(filled) >= len(names) - 1
        and len(set(filled)) == len(filled)
        and all(len(name) <= _NAME_CHARS and not _DATUM.fullmatch(name) for name in filled)
    )


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
