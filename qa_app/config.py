"""Configuration of the online half: frozen, passed in, with units."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetrievalConfig:
    """How passages are found. Values chosen on the fit questions: docs/retrieval.md."""

    candidates: int = 50
    """Chunks that each of the two searches brings."""
    passages: int = 5
    """Chunks that are read."""
    lexical_weight: float = 0.3
    """Share of the word search in the fused score, 0..1."""
