"""Networks without weights, with scores that a test can predict."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from qa_app.reading.base import ENGLISH
from qa_app.reading.confidence import Calibration, Logistic
from qa_app.reading.inputs import Batch
from qa_app.reading.model import ReaderModel, Scores
from qa_app.reading.span_reader import SpanReader

# Only the odds count; even odds give a probability of one half.
BY_ODDS = Logistic(odds=1.0, rivals=0.0, share=0.0, relevance=0.0, search=0.0, bias=0.0)
ODDS_ALONE = Calibration(BY_ODDS, BY_ODDS, BY_ODDS, "")
_VOCABULARY = 30522
_HIGH = 8.0


class TableNetwork(ReaderModel):
    """Scores a token by its id alone, regardless of its position and the tokens around it.

    A passage's relevance is the best start score in it.
    """

    def __init__(self, start: Tensor, end: Tensor) -> None:
        """Store the scores, (vocabulary,) each."""
        nn.Module.__init__(self)
        self._start = start
        self._end = end

    def forward(self, batch: Batch) -> Scores:
        start = self._start[batch.tokens]
        return Scores(start, self._end[batch.tokens], start.amax(1), torch.zeros(len(start)))


def scattered(seed: int = 0) -> TableNetwork:
    """A network with random scores for each token of the vocabulary."""
    start, end = torch.randn((2, _VOCABULARY), generator=torch.Generator().manual_seed(seed))
    return TableNetwork(start, end)


def pointing_at(first: Sequence[int], last: Sequence[int]) -> TableNetwork:
    """A network for which an answer starts with any of the tokens `first` and ends with any of `last`."""
    start, end = torch.zeros(_VOCABULARY), torch.zeros(_VOCABULARY)
    start[list(first)] = _HIGH
    end[list(last)] = _HIGH
    return TableNetwork(start, end)


def reader_of(model: ReaderModel, calibration: Calibration = ODDS_ALONE) -> SpanReader:
    return SpanReader(model, ENGLISH.tokenizer(), calibration)


def reader_pointing_at(words: str) -> SpanReader:
    """A reader that takes `words` for the answer, wherever they are."""
    tokenizer = ENGLISH.tokenizer()
    ids = tokenizer.encode([words])[0].ids
    return SpanReader(pointing_at([int(ids[0])], [int(ids[-1])]), tokenizer, ODDS_ALONE)
