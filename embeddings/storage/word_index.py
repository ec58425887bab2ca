"""The words of one generation's chunks: postings of an earlier one, and those of chunks added since. See `word_cache`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from embeddings.storage.ann import Ids
from embeddings.storage.bm25 import term_weights, terms
from embeddings.storage.lexical import query_words, scored_words
from embeddings.storage.postings import Mask, Postings
from embeddings.storage.rows import Hit

_NONE = Postings.of(())


@dataclass(frozen=True, eq=False)
class WordIndex:
    """The words of chunks, searched by all that a query has. Immutable, so readers can keep it.

    Scores are those of FTS5, but for words in -logy and -bly (`embeddings.storage.bm25`). Words of chunks that were removed count
    for the rarity of others until the file is written again.
    """

    held: Postings
    recent: Postings = field(default=_NONE)
    """Of chunks that were added later; their ids are higher."""

    def updated(self, rows: Iterable[tuple[int, str]]) -> "WordIndex":
        """Return it with the words of further chunks, whose ids are higher than any before."""
        return replace(self, recent=self.recent.followed_by(Postings.of(rows)))

    def merged(self, removed: Ids) -> Postings:
        """Return the postings of all chunks that are not among `removed`."""
        return self.held.followed_by(self.recent).without(removed)

    def search(
        self, query: str, k: int, languages: Collection[str], removed: Ids, recent_ids: Ids, allowed: Ids | None
    ) -> list[Hit]:
        """Return the `k` best chunks by BM25, best first; scores are above 0.

        Args:
            query: free text from the user.
            k: at least 1.
            languages: of the corpus; the query's words are stemmed in each.
            removed: ids to skip.
            recent_ids: those of `recent` that are not removed.
            allowed: ids to search; None for all.
        """
        chunks = len(self.held) + len(self.recent)
        counts = {word: self._count(word) for word in query_words(query, languages)}
        weights = term_weights(scored_words(counts, chunks), chunks)
        if not weights:
            return []
        length = (self.held.total_length + self.recent.total_length) / chunks
        hits = self.held.best(weights, k, length, _inside(self.held, allowed, removed))
        if len(recent_ids):
            present = recent_ids if allowed is None else np.intersect1d(recent_ids, allowed, assume_unique=True)
            hits += self.recent.best(weights, k, length, _inside(self.recent, present, removed))
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def _count(self, word: str) -> float:
        """Return the number of chunks that have a word."""
        return min((float(self.held.count(term) + self.recent.count(term)) for term in terms(word)), default=0.0)


def _inside(postings: Postings, allowed: Ids | None, removed: Ids) -> Mask | None:
    """Return which of the slots are allowed and not removed; None if all are."""
    if allowed is None and not len(removed):
        return None
    inside = np.full(len(postings), allowed is None)
    if allowed is not None:
        inside[postings.slots_of(allowed)] = True
    inside[postings.slots_of(removed)] = False
    return inside
