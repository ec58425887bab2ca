"""Configuration of training: frozen, passed in, with units."""

from dataclasses import dataclass

from qa_app.reading.base import ENGLISH
from qa_app.reading.inputs import WINDOW_TOKENS


@dataclass(frozen=True)
class MixConfig:
    """Which questions are drawn, and which passages they are read with. Shares are fractions, 0..1."""

    unanswerable_share: float = 0.30
    """Of all draws: unanswerable questions that people wrote, each with its own paragraph."""
    pair_share: float = 0.5
    """Of those, read beside the answerable question of the same paragraph that has the most words in common."""
    own_words_share: float = 0.10
    """Of all draws: questions of other data, whose words are not the text's. Its folders get parts by the roots of their sizes:
    in equal parts, the smallest's questions would be read ten times as often as the largest's."""
    withheld_share: float = 0.10
    """Of the answerable ones, read with a similar passage only; the passage with the answer is withheld."""
    own_words_withheld_share: float = 0.4
    """Likewise, of the answerable ones in other words. Their data has hardly any unanswerable questions: with few of these, the reader
    learns that such questions have answers (AUROC on near misses in news fell from .67 to .62)."""
    swapped_share: float = 0.06
    """Of the answerable ones, read twice with their own passage: as they are, and with a name, number or key word swapped
    (`training.swaps`), which makes them unanswerable."""
    structured_share: float = 0.20
    """Of the answerable ones, shown with a headline, section, speaker, date, denial or table (`training.structure`)."""
    companion_share: float = 0.35
    """Of the remaining questions, those read with a hard negative next to their own passage."""
    unmarked_share: float = 0.2
    """Of all questions, those that lose their question mark: people leave it out."""
    nearest_negatives: int = 4
    """A hard negative is drawn from this many top-ranked passages that lack the answer."""


@dataclass(frozen=True)
class TrainConfig:
    """How the weights are trained."""

    base: str = ENGLISH.encoder.name
    """Name of the packaged encoder whose body and tokenizer the reader has."""
    frozen_layers: int = 0
    """The lowest layers that stay the encoder's (`qa_app.reading.model.is_shared`). They are not shipped again, keep what the encoder knows of
    languages that the questions are not in, and need no backward pass."""
    questions: int = 123_000
    """Questions to train on, generated ones included."""
    batch_questions: int = 32
    dropout: float = 0.0
    """Share of the network's values set to zero at random, 0..1. Worth it when a question is read several times; drawing the masks takes a tenth
    of the time on a processor."""
    imitation_weight: float = 0.5
    """Where there are teachers: the share of the span loss that is the distance from their probabilities, 0..1."""
    window_tokens: int = WINDOW_TOKENS
    """Tokens of a passage that are read, 30 to 256. A first part of the run may read less, as BERT's did (Devlin et al. 2019, appendix A.2): with 96,
    it is nearly twice as fast."""
    micro_batch_passages: int = 16
    """Passages in one forward pass; larger ones leave the processor's cache."""
    bucket_batches: int = 50
    """Batches drawn together and sorted by length, to reduce padding."""
    learning_rate: float = 1.2e-4
    head_learning_rate: float = 5e-4
    """For the four heads, which start from random weights."""
    warmup_steps: int = 100
    """Steps over which the learning rate rises."""
    decay_share: float = 1.0
    """Part of the run, at its end, over which the learning rate falls linearly to zero; before, it is constant, so that
    a run stopped there can be prolonged (Hu et al. 2024, arXiv 2404.06395, section 4)."""
    average_decay: float = 0.998
    """The written weights are a moving average: at each step this much of it stays."""
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    """Gradients are clipped to this norm."""
    relevance_weight: float = 0.5
    """Weight of the relevance loss relative to the span loss."""
    checkpoint_seconds: float = 600.0
    log_seconds: float = 30.0
    seed: int = 0
