"""What every writer offers, and within what bounds it is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.errors import ArticlesError
from qa_app.types import Turn

NOT_FOUND = "(not found in the articles)"
"""Stands behind a sentence that the check does not find supported."""


class WriterUnavailable(ArticlesError):
    """A writer that cannot be opened; nothing was asked."""


class WriterFailed(ArticlesError):
    """A writer that was asked and did not answer, or not to the end."""


class Writer(Protocol):
    """A chat model. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """What people know it by."""
        ...

    def write(self, messages: Sequence[Turn], most_tokens: int) -> Iterator[str]:
        """Yield the reply in pieces, as they come, some empty; always the same for the same messages. Closing the iterator stops it.

        Args:
            messages: the conversation, in order.
            most_tokens: the model's own tokens after which it stops.

        Raises:
            WriterFailed: it cannot go on; what was yielded is the beginning of a reply.
        """
        ...


@dataclass(frozen=True)
class Limits:
    """What a writer may take."""

    total_s: float = 120.0
    """Seconds from the question to the last word."""
    first_s: float = 60.0
    """Seconds to the first word: a server may have to load the model, a laptop reads 1,500 tokens in half a minute."""
    tokens: int = 400
    """The model's own, of one reply; the prompt asks for four sentences."""
    characters: int = 4000
    """Of one reply; stops a server that does not keep to the tokens."""


@dataclass(frozen=True)
class Writing:
    """A writer with how it is to be used."""

    writer: Writer
    limits: Limits = Limits()
    hide_unsupported: bool = False
    """Leave sentences without support out of the answer's text; False marks them."""
