"""What an answer is worth, by rules that are the same for both sides; no language model as judge."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_app.answer_matching import contains

# How a chat model says that it was not told, besides the words that the prompt asks for; generous on purpose.
_REFUSING = re.compile(
    r"\bnot in the (articles|passages?|text)\b"
    r"|\b(do|does|did) ?(not|n['’]t) (say|mention|answer|state|provide|contain|specify|give|include)\b"
    r"|\bno (information|mention)\b"
    r"|\bnot (mentioned|stated|provided|specified|given|available)\b"
    r"|\b(cannot|can['’]t|can not|unable to) (answer|be answered|be determined|determine)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"([^\"]*)\"|“([^”]*)”")
# Marks that English typography draws into a quotation.
_DRAWN_IN = " \t\n.,;:!?…"


@dataclass(frozen=True)
class Written:
    """One answer of one side."""

    golds: tuple[str, ...]
    """Empty for an unanswerable question."""
    text: str
    quotes: tuple[str, ...]
    passages: tuple[str, ...]
    """The texts it was to be answered from."""
    refused: bool
    seconds: float
    """From the question to the finished answer, retrieval included."""

    @property
    def exact_quotes(self) -> int:
        """How many quotes stand in a passage, character for character, but for a mark or a space at their ends."""
        return sum(any(quote.strip(_DRAWN_IN) in text for text in self.passages) for quote in self.quotes)

    @property
    def has_answer(self) -> bool:
        return not self.refused and any(contains(self.text, gold) for gold in self.golds)


def quotes_of(text: str) -> tuple[str, ...]:
    """Return what stands in double quotation marks and holds a letter or a digit; the refusal itself is no quote."""
    found = (match[1] or match[2] or "" for match in _QUOTED.finditer(text))
    return tuple(quote for quote in found if re.search(r"\w", quote) and not refuses(quote))


def refuses(text: str) -> bool:
    """Tell whether an answer says that the articles don't say."""
    return bool(_REFUSING.search(text))


def share(answers: Sequence[Written], holds: Callable[[Written], bool]) -> str:
    """Return how many of the answers a condition holds for, as "percent (count of all)"; "–" of none."""
    count = sum(map(holds, answers))
    return f"{100 * count / len(answers):.1f} % ({count} of {len(answers)})" if answers else "–"
