"""A follow-up made to stand by itself: what the conversation so far says is put into the question."""

from collections.abc import Iterable, Sequence

from qa_app.values import Exchange, Turn


def complete(question: str, earlier: Sequence[Exchange]) -> str:
    """Return the question as it is to be searched; `earlier` is the conversation so far, in order."""
    return " ".join(question.split())


def exchanges(history: Iterable[Turn]) -> tuple[Exchange, ...]:
    """Return messages as exchanges, in order: each of the user's with all that was said before the next one.

    What comes before the first of the user's, and what is neither the user's nor the assistant's, is passed over.
    """
    found: list[Exchange] = []
    for turn in history:
        if turn.role == "user":
            found.append(Exchange(turn.content, turn.content, ""))
        elif turn.role == "assistant" and found:
            last = found[-1]
            said = f"{last.answer}\n\n{turn.content}" if last.answer else turn.content
            found[-1] = Exchange(last.question, last.searched_for, said)
    return tuple(found)
