"""Compare short answers as SQuAD does (Rajpurkar et al. 2016, arXiv 1606.05250, section 6.1)."""

import re
import string
from collections import Counter
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(words: str) -> str:
    """Return words in lower case without punctuation, articles or extra white space, for comparison."""
    return " ".join(_ARTICLES.sub(" ", words.lower().translate(_PUNCTUATION)).split())


def exact_match(words: str, answers: Sequence[str]) -> float:
    """Return 1.0 when the words equal one of the answers, else 0.0."""
    return float(normalised(words) in {normalised(answer) for answer in answers})


def f1(words: str, answers: Sequence[str]) -> float:
    """Return the best harmonic mean of word precision and recall over the answers, 0..1; 0 without answers."""
    return max((_f1(normalised(words).split(), normalised(answer).split()) for answer in answers), default=0.0)


def _f1(words: list[str], answer: list[str]) -> float:
    common = sum((Counter(words) & Counter(answer)).values())
    return 2 * common / (len(words) + len(answer)) if common else 0.0


def contains(text: str, answer_words: str) -> bool:
    """Return whether `text` contains `answer_words` as whole words, ignoring case and spacing."""
    pattern = r"\s+".join(re.escape(word) for word in answer_words.split())
    return bool(pattern) and bool(re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))


def are_of_one_sort(one: str, other: str) -> bool:
    """Return whether both answers have a digit, or neither: a year and a place answer two questions."""
    return any(map(str.isdigit, one)) == any(map(str.isdigit, other))
