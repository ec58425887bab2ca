"""Conversations for the tests, in few words."""

from qa_app.rewriting import rewrite
from qa_app.types import Exchange


def talk(*said: tuple[str, str | None, str] | tuple[str, str | None, str, str]) -> list[Exchange]:
    """Return exchanges of question, short answer, quote, and perhaps the title of the article that was cited."""
    earlier: list[Exchange] = []
    for question, short, quote, *titles in said:
        text = f"{quote} [1]" if quote else ""
        earlier.append(Exchange(question, rewrite(question, earlier), text, short, tuple(titles)))
    return earlier
