"""Stem English words with Snowball's Porter2 algorithm: "constructing" and "construction" both give "construct"."""

from functools import lru_cache
from threading import Lock

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("english")
# A stemmer keeps the current word in its state, so two threads must not use it at once.
_LOCK = Lock()


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """Return the stem of a word in lower case. It need not be a word itself: "city" and "cities" give "citi"."""
    with _LOCK:
        return str(_STEMMER.stemWord(word))
