"""Configuration of training: frozen, passed in, with units."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MixConfig:
    """What a question is trained on. Shares are of all questions, 0..1."""

    withheld_share: float = 0.1
    """Read with a near passage alone, which lacks the answer: its own passage is withheld."""
    swapped_share: float = 0.25
    """Read twice with its own passage, as it is and with a name, number or key word exchanged (`training.swaps`), which
    makes it unanswerable."""
    companion_share: float = 0.35
    """Of the others: those read with a hard negative beside their own passage."""
    nearest_negatives: int = 4
    """A hard negative is drawn from so many of the highest ranked passages without the answer."""
    fit_share: float = 0.0
    """Of the questions, those of the fit half, with the unanswerable ones that people wrote."""


@dataclass(frozen=True)
class TrainConfig:
    """How the weights are made."""

    questions: int = 123_000
    """How many are seen, made ones included; an epoch that ends before is followed by another with new draws."""
    batch_questions: int = 32
    micro_batch_passages: int = 16
    """Passages in one forward pass; larger ones leave the processor's cache."""
    bucket_batches: int = 100
    """So many batches are drawn at a time and sorted by length, so that little is padded."""
    learning_rate: float = 1.2e-4
    head_learning_rate: float = 5e-4
    """Of the four heads, which begin at random."""
    warmup_steps: int = 100
    """In which the learning rate rises; all the while it falls linearly to zero at the end."""
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    """Gradients are scaled down to this length."""
    relevance_weight: float = 0.5
    """Of the relevance loss, against the span loss."""
    checkpoint_seconds: float = 600.0
    log_seconds: float = 30.0
    seed: int = 0
