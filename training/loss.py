"""The reader's losses: spans normalised over a question's passages together with no answer, and relevance."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from qa_app.reading.inputs import Batch
from qa_app.reading.model import Scores
from qa_app.reading.spans import MAX_ANSWER_TOKENS

_NEVER = -1e4  # a score that no softmax notices, and whose differences stay finite


@dataclass(frozen=True)
class Target:
    """What is right for one question of a batch."""

    passages: tuple[int, ...]
    """Rows of the batch that are read for it."""
    gold: int | None
    """The row that holds the answer; None when none does."""
    spans: tuple[tuple[int, int], ...]
    """Where the answer stands in that row, tokens [first, last]."""
    judges_relevance: bool
    """False when the passage is the right one although the question has no answer in it."""


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

    A question's choices are all spans of all its passages and one more, no answer, whose score is fixed at 0, so that
    scores of different passages compare. The answer's probability is summed over the places where it stands
    (Clark and Gardner 2018, arXiv 1710.10723, section 3).

    Args:
        spans: (N, T, MAX_ANSWER_TOKENS), from `span_scores`.
        targets: one for each question.
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
    """Return the sum over questions of -log P(gold passage); the choices are its passages and none of them, fixed at 0.

    Args:
        relevance: (N,).
        targets: one for each question.
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
    """Return the losses' weighted sum over the questions of a batch."""
    spans = span_scores(scores, batch.answerable)
    return span_loss(spans, targets) + relevance_weight * relevance_loss(scores.relevance, targets)
