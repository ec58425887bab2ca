"""Doubt answers of kinds that are often wrong: an article's own date for that of an event, a number for an average that is nowhere stated."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa_app.routing.collection_question import ARTICLE_NOUN, PUBLISHED
from qa_app.types import Candidate

# Minutes state the day of the meeting as an article states that of its publication; nothing in the text says which.
_SHARE = 0.5
_ASKS_OF_THE_ARTICLE = re.compile(rf"\b(?:{ARTICLE_NOUN}|{PUBLISHED}|write|wrote|author|date)\b", re.IGNORECASE)
_ASKS_AVERAGE = re.compile(r"\b(?:the|an|on)\s+(?:average|mean|median)\b", re.IGNORECASE)
# One of these words stands in the paragraph for 91 % of the 249 such questions of SQuAD's training half.
_AVERAGE = re.compile(r"\baverag|\bmean\b|\bmedian\b|\btypical", re.IGNORECASE)


def with_doubts(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in their order, with half the score for those that are doubted."""
    is_of_article = bool(_ASKS_OF_THE_ARTICLE.search(question))
    asks_average = bool(_ASKS_AVERAGE.search(question))

    def is_doubted(candidate: Candidate) -> bool:
        if candidate.is_metadata and not is_of_article:
            return True
        return asks_average and not _AVERAGE.search(candidate.passage.chunk.readable)

    return [replace(each, score=_SHARE * each.score) if is_doubted(each) else each for each in candidates]
