"""Reduce words to their stems by language, so that an inflected word is found: Snowball's stemmers, or the first letters."""

import threading
from collections.abc import Sequence
from functools import lru_cache

import Stemmer

VERSION = 1
"""Raised when a word gets another stem: with the tables below, or with a version of PyStemmer that stems differently."""

# Turkish has a stemmer too, but it strips the endings of nouns only: the first letters find the right passage for two more
# questions in a hundred (docs/results/languages.md). Those for Hindi, Nepali and Tamil are left out because word
# search cuts their words at the vowel signs.
_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "yi": "yiddish",
}  # fmt: skip
# Of 4, 5, 6 and 7, five finds the most in Turkish, and as many as six in Kazakh (docs/results/languages.md).
_LETTERS = 5
# In these, a capital I is that of the dotless ı.
_DOTLESS = frozenset(("az", "tr"))

# Letters that Unicode doesn't decompose, and that many keyboards lack.
_FOLDED = str.maketrans(
    {
        **dict(zip("ıłŁđĐðÐøØħĦŧŦƶƵёЁ", "ilLdDdDoOhHtTzZеЕ", strict=True)),
        **{"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"},
    }
)

# A stemmer keeps the current word in its state, so two threads must not use it at once.
_lock = threading.Lock()


def stems(words: Sequence[str], language: str) -> list[str]:
    """Return the stem of each word, given in lower case; it need not be a word itself: "cities" gives "citi".

    In a language without a stemmer, it is the word's first letters.
    """
    algorithm = _ALGORITHMS.get(language)
    if algorithm is None:
        return [word[:_LETTERS] for word in words]
    with _lock:
        found: list[str] = _stemmer(algorithm).stemWords(words)
        return found


def porter_stem(word: str) -> str:
    """Return an English word's stem by Porter's first algorithm, which FTS5 has."""
    with _lock:
        return str(_stemmer("porter").stemWord(word))


def porter_stems(words: Sequence[str]) -> list[str]:
    """Return the stem of each word as `porter_stem` does."""
    with _lock:
        found: list[str] = _stemmer("porter").stemWords(words)
        return found


def lower(text: str, language: str) -> str:
    """Return a text in lower case by its language's rules."""
    return (text.replace("İ", "i").replace("I", "ı") if language in _DOTLESS else text).lower()


def fold(text: str) -> str:
    """Replace letters with a stroke, the dotless ı, ё and ligatures by what is typed instead; accents stay, FTS5 drops them."""
    return text if text.isascii() else text.translate(_FOLDED)


@lru_cache
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(algorithm)
