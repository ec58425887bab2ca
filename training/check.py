"""How well a network in training reads questions that it is not trained on."""

from dataclasses import dataclass

import torch
from sklearn.metrics import roc_auc_score

from qa_app.reading.model import ReaderModel
from qa_app.reading.spans import MAX_ANSWER_TOKENS
from training.batches import Batches
from training.loss import Targets, span_scores
from training.moved import moved


@dataclass(frozen=True)
class Check:
    """Figures of one reading; by tokens, so a little below those of `benchmarks.given_paragraph`."""

    exact: float
    """Share of the answerable questions whose best span is the answer, 0..1."""
    auroc_right: float
    """Of these against the questions without an answer, by the best span's log-odds; 0..1."""
    auroc_answerable: float
    """Likewise, of all answerable ones."""


@torch.no_grad()
def check(reader: ReaderModel, questions: Batches, device: torch.device) -> Check:
    """Read the questions of the first bucket. Of several passages, the best span of all counts."""
    reader.eval()
    odds, answerable, right = [], [], []
    for examples in questions.batches(0):
        for read, its in questions.micro_batches(examples):
            inputs, targets = moved(read, device), moved(Targets.of(its), device)
            spans = span_scores(reader(inputs), inputs.answerable)
            best, places = spans.flatten(1).max(1)  # (N,)
            per_question = best.new_full((targets.count,), -torch.inf)
            per_question.scatter_reduce_(0, targets.row_questions, best[targets.rows], "amax")
            chosen = best[targets.rows] == per_question[targets.row_questions]
            found = {(row, *divmod(int(places[row]), MAX_ANSWER_TOKENS)) for row in targets.rows[chosen].tolist()}
            golds = targets.span_questions[: len(targets.spans)].tolist()
            answered = set(golds)
            hits = {q for q, place in zip(golds, map(tuple, targets.spans.tolist()), strict=True) if place in found}
            odds += per_question.tolist()
            answerable += [number in answered for number in range(targets.count)]
            right += [number in hits for number in range(targets.count)]
    reader.train()
    none = [not each for each in answerable]
    counted = [n for n in range(len(odds)) if right[n] or none[n]]
    return Check(
        sum(right) / max(1, sum(answerable)),
        float(roc_auc_score([right[n] for n in counted], [odds[n] for n in counted])),
        float(roc_auc_score(answerable, odds)),
    )
