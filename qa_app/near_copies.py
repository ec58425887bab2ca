"""Recognise near-copies among passages: agency copies, saved versions and mirrors, of which one is read."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from embeddings.storage.rows import StoredChunk

_WORD = re.compile(r"\w+")
_SHINGLE_WORDS = 3
# Two wordings of one agency report share more than half of their three-word shingles; two reports of one event written by
# different people share less than a tenth (Broder 1997, "On the resemblance and containment of documents").
_LEAST_RESEMBLANCE = 0.5


@dataclass(frozen=True)
class _Print:
    """What is compared of a passage."""

    shingles: frozenset[tuple[str, ...]]
    words: frozenset[str]
    """In lower case."""
    facts: frozenset[str]
    """Those of its words that have digits, or begin with a capital inside a sentence: reports that differ in a figure or a
    name are no copies."""


def distinct(chunks: Iterable[StoredChunk]) -> list[tuple[StoredChunk, list[StoredChunk]]]:
    """Return the chunks that are no near-copies of one before them, in order, each with its copies.

    Chunks of one document are never copies of each other.
    """
    found: list[tuple[_Print, StoredChunk, list[StoredChunk]]] = []
    for chunk in chunks:
        own = _print(chunk)
        original = next((each for each in found if _is_copy(own, chunk, each[0], each[1])), None)
        if original:
            original[2].append(chunk)
        else:
            found.append((own, chunk, []))
    return [(chunk, copies) for _, chunk, copies in found]


def _print(chunk: StoredChunk) -> _Print:
    words = [word.casefold() for word in _words(chunk.readable)]
    facts = [
        word
        for unit in chunk.units
        for i, word in enumerate(_words(unit.text))
        if (i > 0 and word[0].isupper()) or (not word.isalpha() and any(map(str.isdigit, word)))
    ]
    count = max(1, len(words) - _SHINGLE_WORDS + 1)
    return _Print(
        frozenset(tuple(words[i : i + _SHINGLE_WORDS]) for i in range(count)),
        frozenset(words),
        frozenset(word.casefold() for word in facts),
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text))


def _is_copy(one: _Print, chunk: StoredChunk, other: _Print, original: StoredChunk) -> bool:
    if chunk.address == original.address or not (one.facts <= other.words and other.facts <= one.words):
        return False
    shared = len(one.shingles & other.shingles)
    return shared >= _LEAST_RESEMBLANCE * len(one.shingles | other.shingles)
