"""Read tables by their structure: the cell of a named row and column, and the row with the highest or lowest value."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings.documents.blocks import Span
from embeddings.documents.stemming import porter_stem
from embeddings.documents.units import Part, Unit
from embeddings.index import Snapshot
from embeddings.storage.rows import StoredChunk
from qa_app.answering.finding import content_stems
from qa_app.language.adjectives import without_ending
from qa_app.types import Candidate, Passage

# What a gradable adjective measures: WordNet's relation "attribute" (Princeton University, https://wordnet.princeton.edu),
# with the words that head such columns.
_MEASURES = {
    "deep": "depth",
    "low": "height altitude elevation price cost",
    "tall": "height",
    "high": "height altitude elevation",
    "long": "length duration",
    "wide": "width",
    "heavy": "weight",
    "light": "weight",
    "old": "age built founded year opened",
    "young": "age born",
    "new": "built founded year opened",
    "expensive": "price cost",
    "cheap": "price cost",
    "far": "distance",
    "hot": "temperature",
    "warm": "temperature",
    "cold": "temperature",
    "big": "size area population",
    "large": "size area population",
    "small": "size area population",
    "short": "length height duration",
}
_LOWEST = frozenset("small low short least few cheap light cold near".split())
# Of a year, the lowest is the oldest; of an age, the highest.
_YEARS = frozenset(map(porter_stem, "built founded year opened born".split()))
_SUPERLATIVE = re.compile(
    r"\b(?:(?P<more>most|least|fewest)(?:\s+(?P<long>expensive))?|(?P<short>[a-z]{2,}?)est)\b", re.IGNORECASE
)
_WHICH = re.compile(r"\b(?:which|what|who)\b", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:[ ,]\d{3})*(?:\.\d+)?")
_FEWEST_ROWS = 3
SCORE = 0.9
"""Confidence, 0..1, in the row with the highest or lowest value: it is computed from all rows, not read."""


@dataclass(frozen=True)
class Cell:
    """A value under the name of its column."""

    column: Part
    value: Part

    @property
    def stems(self) -> frozenset[str]:
        """The stems of the column's name, without the unit in parentheses."""
        return content_stems(re.sub(r"\([^)]*\)", "", self.column.words))


def cells(unit: Unit) -> list[Cell]:
    """Return the cells of a table's row, in order; [] for other units."""
    stated = [part for part in unit.parts if part.span is not None]
    outside = [part for part in stated if not unit.is_inside(part)]
    inside = [part for part in stated if unit.is_inside(part)]
    if not unit.is_row or len(outside) != len(inside):
        return []
    return [Cell(*pair) for pair in zip(outside, inside, strict=True)]


def with_named_cells(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, those in a row with the cell of the column that the question names as their short answer.

    The question must name the row by another cell: "the range of Ivory Bank".
    """
    asked = content_stems(question)
    return [replace(each, short=named) if (named := _named_cell(each, asked)) else each for each in candidates]


def extreme_row(question: str, passages: Sequence[Passage], snapshot: Snapshot) -> Candidate | None:
    """Return the row of a table in the passages with the highest or lowest value that a question asks for; None if there is no such table.

    Every word of the question must be the table's: of its columns, its title or its headings.
    """
    found = _SUPERLATIVE.search(question)
    if found is None or not _WHICH.search(question):
        return None
    tables = {
        cell.column.span: passage for passage in passages for unit in passage.chunk.units for cell in cells(unit)[:1]
    }
    for passage in tables.values():
        if row := _extreme_of(question, found, passage, snapshot):
            return row
    return None


def _extreme_of(question: str, found: re.Match[str], passage: Passage, snapshot: Snapshot) -> Candidate | None:
    first = next(own for unit in passage.chunk.units if (own := cells(unit)))
    adjective = _adjective(found)
    asked = content_stems(question) - {porter_stem(found[0].lower()), porter_stem(adjective)}
    measured = content_stems(_MEASURES.get(adjective, ""))
    values = [n for n, cell in enumerate(first) if n and cell.stems & (asked | measured)]
    if len(values) != 1:
        return None
    column = first[values[0]]
    chunk = passage.chunk
    known = (
        column.stems | first[0].stems | content_stems(f"{chunk.title} {' '.join(each.words for each in chunk.context)}")
    )
    if asked - known:
        return None
    rows = list(_rows(snapshot.chunks_of(*chunk.address), first[0].column.span))
    numbers = [_number(own[values[0]].value.words) for _, _, own in rows if len(own) == len(first)]
    if len(rows) < _FEWEST_ROWS or len(numbers) < len(rows) or None in numbers:
        return None
    is_lowest = adjective in _LOWEST or (adjective == "old" and bool(column.stems & _YEARS))
    best = (min if is_lowest else max)(number for number in numbers if number is not None)
    if numbers.count(best) > 1:
        return None
    holder, unit, own = rows[numbers.index(best)]
    passage = Passage(holder, dense=0.0, lexical=None, fused=0.0)
    return Candidate(passage, unit.start, unit.end, own[0].value.span, SCORE, SCORE)


def _rows(chunks: Sequence[StoredChunk], header: Span | None) -> Iterator[tuple[StoredChunk, Unit, list[Cell]]]:
    """Yield the rows of the table whose first column is named at `header`, each once, in order."""
    seen = set()
    for chunk in chunks:
        for unit in chunk.units:
            own = cells(unit)
            if own and own[0].column.span == header and unit.start not in seen:
                seen.add(unit.start)
                yield chunk, unit, own


def _named_cell(candidate: Candidate, asked: frozenset[str]) -> Span | None:
    unit = candidate.passage.chunk.unit_at(candidate.start)
    own = cells(unit) if unit else []
    is_key = [bool(key := content_stems(cell.value.words)) and key <= asked for cell in own]
    named = [len(cell.stems & asked) for cell in own]
    open_ones = [n for n, key in enumerate(is_key) if not key]
    best = max((named[n] for n in open_ones), default=0)
    if not any(is_key) or not best:
        return None
    columns = [n for n in open_ones if named[n] == best]
    return own[columns[0]].value.span if len(columns) == 1 else None


def _adjective(found: re.Match[str]) -> str:
    """Return the plain form of a superlative: "deepest" gives "deep", "most expensive" "expensive", "fewest" "few"."""
    if found["more"]:
        word = found["more"].lower()
        return (found["long"] or {"fewest": "few", "least": "least", "most": "most"}[word]).lower()
    return without_ending(found["short"].lower())


def _number(words: str) -> float | None:
    found = _NUMBER.search(words)
    return float(re.sub(r"[ ,]", "", found[0])) if found else None
