"""Retrieve the passages worth reading: search by meaning and by words, with fused scores."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.encoders.encoder import Vectors
from embeddings.index import Snapshot
from embeddings.storage.rows import Hit, StoredChunk
from qa_app.config import RetrievalConfig
from qa_app.near_copies import distinct
from qa_app.types import Copy, Passage

# How many times the usual depth a search goes to find passages that are no copies.
_DEEPEST = 16


@dataclass(frozen=True)
class _Scored:
    """A chunk that a search found; for the scores see `Passage`."""

    chunk_id: int
    dense: float
    lexical: float | None
    fused: float


def retrieve(snapshot: Snapshot, query: str, config: RetrievalConfig) -> list[Passage]:
    """Return the best `config.passages` passages, best first; empty when the corpus is empty or the query blank.

    Near-copies of a passage are named with it and take no place. Where they fill a search, it is made again, deeper.
    """
    if not query.strip() or not snapshot.size():
        return []
    vector = snapshot.encode_query(query)
    depth = config.chunks_per_search
    while True:
        hits = _search(snapshot, vector, query, depth, config)
        passages = _passages(snapshot, hits, config.passages)
        if len(passages) == config.passages or depth >= min(snapshot.size(), _DEEPEST * config.chunks_per_search):
            return passages
        depth *= 4


def _search(snapshot: Snapshot, vector: Vectors, query: str, depth: int, config: RetrievalConfig) -> list[_Scored]:
    """Return the chunks of both searches, best first."""
    dense = snapshot.dense_search(vector, depth)
    lexical = snapshot.lexical_search(query, depth)
    # Chunks that only the word search found have no cosine yet; it is computed from their stored vectors.
    seen = {hit.chunk_id for hit in dense}
    others = [hit.chunk_id for hit in lexical if hit.chunk_id not in seen]
    dense += [Hit(i, cosine) for i, cosine in zip(others, snapshot.cosines(vector, others), strict=True)]
    cosines = {hit.chunk_id: hit.score for hit in dense}
    bm25 = {hit.chunk_id: hit.score for hit in lexical}
    ranked = fuse(dense, lexical, config.lexical_weight, stretched=snapshot.cosine_floor > 0)
    return [_Scored(hit.chunk_id, cosines[hit.chunk_id], bm25.get(hit.chunk_id), hit.score) for hit in ranked]


def _passages(snapshot: Snapshot, hits: Sequence[_Scored], count: int) -> list[Passage]:
    """Return the first `count` passages that are no near-copies of a better one."""
    scored = {hit.chunk_id: hit for hit in hits}
    chunks: list[StoredChunk] = []
    found: list[tuple[StoredChunk, list[StoredChunk]]] = []
    for begin in range(0, len(hits), count):  # mostly the first are enough: loading a chunk reads its document
        chunks += snapshot.chunks([hit.chunk_id for hit in hits[begin : begin + count]])
        found = distinct(chunks)
        if len(found) >= count:
            break
    return [
        Passage(
            chunk,
            scored[chunk.chunk_id].dense,
            scored[chunk.chunk_id].lexical,
            scored[chunk.chunk_id].fused,
            copies=tuple(Copy(copy.document, copy.title, copy.start, copy.end, copy.folder) for copy in copies),
        )
        for chunk, copies in found[:count]
    ]


def search(snapshot: Snapshot, query: str, k: int, config: RetrievalConfig) -> list[Passage]:
    """Return the best `k` passages, regardless of how many are read for an answer; otherwise like `retrieve`."""
    return retrieve(snapshot, query, replace(config, passages=k, chunks_per_search=max(k, config.chunks_per_search)))


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], lexical_weight: float, *, stretched: bool = False) -> list[Hit]:
    """Return every chunk of `dense`, ranked by a convex combination of both scores; ties go to the lower chunk id.

    score = (1 - w) * max(cosine, 0) + w * bm25 / (highest bm25 of this query), 0..1, w = `lexical_weight`; a chunk
    that the word search did not return has bm25 0. Convex combination beats reciprocal rank fusion here (docs/results/retrieval.md),
    as in Bruch et al. 2023, arXiv 2210.11934, section 4.

    With `stretched`, the cosines of this query are first stretched to 0..1, from the lowest to the highest: for an encoder
    whose cosines lie in a narrow band.
    """
    if stretched and dense:
        lowest, widest = (pick(hit.score for hit in dense) for pick in (min, max))
        band = widest - lowest or 1.0
        dense = [Hit(hit.chunk_id, (hit.score - lowest) / band) for hit in dense]
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
