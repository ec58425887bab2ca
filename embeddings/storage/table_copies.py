"""Copy all tables of a database into an empty one of the same schema, of SQLite or PostgreSQL, and compare the two."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from embeddings.storage.database import FULL_TEXT, Database, Row, Table, placeholders

# Rows read at once; a row may be a long article.
_BLOCK = 100
_SUM_BITS = 256


def copy_tables(source: Database, target: Database) -> None:
    """Copy every row, and the numbers from which new rows are counted; inside a transaction of `target`.

    `source` must not change meanwhile. Full-text indexes are made from their words; nothing is encoded.
    """
    tables = {table.name: table for table in source.tables()}
    for name in TopologicalSorter({table.name: table.refers_to for table in tables.values()}).static_order():
        for rows in _rows(source, tables[name]):
            _insert(target, tables[name], rows)
    for name, number in source.last_numbers().items():
        target.set_last_number(name, number)


def differences(source: Database, target: Database) -> list[str]:
    """Compare all rows of two databases, and the full-text indexes of the second with its rows; return what differs."""
    found = {table.name: _contents(source, table) for table in source.tables()}
    copied = {table.name: _contents(target, table) for table in target.tables()}
    different = [name for name in found.keys() | copied.keys() if found.get(name) != copied.get(name)]
    problems = [f"the table {name} has other rows" for name in sorted(different)]
    if source.last_numbers() != target.last_numbers():
        problems.append("new rows would get other numbers")
    return problems + [
        problem for name in FULL_TEXT.keys() & copied.keys() for problem in target.full_text.problems(name)
    ]


@dataclass(frozen=True)
class _Contents:
    """What a table has, whatever the order of its rows and columns."""

    columns: frozenset[str]
    rows: int
    checksum: int
    """The sum of the rows' SHA-256."""


def _contents(database: Database, table: Table) -> _Contents:
    in_order = Table(table.name, tuple(sorted(table.columns)), table.refers_to)
    count = total = 0
    for rows in _rows(database, in_order):
        count += len(rows)
        total += sum(_hash(row) for row in rows)
    return _Contents(frozenset(table.columns), count, total % 2**_SUM_BITS)


def _hash(row: Row) -> int:
    return int.from_bytes(hashlib.sha256(repr(tuple(map(_storable, row))).encode()).digest(), "big")


def _storable(value: Any) -> Any:
    """Return a value as each database stores it: PostgreSQL has no NUL in texts, see `PostgresDatabase`."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _rows(database: Database, table: Table) -> Iterator[list[Row]]:
    return database.blocks(f"SELECT {_names(table)} FROM {table.name}", size=_BLOCK)


def _insert(database: Database, table: Table, rows: list[Row]) -> None:
    if table.name in FULL_TEXT:
        words = {number: dict(zip(table.columns[1:], texts, strict=True)) for number, *texts in rows}
        database.full_text.add(table.name, words)
    else:
        statement = f"INSERT INTO {table.name} ({_names(table)}) VALUES ({placeholders(table.columns)})"
        database.execute_many(statement, rows)


def _names(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.columns)
