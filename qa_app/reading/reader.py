"""The step from passages to statements: what every reader offers."""

from collections.abc import Sequence
from typing import Protocol

from qa_app.types import Passage, Statement


class Reader(Protocol):
    """Finds the words that answer a question."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Statement]:
        """Return the passages' statements, likeliest first, each sentence once; the first one's score is the confidence."""
        ...
