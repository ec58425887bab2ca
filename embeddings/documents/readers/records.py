"""Make articles of records, such as a file's rows: an article each if they hold long texts, else one table."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from embeddings.documents.blocks import Kind
from embeddings.documents.dates import parse_date
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.text_builder import TextBuilder
from embeddings.errors import UnreadableFile

# A column holds texts if half of its values are at least so long: two or three sentences. Longer cells of a table are rare.
_TEXT_CHARS = 200
# And if at least this share of the records has one.
_TEXT_SHARE = 0.5
MAX_CELLS = 2_000_000
_MEMBER_CHARS = 80

# Names of columns, from Dublin Core, schema.org, RSS, Atom, CSL and the exports of WordPress and Zotero.
_TITLES = ("title", "headline", "name", "subject")
_DATES = (
    "date",
    "published",
    "datepublished",
    "pubdate",
    "issued",
    "created",
    "datecreated",
    "publicationdate",
    "post_date",
)
_AUTHORS = ("author", "creator", "byline", "authors", "post_author")
_SOURCES = ("source", "publisher", "site", "sitename", "url", "link", "permalink")
_IDS = ("id", "guid", "identifier", "key", "uid", "doi", "slug", "isbn")


@dataclass(frozen=True)
class Records:
    """Rows with named columns, as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """Each as long as `columns`; an empty string where a value is missing."""
    numbers: tuple[int, ...]
    """Each row's number in the file, from 1."""


def read_records(records: Records, named: bool, unit: str, name: str) -> list[Extracted]:
    """Return an article for each record if a column holds texts, else the table.

    Args:
        records: with at least one row.
        named: whether the columns have names, rather than numbers given to them.
        unit: what a record is called in the file: "row", "line".
        name: the file's path, for messages.

    Raises:
        UnreadableFile: they are too many, or without text.
    """
    if len(records.rows) * len(records.columns) > MAX_CELLS:
        raise UnreadableFile(f"{name} has over {MAX_CELLS} cells.", "Split it into smaller files.")
    texts = _text_columns(records)
    articles = _articles(records, texts, named, unit) if texts else _table(records, named)
    if not articles:
        raise UnreadableFile(f"{name} has no text.", "Fill it or delete it.")
    return articles


def _text_columns(records: Records) -> list[int]:
    found = []
    for column in range(len(records.columns)):
        sizes = [len(row[column]) for row in records.rows if row[column].strip()]
        if len(sizes) >= _TEXT_SHARE * len(records.rows) and median(sizes) >= _TEXT_CHARS:
            found.append(column)
    return found


def _table(records: Records, named: bool) -> list[Extracted]:
    builder = TextBuilder()
    if named:
        builder.add_row([clean(column) for column in records.columns], header=True)
    for row in records.rows:
        builder.add_row([clean(value) for value in row])
    return [Extracted(builder.text, tuple(builder.blocks))] if builder.blocks else []


def _articles(records: Records, texts: list[int], named: bool, unit: str) -> list[Extracted]:
    columns = {_plain(column): position for position, column in enumerate(records.columns)} if named else {}
    title, date = _first(columns, _TITLES, texts), _first(columns, _DATES, texts)
    author, source = _first(columns, _AUTHORS, texts), _first(columns, _SOURCES, texts)
    members = _members(records, [_first(columns, _IDS, texts), title], unit)
    articles = []
    for row, member in zip(records.rows, members, strict=True):
        builder = TextBuilder()
        if title is not None:
            builder.add(Kind.TITLE, " ".join(clean(row[title]).split()))
        for position, column in enumerate(records.columns):
            if named and position not in texts and position != title:
                builder.add_field(clean(column), " ".join(clean(row[position]).split()))
            elif not named and position not in texts:
                builder.add(Kind.PARAGRAPH, clean(row[position]))
        for position in texts:
            if named and len(texts) > 1 and row[position].strip():
                builder.add(Kind.HEADING, clean(records.columns[position]), level=1)
            for paragraph in _paragraphs(row[position]):
                builder.add(Kind.PARAGRAPH, paragraph)
        if builder.blocks:
            articles.append(
                Extracted(
                    builder.text,
                    tuple(builder.blocks),
                    title=_value(row, title),
                    date=parse_date(_value(row, date) or ""),
                    author=_value(row, author),
                    source=_value(row, source),
                    member=member,
                )
            )
    return articles


def _members(records: Records, columns: Sequence[int | None], unit: str) -> list[str]:
    """Name each record by the first column that tells all apart, else by its number in the file."""
    for column in columns:
        if column is not None:
            names = [" ".join(clean(row[column]).replace("/", " ").split())[:_MEMBER_CHARS] for row in records.rows]
            if all(names) and max(Counter(names).values()) == 1:
                return names
    return [f"{unit} {number}" for number in records.numbers]


def _paragraphs(text: str) -> list[str]:
    return re.split(r"\n\s*\n", clean(text.replace("\r\n", "\n").replace("\r", "\n")))


def _first(columns: dict[str, int], names: Sequence[str], texts: Sequence[int]) -> int | None:
    return next((columns[name] for name in names if name in columns and columns[name] not in texts), None)


def _value(row: Sequence[str], column: int | None) -> str | None:
    return (" ".join(clean(row[column]).split()) or None) if column is not None else None


def _plain(column: str) -> str:
    return column.strip().casefold().replace(" ", "").rpartition(":")[2]
