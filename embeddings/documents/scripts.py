"""Detect the script (writing system) of a text."""

import unicodedata
from collections import Counter
from functools import lru_cache


@lru_cache(maxsize=4096)
def _script_of(char: str) -> str:
    # Unicode names begin with the script: "CYRILLIC SMALL LETTER A". The standard library has no script property.
    return unicodedata.name(char, "UNKNOWN").split()[0]


def dominant_script(text: str) -> str | None:
    """Return the script of most letters, by its Unicode name ("LATIN", "CYRILLIC", …), or None if there are no letters."""
    counts: Counter[str] = Counter()
    for char, count in Counter(text).items():  # a text has few distinct characters
        if char.isalpha():
            counts[_script_of(char)] += count
    return counts.most_common(1)[0][0] if counts else None
