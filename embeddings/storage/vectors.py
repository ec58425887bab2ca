"""The vectors of one generation: what was indexed, and what has changed since. See `embeddings.storage.vector_cache`."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.encoders.encoder import Vectors
from embeddings.storage import ann
from embeddings.storage.ann import Ids
from embeddings.storage.rows import Hit, VectorChanges


@dataclass(frozen=True, eq=False)
class VectorIndex:
    """The vectors of one generation, by chunk id. Never changed once made: a reader keeps the one it has.

    A change costs the same whatever the corpus holds: new vectors lie beside the index, which is shared, and removed ones
    are passed over, until the writer makes the index anew (`embeddings.storage.vector_cache.refresh`).
    """

    index: Any
    """From `ann.make`, of an earlier generation."""
    last_id: int
    """No chunk of `index` has a higher id; chunks added later have."""
    generation: int
    removed: Ids
    """Chunks of `index` that are gone, (R,)."""
    recent_ids: Ids
    """Chunks that came after `index` was made, (A,), ascending."""
    recent: Vectors
    """Their vectors, (A, dimension)."""

    @classmethod
    def of(cls, index: Any, last_id: int, generation: int) -> "VectorIndex":
        """Return the vectors of an index to which nothing has happened yet."""
        none = np.array([], dtype=np.int64)
        return cls(index, last_id, generation, none, none, np.zeros((0, index.d), dtype=np.float32))

    @classmethod
    def empty(cls, dimension: int) -> "VectorIndex":
        return cls.of(ann.make(0, np.zeros((0, dimension), dtype=np.float32), ()), -1, -1)

    def __len__(self) -> int:
        return int(self.index.ntotal) - len(self.removed) + len(self.recent_ids)

    @property
    def is_exact(self) -> bool:
        """Every vector is compared in every search, as it was stored."""
        return ann.is_exact(self.index)

    def updated(self, changes: VectorChanges, generation: int) -> "VectorIndex":
        """Return the vectors with the changes applied; this one stays as it is."""
        gone = changes.removed_ids[changes.removed_ids <= self.last_id]
        stays = ~np.isin(self.recent_ids, changes.removed_ids)
        return VectorIndex(
            self.index,
            self.last_id,
            generation,
            np.concatenate([self.removed, gone]),
            np.concatenate([self.recent_ids[stays], changes.added_ids]),
            np.concatenate([self.recent[stays], changes.added]),
        )

    def search(self, query: Vectors, k: int) -> list[Hit]:
        """Return the `k` nearest chunks, or all when there are fewer; the score is the cosine, -1..1, best first.

        Where `is_exact` is False, a few of the nearest may be missed, and the cosines are those of shortened vectors.
        """
        ids, scores = ann.nearest(self.index, query, k, self.removed)
        ids = np.concatenate([ids, self.recent_ids])
        scores = np.concatenate([scores, self.recent @ query])
        best = np.lexsort((ids, -scores))[:k]
        return [Hit(int(ids[i]), float(scores[i])) for i in best]

    def ids(self) -> Ids:
        """Return the chunk ids, (len(self),), ascending."""
        return self.contents()[0]

    def contents(self) -> tuple[Ids, Vectors]:
        """Return the chunk ids, (N,), ascending, and their vectors, (N, dimension), as exact as they are kept."""
        ids, vectors = ann.contents(self.index)
        stays = ~np.isin(ids, self.removed)
        return np.concatenate([ids[stays], self.recent_ids]), np.concatenate([vectors[stays], self.recent])
