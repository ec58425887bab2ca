"""Recognise a sentence that says that what is asked about did not come true: it was refused or called off, or only wanted or feared.

A reader that looks for a place or a date finds one there, too: "They turned down the plan to close it in May" for "When did it close?".
"""

import re
from collections.abc import Iterator

from qa_app.answering.finding import content_stems, stems
from qa_app.types import Candidate

_NEGATION = r"not(?!\s+(?:only|until|just|least|merely)\b)|\w+n['’]t|never|no|nobody|none|nothing|neither|nor|cannot"
# Words after which what depends on them did not happen (Karttunen 2012, "Simple and phrasal implicatives", *SEM), in all forms.
_UNDONE = r"""(?:abandon|annul|avert|avoid|block|cancel|declin|defer|den(?:y|ie)|dismiss|ditch|escap|evad|fail|foil|forg[oe]|forwent|neglect
    |oppos|postpon|prevent|quash|refus|reject|repeal|rescind|retract|revok|scrap|shelv|suspend|thwart|veto|withdr[ae]w|withh[eo]ld)\w*
    |spar(?:ed|es|ing)|drop(?:ped|s|ping)|(?:call(?:ed|s|ing)?|h[eo]ld|put(?:s|ting)?)\s+off|(?:turn(?:ed|s|ing)?|vot(?:ed|es|ing)|shot)\s+down
    |rul(?:ed|es|ing)\s+out|f[ae]ll(?:s|en)?\s+through|c[ao]mes?\s+to\s+(?:nothing|naught)|(?:back(?:ed|s)?|pull(?:ed|s)?)\s+out
    |g[ai]v(?:e|es|en)\s+up|(?:vot(?:ed|es)?|decid(?:ed|es)?|rul(?:ed|es)?|advis(?:ed|es))\s+against|stop(?:ped|s)\s+short|in\s+vain
    |instead\s+of|rather\s+than"""
# Words after which it may have happened or not (Saurí and Pustejovsky 2009, "FactBank").
_UNREAL = r"""(?:plan|intend|want|wish|hop(?:ed|es|ing)|propos|contemplat|fear|threat|idea|rumou?r)\w*|offer(?:ed|s|ing)?
    |(?:would|could|should|might)\s+have|(?:was|were)\s+(?:due\s+)?to"""
_DENIES = re.compile(rf"\b(?:{_NEGATION}|{_UNDONE})\b", re.IGNORECASE | re.VERBOSE)
_LEAVES_OPEN = re.compile(rf"\b(?:{_UNREAL})\b", re.IGNORECASE | re.VERBOSE)
# Such a question does not take it for granted that something has happened.
_ASKS_OF_THE_POSSIBLE = re.compile(
    rf"\b(?:will|would|could|should|might|may|can|must|going|next|{_UNREAL})\b", re.IGNORECASE | re.VERBOSE
)
_CLAUSE_END = re.compile(
    r"[,;:—–()]|\b(?:and|but|or|so|because|since|which|that|who|when|while|although|though|if|where)\b", re.IGNORECASE
)


def is_unfulfilled(question: str, candidate: Candidate) -> bool:
    """Return whether the clause with the question's words, or with the short answer, denies or leaves open what is asked.

    A question with such a word itself, such as "Who rejected the plan?", asks about it. Of the answers to SQuAD's `fit` questions with a
    confidence of 0.6 or more, 213 of 256 hold the right place, and 8 of those 15 for which this is true.
    """
    unit = candidate.passage.chunk.unit_at(candidate.start)
    if _DENIES.search(question) or (unit and unit.is_row):  # a cell denies nothing of the others
        return False
    sentence, short = candidate.sentence, candidate.short_answer or ""
    patterns = [_DENIES] if _ASKS_OF_THE_POSSIBLE.search(question) else [_DENIES, _LEAVES_OPEN]
    clauses = [
        clause
        for clause in _clauses(sentence)
        if any(
            match[0].lower() not in short.lower()  # "nobody" may be the answer
            for pattern in patterns
            for match in pattern.finditer(clause)
        )
    ]
    if not clauses:  # most sentences are not stemmed
        return False
    asked = content_stems(question)
    least = max(len(asked & stems(sentence)) / 2, 1)
    return any((short and short in clause) or len(asked & stems(clause)) >= least for clause in clauses)


def _clauses(sentence: str) -> Iterator[str]:
    start = 0
    for end in _CLAUSE_END.finditer(sentence):
        yield sentence[start : end.start()]
        start = end.end()
    yield sentence[start:]
