"""Read the passages for a fact, or several: which sentences answer, whether articles differ, whether one denies what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.index import Snapshot
from qa_app.answering.denials import denial
from qa_app.answering.differing import differing
from qa_app.answering.doubts import with_doubts
from qa_app.answering.repetitions import without_repetitions
from qa_app.answering.tables import extreme_row, with_named_cells
from qa_app.answering.timely import timely
from qa_app.config import AnswerConfig
from qa_app.reading.reader import Reader
from qa_app.routing.time_asked import time_asked
from qa_app.selection import confidence, select
from qa_app.types import Candidate, Passage


@dataclass(frozen=True)
class Found:
    """What the passages tell."""

    passages: list[Passage]
    """Best first, by what was read in them."""
    candidates: list[Candidate]
    """Best first."""
    selected: list[Candidate]
    """Those that make the answer, in display order; empty means abstain."""
    confidence: float
    """Probability, 0..1, that the selected ones answer."""
    differs: bool = False
    """Whether the selected ones are different answers of several articles."""
    denied: bool = False
    """Whether the first candidate denies what the question takes for granted."""
    as_of: str | None = None
    """The day, ISO 8601, of the article that was preferred to those of other times; None if none had to be."""


def read_for_fact(
    question: str,
    passages: Sequence[Passage],
    snapshot: Snapshot,
    reader: Reader,
    config: AnswerConfig,
    said: str = "",
    compare: bool = True,
) -> Found:
    """Read the passages for the answer to a question.

    Args:
        question: as it is searched for.
        passages: best first, by the search.
        snapshot: that they are of.
        reader: points at the words that answer.
        config: how candidates become an answer.
        said: the last answer, if the question asks for another.
        compare: whether different answers of several articles are shown side by side.
    """
    candidates = without_repetitions(question, reader.read(question, passages), said)
    passages = reranked(passages, candidates)
    candidates = with_doubts(question, with_named_cells(question, candidates))
    if row := extreme_row(question, passages, snapshot):
        candidates = [row, *candidates]
    as_of: str | None = None
    if asked := time_asked(question):
        candidates, as_of = timely(asked, candidates, config)
    denied = denial(question, candidates)
    if denied:
        candidates = [replace(denied, short=None, score=config.denied), *candidates]
    selected = select(question, candidates, config)
    sides = differing(question, candidates, config) if selected and compare and not (as_of or denied) else []
    return Found(
        passages,
        candidates,
        sides or selected,
        confidence(question, candidates, config),
        differs=bool(sides),
        denied=bool(denied),
        as_of=as_of,
    )


def reranked(passages: Sequence[Passage], candidates: Sequence[Candidate]) -> list[Passage]:
    """Return the passages sorted by their best candidate's score, which becomes theirs.

    A sentence in two passages counts only for the one in which it was read better.
    """
    best: dict[int, float] = {}
    for candidate in candidates:
        best.setdefault(candidate.passage.chunk.chunk_id, candidate.score)
    scored = [replace(passage, reader=best.get(passage.chunk.chunk_id, 0.0)) for passage in passages]
    return sorted(scored, key=lambda passage: -(passage.reader or 0.0))
