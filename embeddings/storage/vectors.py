"""The vectors of one generation: a FAISS index, and the changes since. See `embeddings.storage.vector_cache`."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from typing_extensions import Self

from embeddings.encoders.encoder import Vectors
from embeddings.scope import Scope
from embeddings.storage import ann
from embeddings.storage.ann import Ids
from embeddings.storage.rows import Hit, VectorChanges
from embeddings.storage.store import Store
from embeddings.storage.word_index import WordIndex


@dataclass(frozen=True, eq=False)
class VectorIndex:
    """The vectors of one generation, by chunk id. Immutable, so readers can keep it.

    The cost of a change does not depend on the size of the corpus: generations share the FAISS index, keep new vectors
    beside it and skip removed ones, until the writer updates the index (`embeddings.storage.vector_cache.refresh`).
    """

    index: Any
    """From `ann.make`, of an earlier generation."""
    last_id: int
    """Chunks in `index` have ids up to this one; chunks added later have higher ids."""
    generation: int
    removed: Ids
    """Ids of removed chunks that are still in `index`, (R,)."""
    recent_ids: Ids
    """Ids of chunks added since `index` was made, (A,), ascending."""
    recent: Vectors
    """Their vectors, (A, dimension)."""
    words: WordIndex | None = None
    """The words of the same chunks; None where the database searches them."""

    @classmethod
    def of(cls, index: Any, last_id: int, generation: int) -> Self:
        """Wrap an index without further changes."""
        no_ids = np.array([], dtype=np.int64)
        return cls(index, last_id, generation, no_ids, no_ids, np.zeros((0, index.d), dtype=np.float32))

    @classmethod
    def empty(cls, dimension: int) -> "VectorIndex":
        return cls.of(ann.make(0, np.zeros((0, dimension), dtype=np.float32), ()), -1, -1)

    def __len__(self) -> int:
        return int(self.index.ntotal) - len(self.removed) + len(self.recent_ids)

    @property
    def is_exact(self) -> bool:
        """Whether a search compares every vector, without loss."""
        return ann.is_exact(self.index)

    def updated(self, changes: VectorChanges, generation: int) -> "VectorIndex":
        """Return a new `VectorIndex` with the changes applied."""
        removed = changes.removed_ids[changes.removed_ids <= self.last_id]
        kept = ~np.isin(self.recent_ids, changes.removed_ids)
        return replace(
            self,
            generation=generation,
            removed=np.concatenate([self.removed, removed]),
            recent_ids=np.concatenate([self.recent_ids[kept], changes.added_ids]),
            recent=np.concatenate([self.recent[kept], changes.added]),
        )

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[Hit]:
        """Return the `k` nearest chunks, or all if there are fewer, best first; the score is the cosine, -1..1.

        If `is_exact` is False, a few of the nearest may be missed, and the cosines are those of 8-bit vectors.

        Args:
            query: (dimension,).
            k: at least 1.
            allowed: ids of the chunks to search; None for all.
        """
        recent = np.ones(len(self.recent_ids), dtype=bool) if allowed is None else np.isin(self.recent_ids, allowed)
        ids, scores = self._nearest(query, k, allowed)
        ids = np.concatenate([ids, self.recent_ids[recent]])
        scores = np.concatenate([scores, self.recent[recent] @ query])
        best = np.lexsort((ids, -scores))[:k]
        return [Hit(int(ids[i]), float(scores[i])) for i in best]

    def lexical_search(
        self, store: Store, query: str, k: int, languages: Collection[str], scope: Scope, allowed: Ids | None
    ) -> list[Hit]:
        """Return the `k` best chunks by BM25 in `scope`, whose chunks are `allowed`. See `WordTable.lexical_search`.

        `store` must be inside `reading`, at this generation.
        """
        if self.words is None:
            return store.lexical_search(query, k, len(self), languages, scope)
        return self.words.search(query, k, languages, self.removed, self.recent_ids, allowed)

    def _nearest(self, query: Vectors, k: int, allowed: Ids | None) -> tuple[Ids, Vectors]:
        """Return the ids of the `k` nearest in `index` that are not removed, with their cosines."""
        return ann.nearest(self.index, query, k, self.removed, allowed)

    def ids(self) -> Ids:
        """Return the chunk ids, (len(self),), ascending."""
        return self.contents()[0]

    def contents(self) -> tuple[Ids, Vectors]:
        """Return the chunk ids, (N,), ascending, and their vectors, (N, dimension), as exact as they are stored."""
        ids, vectors = ann.contents(self.index)
        kept = ~np.isin(ids, self.removed)
        return np.concatenate([ids[kept], self.recent_ids]), np.concatenate([vectors[kept], self.recent])
