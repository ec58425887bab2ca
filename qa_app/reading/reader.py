"""The interface of readers, which find candidates in passages."""

from collections.abc import Sequence
from typing import Protocol

from qa_app.types import Candidate, Passage


class Reader(Protocol):
    """Finds the words that answer a question."""

    @property
    def languages(self) -> frozenset[str]:
        """The languages that it reads, ISO 639-1."""
        ...

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Return the candidates, most likely first, each sentence once; the first one's score is the confidence."""
        ...
