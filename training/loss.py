"""The reader's losses: span loss, normalised over all passages of a question plus "no answer", and relevance loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Targets:
    """The correct outputs for the questions of a batch, as tensors of int64. A question is named by its number, 0 to `count - 1`."""

    count: int
    rows: Tensor
    """(R,), the rows of the batch that belong to a question."""
    row_questions: Tensor
    """(R,), the question of each."""
    spans: Tensor
    """(S, 3), occurrences of answers: row, first token, number of further tokens."""
    span_questions: Tensor
    """(S + questions without an answer,), the question of each occurrence, then those without."""
    judged: Tensor
    """(J,), the rows of the questions that judge relevance."""
    judged_questions: Tensor
    """(J,), the number of each one's question among these."""
    judged_golds: Tensor
    """The rows that are relevant."""
    judged_count: int

    @classmethod
    def of(cls, targets: Sequence[Target]) -> "Targets":
        """Join the questions' targets, at least one."""
        spans = [(n, (t.gold, a, b - a)) for n, t in enumerate(targets) if t.gold is not None for a, b in t.spans]
        judged = [target for target in targets if target.judges_relevance]
        return cls(
            len(targets),
            _integers([row for target in targets for row in target.passages]),
            _integers([n for n, target in enumerate(targets) for _ in target.passages]),
            _integers([place for _, place in spans]).reshape(-1, 3),
            _integers([n for n, _ in spans] + [n for n, target in enumerate(targets) if target.gold is None]),
            _integers([row for target in judged for row in target.passages]),
            _integers([n for n, target in enumerate(judged) for _ in target.passages]),
            _integers([target.gold for target in judged if target.gold is not None]),
            len(judged),
        )


def span_scores(scores: Scores, answerable: Tensor) -> Tensor:
    """Return the log-odds of every span against no answer in its own passage: (N, T, MAX_ANSWER_TOKENS), float32.

    Entry (n, i, k) is `start[n, i] + end[n, i + k] - none[n]`, the span of tokens i to i + k.
    """
    start = scores.start.masked_fill(~answerable, _NEVER)
    end = functional.pad(scores.end.masked_fill(~answerable, _NEVER), (0, MAX_ANSWER_TOKENS - 1), value=_NEVER)
    ends = end.unfold(1, MAX_ANSWER_TOKENS, 1)  # (N, T, MAX_ANSWER_TOKENS): ends[n, i, k] = end[n, i + k]
    return start[:, :, None] + ends - scores.none[:, None, None]


def span_loss(spans: Tensor, targets: Targets) -> Tensor:
    """Return the sum over questions of -log P(answer).

    The softmax runs over all spans of all passages of a question plus "no answer", whose score is fixed at 0, so that
    scores of different passages are comparable. The answer's probability is summed over all its occurrences
    (Clark and Gardner 2018, arXiv 1710.10723, section 3).

    Args:
        spans: (N, T, MAX_ANSWER_TOKENS), from `span_scores`.
        targets: of the same batch.
    """
    occurrences = spans[tuple(targets.spans.T)]
    none = spans.new_zeros(len(targets.span_questions) - len(occurrences))
    right = _grouped_logsumexp(torch.cat([occurrences, none]), targets.span_questions, targets.count)
    return (_masses(spans, targets) - right).sum()


def imitation_loss(spans: Tensor, probabilities: Tensor, targets: Targets) -> Tensor:
    """Return the cross-entropy of the spans' probabilities with those that teachers give them, summed over questions: distillation
    (Hinton et al. 2015, arXiv 1503.02531, section 2, with temperature 1).

    Args:
        spans: (N, T, MAX_ANSWER_TOKENS), from `span_scores`.
        probabilities: likewise, 0..1, from `span_probabilities`.
        targets: of the same batch.
    """
    return _masses(spans, targets).sum() - (probabilities * spans).sum()


def span_probabilities(spans: Tensor, targets: Targets) -> Tensor:
    """Return every span's probability among no answer and all spans of its question's passages; shaped as `spans`."""
    of_row = torch.zeros_like(spans[:, 0, 0]).index_copy(
        0, targets.rows, _masses(spans, targets)[targets.row_questions]
    )
    return (spans - of_row[:, None, None]).exp()


def relevance_loss(relevance: Tensor, targets: Targets) -> Tensor:
    """Return the sum over questions of -log P(gold passage); the softmax runs over its passages plus "none", fixed at 0.

    Args:
        relevance: (N,).
        targets: of the same batch.
    """
    choices = _with_none(relevance[targets.judged], targets.judged_questions, targets.judged_count)
    return choices.sum() - relevance[targets.judged_golds].sum()


def reader_loss(scores: Scores, batch: Batch, targets: Targets, relevance_weight: float) -> Tensor:
    """Return the weighted sum of both losses over the questions of a batch."""
    spans = span_scores(scores, batch.answerable)
    return span_loss(spans, targets) + relevance_weight * relevance_loss(scores.relevance, targets)


def _masses(spans: Tensor, targets: Targets) -> Tensor:
    """Return the log of what no answer and all spans of a question weigh together: (questions,)."""
    return _with_none(spans.flatten(1).logsumexp(1)[targets.rows], targets.row_questions, targets.count)


def _with_none(values: Tensor, groups: Tensor, count: int) -> Tensor:
    """Return the logsumexp of 0 and the values of each group: (count,)."""
    none = torch.arange(count, device=values.device)
    return _grouped_logsumexp(torch.cat([values, values.new_zeros(count)]), torch.cat([groups, none]), count)


def _grouped_logsumexp(values: Tensor, groups: Tensor, count: int) -> Tensor:
    """Return the logsumexp of the values of each group: (count,). Every group has one; `groups` says whose each is."""
    with torch.no_grad():
        highest = values.new_full((count,), -torch.inf).scatter_reduce(0, groups, values, "amax")
    return highest + values.new_zeros(count).index_add(0, groups, (values - highest[groups]).exp()).log()


def _integers(values: Sequence[Any]) -> Tensor:
    return torch.tensor(values, dtype=torch.int64)
