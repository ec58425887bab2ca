"""The interface of writers, and their limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.errors import ArticlesError
from qa_app.types import Turn

NOT_FOUND = "(not found in the articles)"
"""Follows a sentence that the check finds unsupported."""


class WriterUnavailable(ArticlesError):
    """The writer cannot be opened; nothing was asked."""


class WriterFailed(ArticlesError):
    """The writer was asked and did not answer, or not completely."""


class Writer(Protocol):
    """A chat model. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """The name to show to users."""
        ...

    def write(self, messages: Sequence[Turn], most_tokens: int) -> Iterator[str]:
        """Yield the reply in pieces as they arrive, some of them empty; the same messages give the same reply.

        Closing the iterator stops the writer.

        Args:
            messages: the conversation, in order.
            most_tokens: maximum length of the reply, in the model's own tokens.

        Raises:
            WriterFailed: the writer cannot continue; the pieces yielded are the beginning of a reply.
        """
        ...


@dataclass(frozen=True)
class Limits:
    """Limits on one reply."""

    total_s: float = 120.0
    """Seconds from the question to the last word."""
    first_s: float = 60.0
    """Seconds to the first word: a server may have to load the model, a laptop reads 1,500 tokens in half a minute."""
    tokens: int = 400
    """Maximum length in the model's own tokens; the prompt asks for at most four sentences."""
    characters: int = 4000
    """Maximum length in characters; stops a server that ignores `tokens`."""


@dataclass(frozen=True)
class Writing:
    """A writer and how to use it."""

    writer: Writer
    limits: Limits = Limits()
    hide_unsupported: bool = False
    """Leave unsupported sentences out of the answer's text; False marks them."""
