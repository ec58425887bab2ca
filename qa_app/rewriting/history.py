"""Convert the messages of a conversation into exchanges of question and answer."""

from collections.abc import Iterable
from dataclasses import replace

from qa_app.rewriting.rewriter import rewrite
from qa_app.types import Exchange, Turn


def exchanges(history: Iterable[Turn]) -> tuple[Exchange, ...]:
    """Return the exchanges in order: each user message with the assistant's messages before the next one.

    Messages before the first user message, and those of other roles, are ignored. Messages do not record what was searched
    for, so each question is rewritten again from the earlier exchanges.
    """
    found: list[Exchange] = []
    for turn in history:
        if turn.role == "user":
            found.append(Exchange(turn.content, rewrite(turn.content, found), ""))
        elif turn.role == "assistant" and found:
            last = found[-1]
            said = f"{last.answer}\n\n{turn.content}" if last.answer else turn.content
            found[-1] = replace(last, answer=said)
    return tuple(found)
