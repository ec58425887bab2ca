"""Doubt answers of kinds that are often wrong: an article's own date for that of an event, a number for an average that is nowhere stated,
what is said of a person for what is asked of a relative."""

import re
from collections.abc import Sequence
from dataclasses import replace

from embeddings.documents.stemming import porter_stem
from qa_app.answering.finding import content_stems, stems
from qa_app.language.nouns import RELATIVES
from qa_app.routing.collection_question import ARTICLE_NOUN, PUBLISHED
from qa_app.types import Candidate

# Minutes state the day of the meeting as an article states that of its publication; nothing in the text says which.
_SHARE = 0.5
_ASKS_OF_THE_ARTICLE = re.compile(rf"\b(?:{ARTICLE_NOUN}|{PUBLISHED}|write|wrote|author|date)\b", re.IGNORECASE)
_ASKS_AVERAGE = re.compile(r"\b(?:the|an|on)\s+(?:average|mean|median)\b", re.IGNORECASE)
# One of these words stands in the paragraph for 91 % of the 249 such questions of SQuAD's training half.
_AVERAGE = re.compile(r"\baverag|\bmean\b|\bmedian\b|\btypical", re.IGNORECASE)
# "When was Ann Lee's sister born?" asks something of the sister; "Who is Ann Lee's sister?" asks for her.
_NAME = r"(?:[A-Z][\w.-]+\s+)*[A-Z][\w.-]+"
_RELATIVE = re.compile(
    rf"\b(?P<owner>{_NAME})['’]s?\s+(?:[a-z]+\s+)?(?P<relative>{'|'.join(RELATIVES)})s?\b(?!,?\s+[A-Z])"
    rf"|\b(?P<kin>{'|'.join(RELATIVES)})s?\s+of\s+(?P<of>{_NAME})"
)
_ASKS_FOR_RELATIVE = re.compile(
    rf"\bwho\s+(?:is|was|are|were)\s[^?]*\b(?:{'|'.join(RELATIVES)})s?(?:\s+of\s[^?]*)?\W*$|\bnamed?\b|\bcalled\b",
    re.IGNORECASE,
)
# The right sentence names the owner without the relative for 18 of 175 such questions of SQuAD's training half.
_RELATIVE_SHARE = 0.2


def with_doubts(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in their order, with a lower score for those that are doubted."""
    is_of_article = bool(_ASKS_OF_THE_ARTICLE.search(question))
    asks_average = bool(_ASKS_AVERAGE.search(question))

    def is_doubted(candidate: Candidate) -> bool:
        if candidate.is_metadata and not is_of_article:
            return True
        return asks_average and not _AVERAGE.search(candidate.passage.chunk.readable)

    relative = None if _ASKS_FOR_RELATIVE.search(question) else _RELATIVE.search(question)

    def share(candidate: Candidate) -> float:
        if relative and _is_of_owner(
            candidate, relative["owner"] or relative["of"], relative["relative"] or relative["kin"]
        ):
            return _RELATIVE_SHARE
        return _SHARE if is_doubted(candidate) else 1.0

    return [replace(each, score=share(each) * each.score) for each in candidates]


def _is_of_owner(candidate: Candidate, owner: str, relative: str) -> bool:
    """Return whether a sentence names a person and not the relative: "Ann Lee was born in Bergen" of Ann Lee's sister."""
    said = stems(candidate.sentence)
    return bool(content_stems(owner) & said) and porter_stem(relative) not in said
