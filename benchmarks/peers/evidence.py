"""Whether what a system returned holds the gold evidence: the same judge for all, by text alone.

Systems cut and clean articles in their own ways and not all say where a passage lies, so no offset is asked of any.
A passage's text is looked for in the article that it names: character for character, else with any white space for
white space. Where it stands more than once, every place counts. It holds the evidence when one of its places covers a
gold answer whole, at the place where SQuAD marks it; the same words elsewhere do not count. A passage that is found
nowhere in its article holds nothing, and is counted.
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
    """One question's passages, judged."""

    rank: int | None
    """Of the first passage that holds the evidence, from 1; None when none does."""
    read: int | None
    """Characters read, passage after passage, up to the end of the gold answer; None when it is not among them."""
    passages: int
    characters: int
    """Of all passages together."""
    unlocated: int
    """Passages that do not stand in the article that they name."""


class Articles:
    """The corpus by file name, for finding passages again."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.places = lru_cache(maxsize=None)(self._places)  # the same passages come for many questions

    def _places(self, document: str, text: str) -> tuple[Place, ...]:
        """Return every place of a passage's text in a document, by start; none when it does not stand there."""
        article = self.texts.get(document, "")
        words = text.split()
        if not words:
            return ()
        exact = tuple(_occurrences(re.escape(text), article))
        return exact or tuple(_occurrences(r"\s+".join(map(re.escape, words)), article))


def _occurrences(pattern: str, article: str) -> list[Place]:
    # A look-ahead, so that occurrences that overlap are all found.
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
    """Return the share, 0..1, of questions whose gold answer ends within the first `characters` that are read."""
    return sum(j.read is not None and j.read <= characters for j in judgements) / len(judgements)


def mean_reciprocal_rank(judgements: Sequence[Judgement]) -> float:
    """Return the mean of 1 / rank, 0..1, over the questions; 0 for one whose evidence is not among the passages."""
    return sum(1 / j.rank for j in judgements if j.rank is not None) / len(judgements)
