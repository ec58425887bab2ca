"""The messages of a conversation as exchanges: what was asked, and what was answered."""

from collections.abc import Iterable
from dataclasses import replace

from qa_app.rewriting.rewriter import rewrite
from qa_app.types import Exchange, Turn


def exchanges(history: Iterable[Turn]) -> tuple[Exchange, ...]:
    """Return messages as exchanges, in order: each of the user's with all that was said before the next one.

    What comes before the first of the user's, and what is neither the user's nor the assistant's, is passed over. What was
    searched for is not in the messages, so it is rewritten anew, as it was when each question was asked.
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
