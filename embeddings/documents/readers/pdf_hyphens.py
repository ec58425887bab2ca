"""Join the lines of a paragraph in a PDF: words hyphenated at the end of a line are made whole."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

_HYPHENS = ("-", "\u2010", "\u00ad")
_LAST_PART = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_FIRST_PART = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_IDEOGRAPH = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_ADDRESS = re.compile(r"(?:\w+://|www\.)\S*$")
# The share of lines that end in a hyphen where a program hyphenates; compounds alone end fewer than one in 200.
_HYPHENATED_SHARE = 0.015
_LINES_LEAST = 20


class Hyphenation:
    """What a document's own words say about the hyphens at the ends of its lines."""

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        """Count the words of `lines`, each a sequence of the words on it; neighbours follow each other."""
        self._words: Counter[str] = Counter()
        ends: list[tuple[str, str]] = []
        count = 0
        rest_of_word = 0
        for before, after in pairwise([*lines, ()]):
            count += 1
            if not before:
                continue
            ended = before[-1].endswith(_HYPHENS)
            whole = before[rest_of_word : -1 if ended else None]
            self._words.update(word.casefold() for word in _WORDS.findall(" ".join(whole)))
            if ended and after and after[0][0].islower():
                ends.append((before[-1], after[0]))
            rest_of_word = int(ended)
        self._compounds = {pair for word in self._words if "-" in word for pair in pairwise(word.split("-"))}
        proven = sum(self._is_word(left, right) for left, right in ends)
        common = count >= _LINES_LEAST and len(ends) >= _HYPHENATED_SHARE * count
        self._hyphenates = proven > 0 or common

    def _is_word(self, left: str, right: str) -> bool:
        parts = _LAST_PART.search(left), _FIRST_PART.match(right)
        return bool(parts[0] and parts[1] and self._words[(parts[0][1] + parts[1][0]).casefold()])

    def join(self, lines: Sequence[str]) -> tuple[str, list[int]]:
        """Return the lines as one text, and where each of them begins in it."""
        text = ""
        starts: list[int] = []
        for line in lines:
            if text:
                text = self._joined(text, line)
            starts.append(len(text))
            text += line
        return _without_soft_hyphens(text, starts)

    def _joined(self, before: str, after: str) -> str:
        """Return `before` with what goes between it and the line `after`."""
        if before.endswith("\u00ad"):
            return before[:-1]
        if before.endswith(_HYPHENS) and len(before) > 1 and before[-2].isalnum():
            return before[:-1] if self._is_hyphenated(before, after) else before + self._after_hyphen(after)
        # An unspaced dash or slash at the end of a line has no blank after it either.
        if before[-1] in "–—/" and len(before) > 1 and not before[-2].isspace():
            return before
        if _IDEOGRAPH.match(before[-1]) and _IDEOGRAPH.match(after[0]):
            return before
        return before + " "

    def _after_hyphen(self, after: str) -> str:
        """Return the blank after a hyphen that stays, as in "pre- and post-war", or nothing, as in "well-known"."""
        return "" if after[0].isalnum() else " "

    def _is_hyphenated(self, before: str, after: str) -> bool:
        """Return whether the hyphen at the end of `before` only divides a word."""
        left, right = _LAST_PART.search(before[-60:]), _FIRST_PART.match(after)
        if not left or not right or _ADDRESS.search(before[-200:]):
            return False
        one, other = left[1], right[0]
        if not (other.islower() or (one.isupper() and len(one) > 1 and other.isupper() and len(other) > 1)):
            return False
        if self._words[(one + other).casefold()]:
            return True
        if (one.casefold(), other.casefold()) in self._compounds:
            return False
        if self._words[one.casefold()] and self._words[other.casefold()]:
            return False
        return self._hyphenates


def _without_soft_hyphens(text: str, starts: list[int]) -> tuple[str, list[int]]:
    if "\u00ad" not in text:
        return text, starts
    return text.replace("\u00ad", ""), [start - text.count("\u00ad", 0, start) for start in starts]
