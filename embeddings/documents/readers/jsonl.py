"""Read records in JSON: one a line (`.jsonl`, `.ndjson`), or an array of objects (`.json`).

As with CSV, each is an article if a key holds texts, else they are one table. A nested value has the path of its keys as its
column ("author.name"); lists of plain values become one value.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from embeddings.documents.decoding import decode
from embeddings.documents.readers.format_reader import Extracted, Unreadable
from embeddings.documents.readers.records import MAX_CELLS, Records, read_records
from embeddings.errors import UnreadableFile

_LINES = (".jsonl", ".ndjson")
_MOST_COLUMNS = 1_000
# Values in a list that are texts are paragraphs.
_PARAGRAPH_CHARS = 80


@dataclass(frozen=True)
class JsonReader:
    """Reads JSON Lines and JSON."""

    name: str = "JSON"
    version: int = 2

    def read(self, data: bytes, name: str) -> list[Extracted | Unreadable]:
        """Return the records with texts as articles, or the table as one; see `FormatReader.read`."""
        decoded = decode(data, name)
        text = decoded.text
        whole = None if name.lower().endswith(_LINES) else _parse(text)
        bad: list[Unreadable] = []
        if whole is not None:
            records = [(number, each) for number, each in enumerate(_array(whole), 1)]
            unit = "record"
        else:
            records, bad = _lines(text)
            unit = "line"
        if len(bad) > len(records):
            raise UnreadableFile(f"{name} is not JSON.", "Save it again as JSON, or as JSON Lines, one object a line.")
        objects = [
            (number, dict(_flat(each, ""))) for number, each in records if isinstance(each, dict | list | str | float)
        ]
        objects = [(number, each) for number, each in objects if each]
        if not objects:
            raise UnreadableFile(f"{name} holds no JSON objects.", "Save it again as JSON, one object a line.")
        columns = tuple(dict.fromkeys(key for _, each in objects for key in each))
        if len(columns) > _MOST_COLUMNS or len(columns) * len(objects) > MAX_CELLS:
            raise UnreadableFile(f"{name} has over {_MOST_COLUMNS} keys, or too many objects.", "Split it.")
        rows = tuple(tuple(each.get(column, "") for column in columns) for _, each in objects)
        articles = read_records(Records(columns, rows, tuple(n for n, _ in objects)), True, unit, name)
        return [*(replace(each, notes=decoded.notes) for each in articles), *bad]


def _parse(text: str) -> Any:
    """Return the value of JSON, or None if it is not JSON. Numbers stay as they are written."""
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _lines(text: str) -> tuple[list[tuple[int, Any]], list[Unreadable]]:
    good, bad = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        value = _parse(line)
        if value is None:
            bad.append(Unreadable(f"line {number}", f"Line {number} is not JSON.", "Correct it or delete it."))
        else:
            good.append((number, value))
    return good, bad


def _array(value: Any) -> list[Any]:
    """Return the records of a JSON file: its array, or the only array of objects in its object, or the object itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        arrays = [each for each in value.values() if isinstance(each, list) and any(isinstance(x, dict) for x in each)]
        if len(arrays) == 1:
            return arrays[0]
    return [value]


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield each value in `value` with the path of its keys."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _flat(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        plain = [_word(each) for each in value if not isinstance(each, dict | list)]
        if plain:
            long = any(len(word) >= _PARAGRAPH_CHARS for word in plain)
            yield path or "value", ("\n\n" if long else ", ").join(filter(None, plain))
        for number, each in enumerate(value, 1):
            if isinstance(each, dict | list):
                yield from _flat(each, f"{path}.{number}" if path else str(number))
    else:
        yield path or "value", _word(value)


def _word(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, bool) else str(value)
