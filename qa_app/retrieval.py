"""From a question to the passages worth reading: search by meaning and by words, fused."""

from collections.abc import Sequence
from dataclasses import replace

from embeddings.index import Snapshot
from embeddings.storage.rows import Hit
from qa_app.config import RetrievalConfig
from qa_app.types import Passage


def retrieve(snapshot: Snapshot, query: str, config: RetrievalConfig) -> list[Passage]:
    """Return the best `config.passages` passages, best first; none when the corpus is empty or the query blank."""
    if not query.strip() or not snapshot.size():
        return []
    vector = snapshot.encode_query(query)
    dense = snapshot.dense_search(vector, config.chunks_per_search)
    lexical = snapshot.lexical_search(query, config.chunks_per_search)
    # The word search brings chunks of which the other knows no cosine yet: their vectors are at hand.
    seen = {hit.chunk_id for hit in dense}
    others = [hit.chunk_id for hit in lexical if hit.chunk_id not in seen]
    dense += [Hit(i, cosine) for i, cosine in zip(others, snapshot.cosines(vector, others), strict=True)]
    ranked = fuse(dense, lexical, config.lexical_weight)[: config.passages]
    cosines = {hit.chunk_id: hit.score for hit in dense}
    bm25 = {hit.chunk_id: hit.score for hit in lexical}
    chunks = snapshot.chunks([hit.chunk_id for hit in ranked])
    fused = {hit.chunk_id: hit.score for hit in ranked}
    return [Passage(c, cosines[c.chunk_id], bm25.get(c.chunk_id), fused[c.chunk_id]) for c in chunks]


def search(snapshot: Snapshot, query: str, k: int, config: RetrievalConfig) -> list[Passage]:
    """Return the best `k` passages, whatever number is read for an answer; otherwise as `retrieve`."""
    return retrieve(snapshot, query, replace(config, passages=k, chunks_per_search=max(k, config.chunks_per_search)))


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], lexical_weight: float) -> list[Hit]:
    """Return every chunk of `dense`, ranked by a convex combination of both scores; ties go to the lower chunk id.

    score = (1 - w) * max(cosine, 0) + w * bm25 / (highest bm25 of this query), 0..1, w = `lexical_weight`; a chunk
    without any word of the query has bm25 0. Convex combination beats reciprocal rank fusion here (docs/results/retrieval.md),
    as in Bruch et al. 2023, arXiv 2210.11934, section 4.
    """
    highest = max((hit.score for hit in lexical), default=0.0) or 1.0
    bm25 = {hit.chunk_id: hit.score for hit in lexical}
    fused = [
        Hit(
            hit.chunk_id,
            (1 - lexical_weight) * max(hit.score, 0.0) + lexical_weight * bm25.get(hit.chunk_id, 0.0) / highest,
        )
        for hit in dense
    ]
    return sorted(fused, key=lambda hit: (-hit.score, hit.chunk_id))
