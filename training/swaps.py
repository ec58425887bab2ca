"""Questions made unanswerable: one name, number or key word exchanged for a similar one from the same article, or a negation.

The passage still looks right, as it does for SQuAD 2.0's unanswerable questions (Rajpurkar et al. 2018, section 3, table 2:
entity swap, number swap, antonym, negation). A made question may by chance have an answer; that noise is accepted.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.word_vectors import WordVectors

_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")  # not at a sentence's start
_WORD = re.compile(r"\b[a-z]{5,}\b")
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|did|does|do|could|has|have|had|would|should)\b", re.IGNORECASE)
_COPULAS = ("is", "are", "was", "were")
_INFLECTIONS = ("ed", "ing", "ly", "s")
_NO_KEY_WORDS = frozenset(
    """about above after again against along already although among another around because become became been before being
    below between called could described doing during either every first given happened having known later location
    makes making might named names often other others people percent person place primarily refer referred refers
    shall should since someone something still their theirs there these thing things those through times under
    until usually various whose which where while within without would years""".split()
)
_OPPOSITES = [
    (pair.split("/")[0], pair.split("/")[1])
    for pair in """largest/smallest highest/lowest longest/shortest oldest/youngest biggest/smallest earliest/latest
    first/last most/least more/fewer before/after increase/decrease increased/decreased north/south northern/southern
    east/west eastern/western began/ended begin/end start/end started/ended opened/closed won/lost win/lose best/worst
    common/rare early/late positive/negative male/female men/women upper/lower above/below inside/outside strong/weak
    allowed/forbidden accepted/rejected rise/fall rose/fell maximum/minimum major/minor public/private modern/ancient
    join/leave joined/left enter/leave approved/rejected support/oppose supported/opposed created/destroyed hot/cold
    born/buried built/demolished success/failure winner/loser larger/smaller higher/lower longer/shorter older/younger
    urban/rural domestic/foreign friend/enemy victory/defeat winter/summer day/night import/export gained/lost""".split()
]
_OPPOSITE = dict(_OPPOSITES) | {b: a for a, b in reversed(_OPPOSITES)}
_ANY_WORD = re.compile(r"\b[a-z]+\b")
# How often a kind is chosen where the question offers several.
_WEIGHTS = {"name": 3.0, "year": 3.0, "number": 2.0, "opposite": 4.0, "word": 1.5, "negation": 0.5}
_NEAREST = 8
"""A replacement is drawn from so many of the most similar terms: it should fit the question's grammar and subject."""
_SAME_PASSAGE_SHARE = 0.35
"""So often may the replacement stand in the passage too, as it does in most of the questions that people write."""
_PREFIX = 3
"""Words that begin alike by so many letters are taken for forms of one word."""


@dataclass(frozen=True)
class _Piece:
    """A part of a question that can be exchanged for one of `choices`."""

    start: int
    end: int
    kind: str
    choices: tuple[str, ...]


class _Terms:
    """Terms of one kind, ranked by likeness to another."""

    def __init__(self, terms: Iterable[str], vectors: WordVectors) -> None:
        self._terms = sorted(terms)
        self._vectors: npt.NDArray[np.float32] = vectors.of(self._terms)  # (N, dimension), unit length

    def like(self, term: str, vectors: WordVectors) -> list[str]:
        """Return all terms but forms of `term` itself, the most similar first."""
        if not self._terms:
            return []
        order = np.argsort(-(self._vectors @ vectors.of([term])[0]))
        own, inflection = _prefixes(term), _inflection(term)
        near = (self._terms[i] for i in order[: 8 * _NEAREST])
        return [t for t in near if not own & _prefixes(t) and (t[0].isupper() or _inflection(t) == inflection)]


class ArticleTerms:
    """The names, numbers and key words of one article."""

    def __init__(self, passages: Iterable[str], questions: Iterable[str], vectors: WordVectors) -> None:
        """Collect names and numbers from both, key words from the questions: those are what people ask about."""
        terms: dict[str, set[str]] = defaultdict(set)
        for text in passages:
            _collect(text, terms)
        for question in questions:
            _collect(question, terms)
            terms["word"] |= set(_WORD.findall(question)) - _NO_KEY_WORDS
        self._vectors = vectors
        self._terms = {kind: _Terms(terms[kind], vectors) for kind in ("year", "number", "name", "word")}

    def swap(self, question: str, passage: str, draw: random.Random) -> str | None:
        """Return `question` with one piece exchanged, so that `passage` should no longer answer it; None when none offers itself."""
        allowed = "" if draw.random() < _SAME_PASSAGE_SHARE else passage.lower()
        pieces = self._pieces(question, passage.lower(), allowed)
        if not pieces:
            return None
        piece = draw.choices(pieces, [_WEIGHTS[piece.kind] for piece in pieces])[0]
        return question[: piece.start] + draw.choice(piece.choices) + question[piece.end :]

    def _pieces(self, question: str, passage: str, avoided: str) -> list[_Piece]:
        """Return what can be exchanged; key words only where the passage speaks of them."""
        pieces: list[_Piece] = []

        def add(match: re.Match[str], kind: str, terms: Sequence[str]) -> None:
            choices = tuple([t for t in terms if t.lower() not in avoided][:_NEAREST])
            if choices and not any(p.start < match.end() and match.start() < p.end for p in pieces):
                pieces.append(_Piece(match.start(), match.end(), kind, choices))

        def like(match: re.Match[str], kind: str) -> list[str]:
            return self._terms[kind].like(match[0], self._vectors)

        for match in _YEAR.finditer(question):
            add(match, "year", like(match, "year"))
        for match in _NUMBER.finditer(question):
            add(match, "number", like(match, "number"))
        for match in _NAME.finditer(question):
            add(match, "name", like(match, "name"))
        for match in _ANY_WORD.finditer(question):
            if match[0] in _OPPOSITE:
                add(match, "opposite", (_OPPOSITE[match[0]],))
        for match in _WORD.finditer(question):
            if match[0] not in _NO_KEY_WORDS and match[0] in passage:
                add(match, "word", like(match, "word"))
        auxiliary = _AUXILIARY.search(question)
        if auxiliary and " not " not in question and "n't" not in question:
            negated = (f"{auxiliary[0]}n't",) + ((f"{auxiliary[0]} not",) if auxiliary[0] in _COPULAS else ())
            pieces.append(_Piece(auxiliary.start(), auxiliary.end(), "negation", negated))
        return pieces


def _collect(text: str, terms: dict[str, set[str]]) -> None:
    years = set(_YEAR.findall(text))
    terms["year"] |= years
    terms["number"] |= set(_NUMBER.findall(text)) - years
    terms["name"] |= set(_NAME.findall(text))


def _prefixes(term: str) -> set[str]:
    return {word[:_PREFIX] if word[:1].isalpha() else word for word in term.lower().split()}


def _inflection(term: str) -> str:
    return next((ending for ending in _INFLECTIONS if term.endswith(ending)), "")
