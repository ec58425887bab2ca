import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from qa_app.reading.inputs import Batch
from qa_app.reading.model import Scores
from qa_app.reading.spans import MAX_ANSWER_TOKENS
from training.loss import (
    Target,
    Targets,
    imitation_loss,
    reader_loss,
    relevance_loss,
    span_loss,
    span_probabilities,
    span_scores,
)


def batch_of(answerable: Tensor) -> Batch:
    """Return a batch in which only `answerable` matters."""
    zeros = torch.zeros(answerable.shape, dtype=torch.int64)
    starts = (0,) * len(answerable)
    return Batch(zeros, zeros, torch.ones_like(answerable), answerable, starts, starts)


def random_scores(rows: int, tokens: int, seed: int) -> tuple[Scores, Tensor]:
    """Return random scores and the answerable tokens: one contiguous range per row, like a window's."""
    draw = torch.Generator().manual_seed(seed)
    start, end = 3 * torch.randn((2, rows, tokens), generator=draw)
    relevance, none = 3 * torch.randn((2, rows), generator=draw)
    answerable = torch.zeros((rows, tokens), dtype=torch.bool)
    for row in range(rows):
        first = int(torch.randint(0, tokens, (1,), generator=draw))
        last = int(torch.randint(first, tokens, (1,), generator=draw))
        answerable[row, first : last + 1] = True
    return Scores(start, end, relevance, none), answerable


def slow_span_loss(scores: Scores, answerable: Tensor, targets: list[Target]) -> float:
    """Compute the span loss naively, span by span."""
    start, end, none, may = scores.start.tolist(), scores.end.tolist(), scores.none.tolist(), answerable.tolist()

    def weight(row: int, first: int, last: int) -> float:
        return math.exp(start[row][first] + end[row][last] - none[row])

    loss = 0.0
    for target in targets:
        everything = 1.0 + sum(
            weight(row, first, last)
            for row in target.passages
            for first in range(len(start[row]))
            for last in range(first, min(first + MAX_ANSWER_TOKENS, len(start[row])))
            if may[row][first] and may[row][last]
        )
        right = 1.0 if target.gold is None else sum(weight(target.gold, *span) for span in target.spans)
        loss -= math.log(right / everything)
    return loss


def slow_relevance_loss(relevance: list[float], targets: list[Target]) -> float:
    loss = 0.0
    for target in targets:
        if target.judges_relevance:
            right = 1.0 if target.gold is None else math.exp(relevance[target.gold])
            loss -= math.log(right / (1.0 + sum(math.exp(relevance[row]) for row in target.passages)))
    return loss


