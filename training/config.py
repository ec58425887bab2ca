"""Configuration of training: frozen, passed in, with units."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MixConfig:
    """Which passages a question is trained with. Shares are fractions of all questions, 0..1."""

    withheld_share: float = 0.1
    """Questions read with a similar passage only; the passage with the answer is withheld."""
    swapped_share: float = 0.25
    """Questions read twice with their own passage: as they are, and with a name, number or key word swapped
    (`training.swaps`), which makes them unanswerable."""
    companion_share: float = 0.35
    """Of the remaining questions, those read with a hard negative next to their own passage."""
    nearest_negatives: int = 4
    """A hard negative is drawn from this many top-ranked passages that lack the answer."""
    fit_share: float = 0.0
    """Questions from the fit half, which includes unanswerable questions written by people."""


@dataclass(frozen=True)
class TrainConfig:
    """How the weights are trained."""

    questions: int = 123_000
    """Questions to train on, generated ones included. When an epoch is shorter, another follows with new draws."""
    batch_questions: int = 32
    micro_batch_passages: int = 16
    """Passages in one forward pass; larger ones leave the processor's cache."""
    bucket_batches: int = 100
    """Batches drawn together and sorted by length, to reduce padding."""
    learning_rate: float = 1.2e-4
    head_learning_rate: float = 5e-4
    """For the four heads, which start from random weights."""
    warmup_steps: int = 100
    """Steps over which the learning rate rises; it also decays linearly to zero over the whole run."""
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    """Gradients are clipped to this norm."""
    relevance_weight: float = 0.5
    """Weight of the relevance loss relative to the span loss."""
    checkpoint_seconds: float = 600.0
    log_seconds: float = 30.0
    seed: int = 0
