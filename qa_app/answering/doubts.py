"""Doubt answers of kinds that are often wrong.

An article's own date for that of an event, a number for an average that is nowhere stated, words for a number, what did
not happen, what the next sentence takes back, what was so in another year, or what is said of a person for what is asked of a
relative.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from embeddings.documents.retractions import retracts
from embeddings.documents.sentences import sentence_spans
from qa_app.answering.relatives import is_of_owner
from qa_app.answering.unfulfilled import is_unfulfilled
from qa_app.answering.years import is_of_another_year
from qa_app.grounding.numbers import numbers
from qa_app.question_kinds import wants_sentences, wants_several
from qa_app.routing.collection_question import ARTICLE_NOUN, PUBLISHED
from qa_app.types import Candidate

# Minutes state the day of the meeting as an article states that of its publication; nothing in the text says which.
_SHARE = 0.5
_RELATIVE_SHARE = 0.2
_ASKS_OF_THE_ARTICLE = re.compile(rf"\b(?:{ARTICLE_NOUN}|{PUBLISHED}|write|wrote|author|date)\b", re.IGNORECASE)
_ASKS_AVERAGE = re.compile(r"\b(?:the|an|on)\s+(?:average|mean|median)\b", re.IGNORECASE)
# One of these words stands in the paragraph for 91 % of the 249 such questions of SQuAD's training half.
_AVERAGE = re.compile(r"\baverag|\bmean\b|\bmedian\b|\btypical", re.IGNORECASE)
_ASKS_QUANTITY = re.compile(
    r"\bhow\s+(?:many|much|old|far|high|tall|deep|wide|heavy|big|large|fast|often|long)\b|\bwhat\s+(?:number|percentage|share|proportion)\b",
    re.IGNORECASE,
)
# Besides numerals; "an hour", "all of them".
_QUANTITY = re.compile(
    r"\b(?:an?|one|once|twice|no|none|nobody|nothing|half|halves|thirds?|quarters?|dozens?|hundreds?|thousands?|millions?|billions?|several|few|many|most"
    r"|all|both|every|every(?:one|body)|double|triple|couple|pair|daily|weekly|monthly|yearly|annually|never|always|seconds|minutes|hours|days|weeks|months"
    r"|years|decades|centuries|free)\b",
    re.IGNORECASE,
)


def with_doubts(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in their order, with lower scores for those that are doubted."""
    is_of_article = bool(_ASKS_OF_THE_ARTICLE.search(question))
    asks_average = bool(_ASKS_AVERAGE.search(question))
    asks_one_fact = not (wants_sentences(question) or wants_several(question))
    asks_quantity = asks_one_fact and bool(_ASKS_QUANTITY.search(question))

    def is_doubted(candidate: Candidate) -> bool:
        if candidate.is_metadata and not is_of_article:
            return True
        if asks_average and not _AVERAGE.search(candidate.passage.chunk.readable):
            return True
        if any(map(retracts, _sentences_after_the_first(candidate.sentence))) or is_of_another_year(
            question, candidate
        ):
            return True
        words = candidate.short_answer
        if asks_quantity and words and not (numbers(words) or _QUANTITY.search(words)):
            return True
        return asks_one_fact and is_unfulfilled(question, candidate)

    def share(candidate: Candidate) -> float:
        if is_of_owner(question, candidate.sentence):
            return _RELATIVE_SHARE
        return _SHARE if is_doubted(candidate) else 1.0

    shares = map(share, candidates)
    return [
        replace(each, score=part * each.score, words_score=part * each.words_score)
        for each, part in zip(candidates, shares, strict=True)
    ]


def _sentences_after_the_first(words: str) -> list[str]:
    """Return what is quoted with a sentence: one that takes it back is no quote of its own."""
    return [words[start:end] for start, end in sentence_spans(words, 0, len(words), len(words))[1:]]
