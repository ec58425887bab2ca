"""Tell whether a sentence is about a person where a question asks about a relative: "Ann was born in 1960" of Ann's sister."""

import re

from embeddings.documents.stemming import porter_stem
from qa_app.answering.finding import content_stems, stems
from qa_app.language.nouns import RELATIVES

_RELATIVES = "|".join(RELATIVES)
_NAME = r"(?:[A-Z][\w.-]+\s+)*[A-Z][\w.-]+"
_OWNED = re.compile(
    rf"\b(?P<owner>{_NAME})['’]s?\s+(?:[a-z]+\s+)?(?P<relative>{_RELATIVES})s?\b(?!,?\s+[A-Z])"
    rf"|\b(?P<kin>{_RELATIVES})s?\s+of\s+(?P<of>{_NAME})"
)
# "Who is Ann Lee's sister?" asks for the sister herself.
_ASKS_FOR_RELATIVE = re.compile(
    rf"\bwho\s+(?:is|was|are|were)\s[^?]*\b(?:{_RELATIVES})s?(?:\s+of\s[^?]*)?\W*$|\bnamed?\b|\bcalled\b", re.IGNORECASE
)


def is_of_owner(question: str, sentence: str) -> bool:
    """Return whether a sentence names the owner of a relative and not the relative, of which the question asks something.

    So does the right sentence for 18 of 175 such questions of SQuAD's training half.
    """
    owned = None if _ASKS_FOR_RELATIVE.search(question) else _OWNED.search(question)
    if owned is None:
        return False
    said = stems(sentence)
    owner, relative = owned["owner"] or owned["of"], owned["relative"] or owned["kin"]
    return bool(content_stems(owner) & said) and porter_stem(relative) not in said
