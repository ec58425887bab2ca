"""Configuration of the online half: frozen, passed in, with units."""

from dataclasses import dataclass, field
from ipaddress import ip_address

SURE = 0.85
"""Confidence, 0..1, from which an answer is called "Sure": nine of ten such answers are right (docs/results/page.md)."""


@dataclass(frozen=True)
class RetrievalConfig:
    """How passages are found. Values chosen on the fit questions: docs/results/retrieval.md."""

    chunks_per_search: int = 50
    """Chunks that each of the two searches returns."""
    passages: int = 8
    """Chunks that the reader reads."""
    lexical_weight: float = 0.3
    """Weight of the word search in the fused score, 0..1."""


@dataclass(frozen=True)
class AnswerConfig:
    """How candidates become an answer."""

    threshold: float = 0.1
    """Confidence, 0..1, below which the answer is an abstention. See docs/results/quality.md for the error rates."""
    doubtful: float = 0.6
    """Confidence, 0..1, below which an answer is shown as doubtful: of those, half are right (docs/results/page.md)."""
    marked: float = 0.5
    """Probability, 0..1, of being exactly right from which a short answer is marked in its quote; 0 marks all."""
    support_most: int = 1
    """Maximum number of further sentences with the same short answer as the best one."""
    support_share: float = 0.5
    """Minimum score of such a sentence, as a share, 0..1, of the best one's."""
    several_most: int = 5
    """Maximum number of sentences for a question that asks for more than one fact."""
    several_share: float = 0.15
    """Minimum score of such a sentence, as a share, 0..1, of the best one's."""
    several_least: float = 0.1
    """Confidence, 0..1, that the best sentence must have by itself, or many unlikely ones would add up to an answer. Of the 51
    such questions among 500 of SQuAD's fit questions, two had less than 0.2 and were answered wrongly; one about the seeds has 0.15 and is not."""
    list_passages: int = 24
    """Passages read for a question that asks for all of something."""
    list_most: int = 20
    """Maximum number of quotes in a list."""
    list_share: float = 0.25
    """Minimum score of an item, as a share, 0..1, of the best one's."""
    differs: float = 0.3
    """Minimum confidence, 0..1, at which other articles' answers are compared with the best one."""
    differs_share: float = 0.25
    """Minimum score of another article's answer to count as differing, as a share, 0..1, of the best one's."""
    denied: float = 0.7
    """Confidence, 0..1, of a sentence that denies what the question takes for granted; see `qa_app.answering.denials`."""
    sure: float = 0.5
    """Below this confidence, 0..1, a question that asks for one fact also gets the best sentence's rivals."""
    unsure_most: int = 3
    """Maximum number of rivals, counting the best sentence."""
    unsure_share: float = 0.4
    """Minimum score of a rival, as a share, 0..1, of the best one's."""


@dataclass(frozen=True)
class AssistantConfig:
    retrieval: RetrievalConfig = field(default_factory=RetrievalConfig)
    answer: AnswerConfig = field(default_factory=AnswerConfig)


def with_threshold(threshold: float | None) -> AssistantConfig | None:
    """Return the configuration for --threshold; None without one, so that `open_assistant` chooses."""
    return None if threshold is None else AssistantConfig(answer=AnswerConfig(threshold=threshold))


def is_loopback(host: str) -> bool:
    """Return whether an address to serve on can be reached only from this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a host name, which may resolve to any address
        return False
