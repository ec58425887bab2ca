"""Score answers by rules that are the same for both sides; no language model as judge."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_app.answer_matching import contains

# Ways a chat model says that the passages don't answer, besides the words that the prompt asks for. Generous on purpose.
_REFUSING = re.compile(
    r"\bnot in the (articles|passages?|text)\b"
    r"|\b(do|does|did) ?(not|n['’]t) (say|mention|answer|state|provide|contain|specify|give|include)\b"
    r"|\bno (information|mention)\b"
    r"|\bnot (mentioned|stated|provided|specified|given|available)\b"
    r"|\b(cannot|can['’]t|can not|unable to) (answer|be answered|be determined|determine)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"([^\"]*)\"|“([^”]*)”")
# Marks that English typography moves inside the quotation marks.
_DRAWN_IN = " \t\n.,;:!?…"


@dataclass(frozen=True)
class Written:
    """One side's answer to one question."""

    golds: tuple[str, ...]
    """Empty for an unanswerable question."""
    text: str
    quotes: tuple[str, ...]
    passages: tuple[str, ...]
    """The texts it was given to answer from."""
    refused: bool
    seconds: float
    """From the question to the finished answer, retrieval included."""

    @property
    def exact_quotes(self) -> int:
        """How many quotes are in a passage, character for character; marks and spaces at their ends are ignored."""
        return sum(any(quote.strip(_DRAWN_IN) in text for text in self.passages) for quote in self.quotes)

    @property
    def has_answer(self) -> bool:
        return not self.refused and any(contains(self.text, gold) for gold in self.golds)


def quotes_of(text: str) -> tuple[str, ...]:
    """Return the texts in double quotation marks that have a letter or digit; a quoted refusal is not a quote."""
    found = (match[1] or match[2] or "" for match in _QUOTED.finditer(text))
    return tuple(quote for quote in found if re.search(r"\w", quote) and not refuses(quote))


def refuses(text: str) -> bool:
    """Return whether an answer says that the articles don't say."""
    return bool(_REFUSING.search(text))


def share(answers: Sequence[Written], holds: Callable[[Written], bool]) -> str:
    """Return how many answers meet a condition, as "28.0 % (28 of 100)"; "–" if there are no answers."""
    count = sum(map(holds, answers))
    return f"{100 * count / len(answers):.1f} % ({count} of {len(answers)})" if answers else "–"
