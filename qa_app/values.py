"""The values that pass between the stages of an answer: frozen, no behaviour."""

from dataclasses import dataclass, field

from embeddings.index import StoredChunk


@dataclass(frozen=True)
class Passage:
    """A chunk that was found, with the scores that brought it."""

    chunk: StoredChunk
    dense: float | None
    """Cosine of question and chunk, -1..1; None when the dense search did not bring it."""
    lexical: float | None
    """FTS5's BM25, above 0 and without upper bound; None when no word of the question stands in it."""
    fused: float
    """What the passages are ranked by; see `qa_app.retrieval.fuse`."""
