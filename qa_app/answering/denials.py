"""Find a sentence that denies what a question takes for granted: "the school did not close after all" for "When did the school close?"."""

import re
from collections.abc import Sequence

from embeddings.documents.stemming import porter_stem
from qa_app.answering.finding import content_stems, stems
from qa_app.language.function_words import NEGATIONS
from qa_app.types import Candidate

DENIED = "An article denies what the question takes for granted."

_AUXILIARY = r"(?:did|does|do|was|were|is|are|has|have|had|will|would|can|could|shall|should)"
_DENIAL = re.compile(
    rf"""\b(?:{_AUXILIARY}\s+(?:not|never)|(?:{_AUXILIARY}|wo|ca)n['’]t|cannot|never)\s+
    (?:(?:\w+ly|ever|be|been|being|have)\s+)*(?P<verb>[^\W\d_]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_CLAUSE_END = re.compile(r"[,;:—–()]|\b(?:and|but|or)\b")
# "If they cannot agree, …" denies nothing; "did not open until 1990" and "was not sold outside Japan" affirm something.
_SUBORDINATE = re.compile(
    r"\b(?:if|when|because|since|unless|until|whether|although|though|while|as|that|which|who|where|whose)\b",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"\b(?:until|till|unless|only|except|other\s+than|before|because|since|outside|without|beyond|than)\b",
    re.IGNORECASE,
)
# Share of the question's words, 0..1, that the denying clause and its title must hold; all must be in the passage. So the rule finds
# a denial for 7 of 10,000 answerable questions of SQuAD's training half, and half of these sentences hold the answer; it finds
# one for 26 of 10,000 unanswerable ones (SQuAD 2.0, Rajpurkar et al. 2018).
_LEAST_SHARE = 0.4


def denial(question: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the best candidate whose sentence denies that what the question asks about happened; None without one."""
    if NEGATIONS & set(question.lower().replace("’", "'").replace("n't", " not").split()):
        return None
    asked = content_stems(question)
    return next((each for each in candidates if _denies(each, asked)), None)


def _denies(candidate: Candidate, asked: frozenset[str]) -> bool:
    sentence = candidate.sentence
    for match in _DENIAL.finditer(sentence):
        start = max((end.end() for end in _CLAUSE_END.finditer(sentence, 0, match.start())), default=0)
        end = min((end.start() for end in _CLAUSE_END.finditer(sentence, match.end())), default=len(sentence))
        if porter_stem(match["verb"].lower()) not in asked or _EXCEPTION.search(sentence, match.end()):
            continue
        if _SUBORDINATE.search(sentence, start, match.start()):
            continue
        chunk = candidate.passage.chunk
        named = asked & stems(f"{sentence[start:end]} {chunk.title}")
        if len(named) >= max(min(2, len(asked)), _LEAST_SHARE * len(asked)):
            return asked <= stems(f"{chunk.readable} {chunk.title}")
    return False
