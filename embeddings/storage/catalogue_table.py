"""The catalogue: articles by date, origin and the words that they hold, counted and listed without reading their texts."""

import re
from difflib import get_close_matches

from embeddings.catalogue import CatalogueEntry, Origin, Wanted
from embeddings.documents.stemming import porter_stem
from embeddings.storage.database import ALL_ROWS, Database, placeholders
from embeddings.storage.folder_table import NAMED_DOCUMENTS
from embeddings.storage.lexical import indexed_words, query_words
from embeddings.storage.scope_sql import scope_condition

_COLUMNS = "path, title, date, source, author, folder"
_ORDERS = {
    "path": "path, folder_id",
    "newest": "date IS NULL, date DESC, path, folder_id",
    "oldest": "date IS NULL, date, path, folder_id",
}
# A mistyped or foreign spelling differs from the right one in a letter or two.
_LEAST_LIKENESS = 0.75
_WORD = re.compile(r"[^\W_]+")


class CatalogueTable:
    """The part of a `Store` that answers questions about the collection."""

    _database: Database

    def catalogue(self, wanted: Wanted, order: str = "path", limit: int = ALL_ROWS) -> list[CatalogueEntry]:
        """List articles: the first `limit`.

        Args:
            wanted: which.
            order: "path"; "newest" or "oldest" first, those without a date last.
            limit: how many.
        """
        where, values = self._condition(wanted)
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM {NAMED_DOCUMENTS} WHERE {where} ORDER BY {_ORDERS[order]} LIMIT ?",
            (*values, limit),
        )
        return [CatalogueEntry(*row) for row in rows]

    def count_catalogue(self, wanted: Wanted) -> int:
        """Return the number of articles."""
        where, values = self._condition(wanted)
        return int(self._database.value(f"SELECT count(*) FROM documents WHERE {where}", values))

    def count_dated(self, wanted: Wanted) -> int:
        """Return the number of articles that have a date."""
        where, values = self._condition(wanted)
        return int(self._database.value(f"SELECT count(date) FROM documents WHERE {where}", values))

    def origins(self) -> list[Origin]:
        """Return the sources and authors of the articles, those of most articles first."""
        rows = self._database.rows(
            """SELECT source, 0, count(*) FROM documents WHERE source IS NOT NULL GROUP BY source
            UNION ALL SELECT author, 1, count(*) FROM documents WHERE author IS NOT NULL GROUP BY author
            ORDER BY 3 DESC, 1"""
        )
        return [Origin(name, bool(is_author), articles) for name, is_author, articles in rows]

    def words_like(self, word: str, most: int) -> list[str]:
        """Return up to `most` words of the articles that are spelled like this one and begin like it, likest first."""
        stem = porter_stem(next(iter(query_words(word)), ""))
        if not stem:
            return []
        rows = self._database.rows(
            f"SELECT term FROM {self._database.full_text.vocabulary()} WHERE term >= ? AND term < ?",
            (stem[0], chr(ord(stem[0]) + 1)),
        )
        terms = get_close_matches(stem, [term for (term,) in rows if term != stem], most, _LEAST_LIKENESS)
        return [written for term in terms if (written := self._as_written(term))]

    def _as_written(self, stem: str) -> str | None:
        """Return a word with this stem as an article has it; None if only stems of another language are like it."""
        found = self._database.row(
            """SELECT title || ' ' || text FROM chunk_words WHERE chunk_words MATCH ?
            AND EXISTS (SELECT 1 FROM chunks WHERE chunks.id = chunk_words.rowid) LIMIT 1""",
            (f'"{stem}"',),
        )
        words = _WORD.findall(found[0]) if found else []
        return next((word for word in words if porter_stem(word.lower()) == stem), None)

    def _condition(self, wanted: Wanted) -> tuple[str, tuple[object, ...]]:
        """Return a condition on columns of `documents`, and its values."""
        condition, values = scope_condition(wanted.scope)
        conditions, found = [condition], list(values)
        if wanted.origins:
            marks = placeholders(wanted.origins)
            conditions.append(f"(source IN ({marks}) OR author IN ({marks}))")
            found += [*wanted.origins, *wanted.origins]
        matches = [self._forms(wanted.phrase)] if wanted.phrase else []
        matches += map(self._forms, wanted.words)
        matches += [f"title : ({self._forms(word)})" for word in wanted.title_words]
        for match in matches:
            conditions.append(
                "documents.id IN (SELECT document_id FROM chunks WHERE id IN (SELECT rowid FROM chunk_words WHERE chunk_words MATCH ?))"
            )
            found.append(match)
        return " AND ".join(conditions), tuple(found)

    def _forms(self, phrase: str) -> str:
        """Return an FTS5 expression for a phrase as it is indexed in any of the corpus's languages."""
        rows = self._database.rows("SELECT DISTINCT language FROM documents")
        forms = {indexed_words(phrase, language) for (language,) in rows}
        words = dict.fromkeys(" ".join(_WORD.findall(form.lower())) for form in (phrase, *sorted(forms)))
        return " OR ".join(f'"{form}"' for form in words if form) or '""'
