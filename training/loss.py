"""The reader's losses: span loss, normalised over all passages of a question plus "no answer", and relevance loss."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from qa_app.reading.inputs import Batch
from qa_app.reading.model import Scores
from qa_app.reading.spans import MAX_ANSWER_TOKENS

_NEVER = -1e4  # vanishes in a softmax, yet differences stay finite


@dataclass(frozen=True)
class Target:
    """The correct output for one question of a batch."""

    passages: tuple[int, ...]
    """Rows of the batch that belong to this question."""
    gold: int | None
    """The row that holds the answer; None if no row does."""
    spans: tuple[tuple[int, int], ...]
    """Occurrences of the answer in that row, tokens [first, last], both inclusive."""
    judges_relevance: bool
    """False for an unanswerable question read with its own passage, which is still the relevant one."""


def span_scores(scores: Scores, answerable: Tensor) -> Tensor:
    """Return the log-odds of every span against no answer in its own passage: (N, T, MAX_ANSWER_TOKENS), float32.

    Entry (n, i, k) is `start[n, i] + end[n, i + k] - none[n]`, the span of tokens i to i + k.
    """
    start = scores.start.masked_fill(~answerable, _NEVER)
    end = functional.pad(scores.end.masked_fill(~answerable, _NEVER), (0, MAX_ANSWER_TOKENS - 1), value=_NEVER)
    ends = end.unfold(1, MAX_ANSWER_TOKENS, 1)  # (N, T, MAX_ANSWER_TOKENS): ends[n, i, k] = end[n, i + k]
    return start[:, :, None] + ends - scores.none[:, None, None]


def span_loss(spans: Tensor, targets: Sequence[Target]) -> Tensor:
    """Return the sum over questions of -log P(answer).

    The softmax runs over all spans of all passages of a question plus "no answer", whose score is fixed at 0, so that
    scores of different passages are comparable. The answer's probability is summed over all its occurrences
    (Clark and Gardner 2018, arXiv 1710.10723, section 3).

    Args:
        spans: (N, T, MAX_ANSWER_TOKENS), from `span_scores`.
        targets: one per question.
    """
    zero = spans.new_zeros(1)
    mass = spans.flatten(1).logsumexp(1)  # (N,)
    losses = []
    for target in targets:
        everything = torch.cat([zero, mass[list(target.passages)]]).logsumexp(0)
        right = zero[0]
        if target.gold is not None:
            right = torch.stack([spans[target.gold, first, last - first] for first, last in target.spans]).logsumexp(0)
        losses.append(everything - right)
    return torch.stack(losses).sum()


def relevance_loss(relevance: Tensor, targets: Sequence[Target]) -> Tensor:
    """Return the sum over questions of -log P(gold passage); the softmax runs over its passages plus "none", fixed at 0.

    Args:
        relevance: (N,).
        targets: one per question.
    """
    zero = relevance.new_zeros(1)
    losses = [zero[0]]
    for target in targets:
        if target.judges_relevance:
            choices = torch.cat([zero, relevance[list(target.passages)]])
            right = 0 if target.gold is None else 1 + target.passages.index(target.gold)
            losses.append(choices.logsumexp(0) - choices[right])
    return torch.stack(losses).sum()


def reader_loss(scores: Scores, batch: Batch, targets: Sequence[Target], relevance_weight: float) -> Tensor:
    """Return the weighted sum of both losses over the questions of a batch."""
    spans = span_scores(scores, batch.answerable)
    return span_loss(spans, targets) + relevance_weight * relevance_loss(scores.relevance, targets)
