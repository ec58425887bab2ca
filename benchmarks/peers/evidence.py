"""Judge whether a returned passage contains the gold evidence, by its text alone: the same rule for all systems.

Systems chunk and clean articles differently and not all return offsets, so offsets are not used. A passage's text is
looked up in the article that it names: exactly, else ignoring differences in white space. If it occurs several times,
every occurrence counts. A passage contains the evidence if an occurrence covers a whole gold answer where SQuAD marks
it; the same words at another place don't count. A passage that is not found in its article contains no evidence, and is
counted as not located.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.peers.systems.serving import Found
from benchmarks.squad import SquadQuestion, holds

Place = tuple[int, int]
"""[start, end) in characters of an article."""


@dataclass(frozen=True)
class Judgement:
    """The judgement of one question's passages."""

    rank: int | None
    """Rank of the first passage with the evidence, from 1; None if no passage has it."""
    read: int | None
    """Characters up to the end of the gold answer, reading the passages in order; None if no passage has it."""
    passages: int
    characters: int
    """Total length of the passages."""
    unlocated: int
    """Passages that were not found in the article that they name."""


class Articles:
    """The corpus by file name; locates passages in it."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.places = lru_cache(maxsize=None)(self._places)  # many questions return the same passages

    def _places(self, document: str, text: str) -> tuple[Place, ...]:
        """Return every place where a passage's text occurs in a document, by start."""
        article = self.texts.get(document, "")
        words = text.split()
        if not words:
            return ()
        exact = tuple(_occurrences(re.escape(text), article))
        return exact or tuple(_occurrences(r"\s+".join(map(re.escape, words)), article))


def _occurrences(pattern: str, article: str) -> list[Place]:
    # A look-ahead also finds overlapping occurrences.
    return [match.span(1) for match in re.finditer(f"(?=({pattern}))", article)]


def judge(question: SquadQuestion, passages: Sequence[Found], articles: Articles) -> Judgement:
    """Judge the passages, best first, that a system returned for a question."""
    rank = read = None
    before = unlocated = 0
    for n, passage in enumerate(passages, start=1):
        document, text = passage["document"], passage["text"]
        places = articles.places(document, text)
        unlocated += not places
        if rank is None and any(holds(document, *place, question) for place in places):
            rank = n
            read = before + min(
                b - start for start, end in places for a, b in question.spans if start <= a and b <= end
            )
        before += len(text)
    return Judgement(rank, read, len(passages), before, unlocated)


def found_within(judgements: Sequence[Judgement], k: int) -> float:
    """Return the share, 0..1, of questions whose evidence is in one of the first `k` passages."""
    return sum(j.rank is not None and j.rank <= k for j in judgements) / len(judgements)


def found_reading(judgements: Sequence[Judgement], characters: int) -> float:
    """Return the share, 0..1, of questions whose gold answer ends within the first `characters` returned."""
    return sum(j.read is not None and j.read <= characters for j in judgements) / len(judgements)


def mean_reciprocal_rank(judgements: Sequence[Judgement]) -> float:
    """Return the mean of 1 / rank, 0..1, over the questions; a question without evidence counts 0."""
    return sum(1 / j.rank for j in judgements if j.rank is not None) / len(judgements)
