"""Find the names, numbers and dates that a sentence asserts, and check which of them are in a source."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa_app.grounding.numbers import numbers, readings
from qa_app.grounding.words import Word, is_name_in, words

_SENTENCE_BEFORE = re.compile(r"(^|[.!?:\n])[\s\"'“‘(]*$")


@dataclass(frozen=True)
class Fact:
    """A word of a name, a number, or a part of a date."""

    text: str
    """As written in the sentence."""
    start: int
    """Offset of its first character in the sentence."""
    plain: str | None
    """The normalised word of a name, see `plain_word`; None for a number."""
    readings: frozenset[str] = frozenset()
    """A number's possible values, see `Number`."""

    @property
    def end(self) -> int:
        """Offset after its last character."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Source:
    """The words and numbers of a text."""

    words: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Source":
        joined = "\n".join(texts)
        return cls(frozenset(word.plain for word in words(joined)), frozenset(readings(numbers(joined))))

    def holds(self, fact: Fact) -> bool:
        if fact.plain is None:
            return bool(fact.readings & self.numbers)
        return is_name_in(fact.plain, self.words)


def facts(sentence: str, names: frozenset[str]) -> list[Fact]:
    """Return the names and numbers of a sentence that can be looked up in a source, in order.

    A word with a capital letter counts as part of a name. The first word of the sentence has one anyway: it counts if
    it has another capital, if a capitalised word follows, or if it is in `names`.
    """
    numbered = numbers(sentence)
    found = [Fact(number.text, number.start, None, number.readings) for number in numbered]
    spoken = words(sentence)
    for i, word in enumerate(spoken):
        if any(number.start <= word.start < number.end for number in numbered) or not _is_capital(word):
            continue
        if i or _is_name_at_start(sentence, spoken, names):
            found.append(Fact(word.text, word.start, word.plain))
    return sorted(found, key=lambda fact: fact.start)


def wholes(sentence: str, said: Sequence[Fact]) -> list[tuple[int, int]]:
    """Return the spans [start, end) of the names and numbers in the sentence; adjacent facts are merged (New York)."""
    found: list[tuple[int, int]] = []
    for fact in said:
        if found and not sentence[found[-1][1] : fact.start].strip(" -"):
            found[-1] = (found[-1][0], max(fact.end, found[-1][1]))
        else:
            found.append((fact.start, fact.end))
    return found


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the capitalised words that do not begin a sentence, normalised."""
    return frozenset(
        word.plain
        for text in texts
        for word in words(text)
        if _is_capital(word) and not _SENTENCE_BEFORE.search(text, max(0, word.start - 8), word.start)
    )


def _is_capital(word: Word) -> bool:
    """Return whether a word is capitalised like a name; function words (The, In) only if all in capitals (US, WHO)."""
    if not any(c.isupper() for c in word.text):
        return False
    return word.is_content or (len(word.text) > 1 and word.text.replace(".", "").isupper())


def _is_name_at_start(sentence: str, spoken: Sequence[Word], names: frozenset[str]) -> bool:
    first = spoken[0]
    if first.plain in names or any(c.isupper() for c in first.text[1:]):
        return True
    if len(spoken) == 1:
        return False
    between = sentence[first.start + len(first.text) : spoken[1].start]
    return between in (" ", "-") and _is_capital(spoken[1])
