"""Make unanswerable questions: swap a name, number or key word for a similar one of the same article.

The passage still looks relevant, as it does for the unanswerable questions of SQuAD 2.0 (Rajpurkar et al. 2018, section 3,
table 2: entity swap, number swap, antonym). A swapped question may happen to have an answer; that noise is accepted.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_app.language.dates import YEAR_PATTERN
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.language.names import names_inside
from training.word_vectors import WordVectors

_YEAR = re.compile(rf"\b{YEAR_PATTERN}\b")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_WORD = re.compile(r"\b[a-z]{5,}\b")
_INFLECTIONS = ("ed", "ing", "ly", "s")
# Words that hold no question's subject though they are no function words; only those of five letters and more are looked at.
_NO_KEY_WORDS = FUNCTION_WORDS | frozenset(
    """already became become becoming called described first given happened known later location makes making might named names
    people percent person place primarily refer referred refers someone something thing things times usually used various
    years""".split()
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
# Relative frequency of each kind when a question allows several.
_WEIGHTS = {"name": 3.0, "year": 3.0, "number": 2.0, "opposite": 4.0, "word": 1.5}
_NEAREST = 8
"""A replacement is drawn from this many most similar terms, so that it fits the question's grammar and subject."""
_SAME_PASSAGE_SHARE = 0.35
"""Probability that the replacement may occur in the passage, as it does in most questions that people write."""
_PREFIX = 3
"""Words that share this many first letters count as forms of one word."""


@dataclass(frozen=True)
class _Piece:
    """A part of a question that can be replaced by one of `choices`."""

    start: int
    end: int
    kind: str
    choices: tuple[str, ...]


class _Terms:
    """Terms of one kind, ranked by similarity to a given term."""

    def __init__(self, terms: Iterable[str], vectors: WordVectors) -> None:
        self._terms = sorted(terms)
        self._vectors: npt.NDArray[np.float32] = vectors.of(self._terms)  # (N, dimension), unit length

    def like(self, term: str, vectors: WordVectors) -> list[str]:
        """Return the terms most similar to `term`, best first, without other forms of the same word."""
        if not self._terms:
            return []
        order = np.argsort(-(self._vectors @ vectors.of([term])[0]))
        own, inflection = _prefixes(term), _inflection(term)
        near = (self._terms[i] for i in order[: 8 * _NEAREST])
        return [t for t in near if not own & _prefixes(t) and (t[0].isupper() or _inflection(t) == inflection)]


class ArticleTerms:
    """The names, numbers and key words of one article."""

    def __init__(self, passages: Iterable[str], questions: Iterable[str], vectors: WordVectors) -> None:
        """Collect names and numbers from passages and questions, and key words from the questions only."""
        terms: dict[str, set[str]] = defaultdict(set)
        for text in passages:
            _collect(text, terms)
        for question in questions:
            _collect(question, terms)
            terms["word"] |= set(_WORD.findall(question)) - _NO_KEY_WORDS
        self._vectors = vectors
        self._terms = {kind: _Terms(terms[kind], vectors) for kind in ("year", "number", "name", "word")}

    def swap(self, question: str, passage: str, draw: random.Random) -> str | None:
        """Return `question` with one piece replaced, so that `passage` no longer answers it; None if nothing can be replaced."""
        allowed = "" if draw.random() < _SAME_PASSAGE_SHARE else passage.lower()
        pieces = self._pieces(question, passage.lower(), allowed)
        if not pieces:
            return None
        piece = draw.choices(pieces, [_WEIGHTS[piece.kind] for piece in pieces])[0]
        return question[: piece.start] + draw.choice(piece.choices) + question[piece.end :]

    def _pieces(self, question: str, passage: str, avoided: str) -> list[_Piece]:
        """Return the pieces that can be replaced; a key word only if it occurs in the passage."""
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
        for match in names_inside(question):
            add(match, "name", like(match, "name"))
        for match in _ANY_WORD.finditer(question):
            if match[0] in _OPPOSITE:
                add(match, "opposite", (_OPPOSITE[match[0]],))
        for match in _WORD.finditer(question):
            if match[0] not in _NO_KEY_WORDS and match[0] in passage:
                add(match, "word", like(match, "word"))
        return pieces


def _collect(text: str, terms: dict[str, set[str]]) -> None:
    years = set(_YEAR.findall(text))
    terms["year"] |= years
    terms["number"] |= set(_NUMBER.findall(text)) - years
    terms["name"] |= {match[0] for match in names_inside(text)}


def _prefixes(term: str) -> set[str]:
    return {word[:_PREFIX] if word[:1].isalpha() else word for word in term.lower().split()}


def _inflection(term: str) -> str:
    return next((ending for ending in _INFLECTIONS if term.endswith(ending)), "")
