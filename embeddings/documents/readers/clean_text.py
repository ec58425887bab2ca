"""Clean the words that a format's file holds: Unicode NFC, without characters that are never seen."""

import re
import unicodedata

_UNSEEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff\x00-\x08\x0e-\x1f\x7f]"
)
"""Soft hyphens, zero-width spaces, marks of direction, byte order marks, control characters. The joiners U+200C and U+200D stay:
Persian, the scripts of India and emoji are spelled with them."""


def clean(words: str) -> str:
    """Return the words as a reader sees and copies them."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", words))
