"""Configuration of the online half: frozen, passed in, with units."""

from dataclasses import dataclass, field
from ipaddress import ip_address


@dataclass(frozen=True)
class RetrievalConfig:
    """How passages are found. Values chosen on the fit questions: docs/results/retrieval.md."""

    chunks_per_search: int = 50
    """Chunks that each of the two searches brings."""
    passages: int = 8
    """Chunks that are read."""
    lexical_weight: float = 0.3
    """Share of the word search in the fused score, 0..1."""


@dataclass(frozen=True)
class AnswerConfig:
    """How candidates become an answer."""

    threshold: float = 0.02
    """Confidence, 0..1, below which the answer is an abstention. See docs/results/quality.md for the error rates."""
    doubtful: float = 0.15
    """Confidence, 0..1, below which an answer is shown as one to doubt."""
    support_most: int = 1
    """Further sentences that say the same words as the best one, at most."""
    support_share: float = 0.5
    """Such a sentence is taken when its score is at least this share, 0..1, of the best one's."""
    several_most: int = 5
    """Sentences in an answer that wants more than one fact, at most."""
    several_share: float = 0.15
    """There a further sentence is taken when its score is at least this share, 0..1, of the best one's."""
    sure: float = 0.5
    """Below this confidence, 0..1, a question that wants one fact also gets the best sentence's rivals."""
    unsure_most: int = 3
    """Sentences in such an answer, at most."""
    unsure_share: float = 0.4
    """There a rival is taken when its score is at least this share, 0..1, of the best one's."""


@dataclass(frozen=True)
class AssistantConfig:
    retrieval: RetrievalConfig = field(default_factory=RetrievalConfig)
    answer: AnswerConfig = field(default_factory=AnswerConfig)


def with_threshold(threshold: float | None) -> AssistantConfig | None:
    """Return the configuration for what was given as --threshold; None, for `open_assistant` to choose, without it."""
    return None if threshold is None else AssistantConfig(answer=AnswerConfig(threshold=threshold))


def is_loopback(host: str) -> bool:
    """Tell whether an address to serve on is reached from this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name, which may lead anywhere
        return False
