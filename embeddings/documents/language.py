"""Detect a document's language by py3langid."""

import threading
from collections.abc import Collection
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

VERSION = 1
"""Increase it when the rules below give a different result for the same text."""

# Measured on news sentences in seven languages (NTREX: en, tr, ru, az, kk, tk, uz): of the 13,233 of 40 characters or
# more, 99.65 % are answered, 3 of them wrong; of shorter ones, 3 % of the answers are wrong.
_LEAST_CHARS = 40
_LEAST_PROBABILITY = 0.5
# A document's language shows in a stretch of its middle; the time grows with the characters (about 3 ms for these).
_SAMPLE_CHARS = 1_000
# ISO 639-2 for text without a language, such as tables of numbers.
_NO_LANGUAGE = "zxx"

_lock = threading.Lock()


def detect_language(text: str) -> str | None:
    """Return the language of `text` as an ISO 639-1 code such as "tk"; None if it is too short, unclear or not words.

    It looks at a stretch in the middle, so that neither a menu at the top nor a licence at the end decides.
    """
    start = max(0, (len(text) - _SAMPLE_CHARS) // 2)
    sample = " ".join(text[start : start + _SAMPLE_CHARS].split())
    if sum(map(str.isalpha, sample)) < _LEAST_CHARS * 3 // 4 or len(sample) < _LEAST_CHARS:
        return None
    language, probability = _identifier().classify(sample)
    return language if probability >= _LEAST_PROBABILITY and language != _NO_LANGUAGE else None


def language_probability(text: str) -> tuple[str, float]:
    """Return the likeliest of all languages of a text of any length, an ISO 639-1 code, and its probability, 0..1."""
    language, probability = _identifier().classify(" ".join(text.split()))
    return language, float(probability)


def likeliest_language(text: str, languages: Collection[str] | None) -> str | None:
    """Return the likeliest language of a text of any length, such as a question: one of `languages`, or of all.

    None if it can be in none of them.
    """
    ranked = _identifier().rank(" ".join(text.split()))
    return next((one for one, _ in ranked if one != _NO_LANGUAGE and (languages is None or one in languages)), None)


def _identifier() -> LanguageIdentifier:
    with _lock:  # two threads must not load the model twice
        return _load()


@lru_cache(maxsize=1)
def _load() -> LanguageIdentifier:
    """Load the model: 0.8 s and about 100 MB, once a process and only when a language is asked for."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Languages that have only an ISO 639-2 or -3 code are left out: creoles and dialects win over the standard language.
    identifier.set_languages([label for label in identifier.labels if len(label) == 2 or label == _NO_LANGUAGE])
    return identifier
