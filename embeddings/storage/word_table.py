"""The full-text index of the chunks (FTS5)."""

from collections.abc import Collection, Iterator, Sequence

from embeddings.scope import EVERYTHING, Scope
from embeddings.storage.database import Database, placeholders
from embeddings.storage.lexical import expressions, indexed_words, query_words, word_counts
from embeddings.storage.rows import Hit
from embeddings.storage.scope_sql import scope_condition

# Chunks that are asked for in one statement.
_BLOCK = 10_000


class WordTable:
    """The part of a `Store` that searches chunks by their words."""

    _database: Database

    @property
    def is_partial(self) -> bool:
        """Whether some documents may be hidden."""
        return False

    def lexical_search(
        self, query: str, k: int, chunks: int, languages: Collection[str], scope: Scope = EVERYTHING
    ) -> list[Hit]:
        """Return the `k` best chunks by BM25, best first. The score is FTS5's with the sign reversed, so above 0.

        FTS5 fixes k1 = 1.2 and b = 0.75 (https://www.sqlite.org/fts5.html#the_bm25_function). In a large corpus only the
        query's rarer words count.

        Args:
            query: free text from the user, without query syntax.
            k: at least 1.
            chunks: the number of chunks in the corpus.
            languages: of the corpus; the query's words are stemmed in each.
            scope: limits on the documents.
        """
        hits: dict[int, Hit] = {}
        for expression in expressions(self._database, query_words(query, languages), chunks):
            if len(hits) < k:
                found = self.match_words(expression, k, chunks, scope)
                hits |= {hit.chunk_id: hit for hit in found if hit.chunk_id not in hits}
        return sorted(hits.values(), key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def match_words(
        self, expression: str, k: int, chunks: int, scope: Scope = EVERYTHING, after: int = -1
    ) -> list[Hit]:
        """Return the `k` best chunks with ids above `after` for an FTS5 expression, scored as in `lexical_search`."""
        score, scored = self._database.full_text.score("chunk_words", expression, chunks)
        limit, values = scope_condition(scope)
        # The documents are found once, and not again for every chunk that matches.
        inside = f"""AND (SELECT document_id FROM chunks WHERE chunks.id = chunk_words.rowid)
            IN (SELECT id FROM documents WHERE {limit})"""
        rows = self._database.rows(
            f"""SELECT rowid, {score} AS score FROM chunk_words
            WHERE chunk_words MATCH ? AND rowid > ? {inside if scope or self.is_partial else ""} ORDER BY score DESC, rowid LIMIT ?""",
            (*scored, expression, after, *values, k),
        )
        return [Hit(*row) for row in rows]

    def word_counts(self, words: Sequence[str], chunks: int) -> dict[str, float]:
        """Return the words that are scored, with the number of chunks that have each, of `chunks`; see `lexical.word_counts`."""
        return word_counts(self._database, words, chunks)

    def words_of(self, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Yield the indexed words of chunks, title and text, with their ids."""
        for first in range(0, len(ids), _BLOCK):
            block = ids[first : first + _BLOCK]
            yield from self._database.rows(
                f"SELECT rowid, title || ' ' || text FROM chunk_words WHERE rowid IN ({placeholders(block)})", block
            )

    def _add_words(self, chunk_id: int, title: str, text: str, language: str | None) -> None:
        words = {"title": indexed_words(title, language), "text": indexed_words(text, language)}
        self._database.full_text.add("chunk_words", {chunk_id: words})

    def _renew_words(self, chunk_id: int, title: str, text: str, language: str | None) -> None:
        """Index the same text again, if it is indexed by the rules of another language or of an older program."""
        words = indexed_words(title, language), indexed_words(text, language)
        if self._database.row("SELECT title, text FROM chunk_words WHERE rowid = ?", (chunk_id,)) != words:
            self._remove_words(chunk_id)
            self._add_words(chunk_id, title, text, language)

    def _remove_words(self, chunk_id: int) -> None:
        self._database.execute("DELETE FROM chunk_words WHERE rowid = ?", (chunk_id,))
