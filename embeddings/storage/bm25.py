"""BM25 as a product of two sparse vectors: a chunk's values by its words, a query's by their rarity. The scores are FTS5's.

But for words in -logy and -bly: FTS5 has the first version of Porter's stemmer, which keeps "technology" from "technological".
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from embeddings.documents.stemming import porter_stem, porter_stems

VERSION = 1
"""Raised when the same words get other vectors: collections are then made again."""

# FTS5 fixes both: https://www.sqlite.org/fts5.html#the_bm25_function
K1 = 1.2
B = 0.75
_LEAST_RARITY = 1e-6
_UNSTEMMED = 2  # FTS5 leaves words of one and two letters as they are
_WORD = re.compile(r"[^\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]")

SparseVector = dict[int, float]
"""Values by dimension, 0 to 2 ** 32 - 2."""
NO_WORDS: SparseVector = {0: 1.0}
"""Of a chunk without words: Milvus stores no empty vector. No word has this dimension."""


class _Bare(dict[int, int]):
    """Latin letters without their accents, as FTS5's `remove_diacritics 2` has them; other letters keep theirs."""

    def __missing__(self, letter: int) -> int:
        parts = unicodedata.normalize("NFD", chr(letter))
        self[letter] = ord(parts[0]) if parts[0].isascii() else letter
        return self[letter]


_BARE = _Bare()


def terms(words: str) -> list[str]:
    """Return what FTS5 makes of indexed words, or of a query's: bare letters in lower case, Porter's stems."""
    found = bare_words(words)
    return [
        stemmed if len(word) > _UNSTEMMED else word for word, stemmed in zip(found, porter_stems(found), strict=True)
    ]


def stem(bare_word: str) -> str:
    """Return the term of one of `bare_words`."""
    return porter_stem(bare_word) if len(bare_word) > _UNSTEMMED else bare_word


def bare_words(words: str) -> list[str]:
    """Return words as FTS5 stems them: bare letters in lower case."""
    if not words.isascii():
        words = _ACCENT.sub("", unicodedata.normalize("NFC", words)).translate(_BARE)
    return _WORD.findall(words.lower())


def chunk_vector(found: Sequence[str], average_length: float) -> SparseVector:
    """Return a chunk's vector.

    Args:
        found: its terms, title and text, with repetitions.
        average_length: of the corpus's chunks, in terms.
    """
    length = K1 * (1 - B + B * len(found) / average_length)
    return {_dimension(term): count * (K1 + 1) / (count + length) for term, count in Counter(found).items()} or NO_WORDS


def query_vector(words: Mapping[str, float], chunks: int) -> SparseVector:
    """Return a query's vector.

    Args:
        words: the number of chunks that have each of its words; from `query_words`.
        chunks: the number of chunks in the corpus.
    """
    weights: SparseVector = {}
    for term, weight in term_weights(words, chunks).items():
        weights[_dimension(term)] = weights.get(_dimension(term), 0.0) + weight
    return weights


def term_weights(words: Mapping[str, float], chunks: int) -> dict[str, float]:
    """Return the weight of each term of a query; see `query_vector`."""
    weights: dict[str, float] = {}
    for word, count in words.items():
        if count:
            rarity = math.log((chunks - count + 0.5) / (count + 0.5)) if count < chunks else 0.0
            for term in terms(word):  # two words may have the same, which FTS5 counts twice
                weights[term] = weights.get(term, 0.0) + max(rarity, _LEAST_RARITY)
    return weights


def _dimension(term: str) -> int:
    """Return a term's dimension. Of a million terms, about a hundred pairs share one."""
    return int.from_bytes(blake2b(term.encode(), digest_size=4).digest(), "big") % (2**32 - 2) + 1
