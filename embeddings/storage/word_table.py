"""The full-text index over the chunks' words (FTS5)."""

from embeddings.storage.database import Database
from embeddings.storage.lexical import expressions, query_words
from embeddings.storage.rows import Hit


class WordTable:
    """The part of a `Store` that finds chunks by their words."""

    _database: Database

    def lexical_search(self, query: str, k: int, chunks: int) -> list[Hit]:
        """Return the `k` best chunks by words, best first; the score is FTS5's BM25 with its sign turned, above 0.

        BM25 with k1 = 1.2 and b = 0.75, fixed in FTS5 (https://www.sqlite.org/fts5.html#the_bm25_function); in a large
        corpus over the query's rarer words alone.

        Args:
            query: what a person typed; nothing in it is syntax.
            k: at least 1.
            chunks: how many the corpus has.
        """
        hits: dict[int, Hit] = {}
        for expression in expressions(self._database, query_words(query), chunks):
            if len(hits) < k:
                found = self.match_words(expression, k)
                hits |= {hit.chunk_id: hit for hit in found if hit.chunk_id not in hits}
        return sorted(hits.values(), key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def match_words(self, expression: str, k: int) -> list[Hit]:
        """Return the `k` best chunks that an expression of FTS5 finds; scored as in `lexical_search`."""
        rows = self._database.rows(
            """SELECT rowid, -bm25(chunk_words) AS score FROM chunk_words
            WHERE chunk_words MATCH ? ORDER BY score DESC, rowid LIMIT ?""",
            (expression, k),
        )
        return [Hit(*row) for row in rows]

    def _add_words(self, chunk_id: int, title: str, text: str) -> None:
        self._database.execute("INSERT INTO chunk_words (rowid, title, text) VALUES (?, ?, ?)", (chunk_id, title, text))

    def _remove_words(self, chunk_id: int) -> None:
        self._database.execute("DELETE FROM chunk_words WHERE rowid = ?", (chunk_id,))
