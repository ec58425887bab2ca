"""Numbers in a request, in digits or as a word up to ten: "the three newest", "in 2 sentences"."""

_WORDS = "zero one two three four five six seven eight nine ten".split()

NUMBER_WORD = f"(?ai:{'|'.join(_WORDS)})"
"""A pattern for the words, in any case of a to z: not ſ for an s."""


def number_of(words: str) -> int:
    """Return the number that digits or one of the words, in any case, stand for."""
    return int(words) if words.isdigit() else _WORDS.index(words.lower())