@st.composite
def problems(draw: st.DrawFn) -> tuple[Scores, Tensor, list[Target]]:
    """Draw questions with one to three passages each, answered at one to three places or not at all."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    scores, answerable = random_scores(sum(sizes), draw(st.sampled_from([1, 7, 45])), draw(st.integers(0, 1000)))
    targets, row = [], 0
    for size in sizes:
        own = tuple(range(row, row + size))
        row += size
        gold = draw(st.sampled_from([None, *own]))
        spans: set[tuple[int, int]] = set()
        if gold is not None:
            tokens = answerable[gold].nonzero().flatten().tolist()
            for first in draw(st.sets(st.sampled_from(tokens), min_size=1, max_size=3)):
                spans.add((first, min(tokens[-1], first + draw(st.integers(0, MAX_ANSWER_TOKENS - 1)))))
        targets.append(Target(own, gold, tuple(sorted(spans)), draw(st.booleans())))
    return scores, answerable, targets


@given(problems())
def test_the_span_loss_equals_the_naive_sum_over_all_spans(problem: tuple[Scores, Tensor, list[Target]]) -> None:
    scores, answerable, targets = problem
    found = span_loss(span_scores(scores, answerable), Targets.of(targets))
    assert float(found) == pytest.approx(slow_span_loss(scores, answerable, targets), rel=1e-4, abs=1e-4)


@given(problems())
def test_the_relevance_loss_is_over_each_questions_passages_and_none_of_them(
    problem: tuple[Scores, Tensor, list[Target]],
) -> None:
    scores, _, targets = problem
    expected = slow_relevance_loss(scores.relevance.tolist(), targets)
    assert float(relevance_loss(scores.relevance, Targets.of(targets))) == pytest.approx(expected, rel=1e-4, abs=1e-4)


@given(problems(), st.sampled_from([0.0, 0.5, 2.0]))
def test_the_reader_loss_is_the_weighted_sum_of_both(
    problem: tuple[Scores, Tensor, list[Target]], weight: float
) -> None:
    scores, answerable, targets = problem
    expected = slow_span_loss(scores, answerable, targets)
    expected += weight * slow_relevance_loss(scores.relevance.tolist(), targets)
    found = reader_loss(scores, batch_of(answerable), Targets.of(targets), weight)
    assert float(found) == pytest.approx(expected, rel=1e-4, abs=1e-4)


def even(rows: int, tokens: int) -> tuple[Scores, Tensor]:
    zeros = torch.zeros((rows, tokens))
    return Scores(zeros, zeros, zeros[:, 0], zeros[:, 0]), torch.ones((rows, tokens), dtype=torch.bool)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            Target((0,), 0, ((1, 1),), True),
            math.log(7),
        ),  # three tokens have six spans; "no answer" is the seventh choice
        (Target((0,), 0, ((0, 0), (1, 2)), True), math.log(7 / 2)),
        (Target((0,), None, (), True), math.log(7)),
        (Target((0, 1), 1, ((1, 1),), True), math.log(13)),
        (Target((0, 1), None, (), True), math.log(13)),
    ],
)
def test_with_equal_scores_the_loss_is_the_log_of_the_number_of_choices(target: Target, expected: float) -> None:
    scores, answerable = even(2, 3)
    assert float(span_loss(span_scores(scores, answerable), Targets.of([target]))) == pytest.approx(expected)


def test_spans_with_tokens_that_are_not_answerable_have_no_weight() -> None:
    scores, answerable = even(1, 6)
    answerable[0, [0, 4, 5]] = False
    weights = span_scores(scores, answerable).exp()[0]
    spans = {(first, first + k) for first, k in weights.nonzero().tolist()}
    assert spans == {(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)}


def test_a_question_that_does_not_judge_relevance_gives_the_relevance_head_no_gradient() -> None:
    relevance = torch.tensor([1.0, -1.0], requires_grad=True)
    loss = relevance_loss(relevance, Targets.of([Target((0, 1), None, (), False)]))
    assert float(loss.detach()) == 0.0


def test_gradients_are_finite_and_favour_the_answer() -> None:
    scores, answerable = random_scores(2, 50, seed=1)
    answerable[:] = True
    leaves = [tensor.requires_grad_() for tensor in (scores.start, scores.end, scores.relevance, scores.none)]
    loss = reader_loss(scores, batch_of(answerable), Targets.of([Target((0, 1), 1, ((10, 12),), True)]), 0.5)
    gradients = torch.autograd.grad(loss, leaves)
    assert all(bool(gradient.isfinite().all()) for gradient in gradients)
    start, end, relevance, none = (gradient.numpy() for gradient in gradients)
    assert np.argwhere(start < 0).tolist() == [[1, 10]]
    assert np.argwhere(end < 0).tolist() == [[1, 12]]
    assert relevance[1] < 0 < relevance[0]
    assert none[0] < 0 < none[1]


@given(problems())
def test_the_probabilities_of_a_questions_spans_and_of_no_answer_sum_to_one(
    problem: tuple[Scores, Tensor, list[Target]],
) -> None:
    scores, answerable, targets = problem
    spans = span_scores(scores, answerable)
    found = span_probabilities(spans, Targets.of(targets))
    for target in targets:
        rows = list(target.passages)
        none = 1 / (1 + float(spans[rows].exp().sum()))
        assert float(found[rows].sum()) == pytest.approx(1 - none, abs=1e-4)


def test_imitation_is_least_when_the_teachers_probabilities_are_met() -> None:
    scores, answerable = random_scores(3, 9, seed=2)
    answerable[:] = True
    targets = Targets.of([Target((0, 1), None, (), True), Target((2,), 2, ((1, 2),), True)])
    spans = span_scores(scores, answerable)
    spans.requires_grad_()
    loss = imitation_loss(spans, span_probabilities(spans.detach(), targets), targets)
    (gradient,) = torch.autograd.grad(loss, spans)
    assert float(gradient.abs().max()) < 1e-5
    others = span_probabilities(0.5 * spans.detach(), targets)
    (gradient,) = torch.autograd.grad(imitation_loss(spans, others, targets), spans)
    assert float(gradient.abs().max()) > 0.01


def test_a_teacher_of_certain_right_answers_teaches_what_the_answers_do() -> None:
    scores, answerable = random_scores(2, 9, seed=3)
    answerable[:] = True
    targets = Targets.of([Target((0, 1), 1, ((4, 5),), True)])
    spans = span_scores(scores, answerable)
    certain = torch.zeros_like(spans)
    certain[1, 4, 1] = 1.0
    assert float(imitation_loss(spans, certain, targets)) == pytest.approx(float(span_loss(spans, targets)), rel=1e-5)
