"""Full text in PostgreSQL: a column of stems with their places (tsvector), made here as FTS5 makes them, and BM25 as FTS5 computes it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from embeddings.storage import bm25
from embeddings.storage.database import ALL_ROWS, FULL_TEXT, Database, placeholders
from embeddings.storage.lexical import estimated_frequencies, match_expression, sample_ranges

# PostgreSQL's own limits: https://www.postgresql.org/docs/current/textsearch-limitations.html
_LAST_PLACE = 16_383
_PLACES_MOST = 256
_TERM_CHARACTERS = 500  # of 2046 bytes
_NO_TERM = "' '"
"""Matches nothing."""
_TOKEN = re.compile(r'"(?P<phrase>[^"]*)"|(?P<title>title\s*:)|(?P<word>AND|OR|[()])|\s+')
_SIGNS = {"AND": " & ", "OR": " | ", "(": "(", ")": ")"}
# Of a title's terms, so that they can be searched alone.
_WEIGHTS = {"title": "A", "text": ""}
_BLOCK = 500


@dataclass(frozen=True)
class TextSearch:
    """See `embeddings.storage.database.FullText`. The tables have the columns `words`, a tsvector, and `terms`, their number."""

    database: Database

    def add(self, table: str, rows: Mapping[int, Mapping[str, str]]) -> None:
        names = FULL_TEXT[table]
        values: list[tuple[object, ...]] = []
        terms: dict[str, None] = {}
        for row, columns in rows.items():
            vector, found = word_vector({name: columns[name] for name in names})
            values.append((row, *(columns[name] for name in names), vector, len(found)))
            terms |= dict.fromkeys(found)
        self.database.execute_many(
            f"INSERT INTO {table} (rowid, {', '.join(names)}, words, terms) VALUES ({placeholders(values[0])})", values
        )
        self.database.execute(
            "INSERT INTO vocabulary (term) SELECT unnest(?::text[]) ON CONFLICT DO NOTHING", (list(terms),)
        )

    def score(self, table: str, expression: str, rows: int | None = None) -> tuple[str, tuple[object, ...]]:
        words = list(dict.fromkeys(match["phrase"] for match in _TOKEN.finditer(expression) if match["phrase"]))
        rows = self.database.value(f"SELECT count(*) FROM {table}") if rows is None else rows
        ranges = sample_ranges(self.database, rows) if table == "chunk_words" and rows else [(0, ALL_ROWS)]
        if table == "chunk_words":
            counts = estimated_frequencies(self.database, words, rows)
        else:
            matching = f"SELECT count(*) FROM {table} WHERE {table} MATCH ?"
            counts = {word: self.database.value(matching, (match_expression([word]),)) for word in words}
        inside = " OR ".join("rowid BETWEEN ? AND ?" for _ in ranges)
        length = self.database.value(
            f"SELECT avg(terms) FROM {table} WHERE {inside}", [end for pair in ranges for end in pair]
        )
        weights = bm25.term_weights(counts, rows)
        frequency = "least(cardinality(found.positions), ?)::float8"
        return (
            f"""(SELECT coalesce(sum(query.weight * {frequency} * (?::float8 + 1)
                / ({frequency} + ?::float8 * (1 - ?::float8 + ?::float8 * {table}.terms / ?::float8))), 0)
            FROM unnest({table}.words) AS found JOIN unnest(?::text[], ?::float8[]) AS query (term, weight)
                ON query.term = found.lexeme)""",
            (
                *(_PLACES_MOST, bm25.K1, _PLACES_MOST, bm25.K1, bm25.B, bm25.B, float(length or 1)),
                *(list(weights), list(weights.values())),
            ),
        )

    def vocabulary(self) -> str:
        return "vocabulary"

    def problems(self, table: str) -> Iterator[str]:
        names = FULL_TEXT[table]
        query = f"SELECT rowid, terms, tsvector_to_array(words), {', '.join(names)} FROM {table} ORDER BY rowid"
        for block in self.database.blocks(query, size=_BLOCK):
            for row, terms, lexemes, *texts in block:
                _, found = word_vector(dict(zip(names, texts, strict=True)))
                if terms != len(found) or set(lexemes) != set(found):
                    yield f"row {row} of {table} is not indexed by its words"

    def rebuild(self, table: str) -> None:
        names = FULL_TEXT[table]
        for row, *texts in self.database.rows(f"SELECT rowid, {', '.join(names)} FROM {table}"):
            self.database.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
            self.add(table, {row: dict(zip(names, texts, strict=True))})


def word_vector(columns: dict[str, str]) -> tuple[str, list[str]]:
    """Return a row's words as PostgreSQL reads a tsvector, and its terms with repetitions."""
    places: dict[str, list[str]] = {}
    found: list[str] = []
    first = 1
    for column, text in columns.items():
        own = _terms(text)
        for place, term in enumerate(own, start=first):
            places.setdefault(term, []).append(f"{min(place, _LAST_PLACE)}{_WEIGHTS[column]}")
        found += own
        first += len(own) + 1  # no phrase reaches from the title into the text
    return " ".join(f"'{term}':{','.join(each[:_PLACES_MOST])}" for term, each in places.items()), found


@lru_cache(maxsize=256)
def tsquery(expression: str) -> str:
    """Return an expression of FTS5's as one of PostgreSQL's, with the same stems.

    Both bind AND closer than OR. `title :` stands before parentheses.
    """
    parts: list[str] = []
    depth, in_title = 0, False
    for token in _TOKEN.finditer(expression):
        if token["title"]:
            in_title, depth = True, 0
        elif token["word"]:
            parts.append(_SIGNS[token["word"]])
            depth += {"(": 1, ")": -1}.get(token["word"], 0)
            in_title = in_title and depth > 0
        elif token["phrase"] is not None:
            weight = ":A" if in_title else ""
            parts.append(" <-> ".join(f"'{term}'{weight}" for term in _terms(token["phrase"])) or _NO_TERM)
    return "".join(parts)


def _terms(text: str) -> list[str]:
    return [term[:_TERM_CHARACTERS] for term in bm25.terms(text)]
