"""Normalise words for comparison: names, stems of content words, negations. English; in other languages only names and whole words."""

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass

from embeddings.documents.stemming import stems
from qa_app.language.function_words import FUNCTION_WORDS, NEGATIONS

_WORD = re.compile(r"[^\W_](?:[\w.&]*\w)?(?:['’]\w+)*\+*")
_POSSESSIVE = re.compile(r"['’]s?$|['’](?=s$)")
# Like the function words, these neither support nor contradict a sentence.
_EMPTY = frozenset(
    """became become becoming been began came made make used part back additionally finally overall approximately passage passages
    article articles""".split()
)
# "Not only" and "not just" negate nothing.
_NO_DENIAL = frozenset(("only", "just", "merely", "least"))
# A negation negates this many content words after it.
_DENIED_WORDS = 2
# A name may have an extra ending: America, American; Carolina, Carolinas.
_ENDING_LETTERS = 3
_NAME_LETTERS = 4


@dataclass(frozen=True)
class Word:
    """A word of a text."""

    text: str
    """As written."""
    plain: str
    """In lower case, without accents, dots and possessive."""
    start: int
    """Offset of its first character in the text."""

    @property
    def is_content(self) -> bool:
        return self.plain not in FUNCTION_WORDS and self.plain not in _EMPTY


def words(text: str) -> list[Word]:
    """Return the words of a text in order; a hyphenated word is split into its parts."""
    found = []
    for match in _WORD.finditer(text):
        plain = plain_word(match[0])
        if plain:
            found.append(Word(match[0], plain, match.start()))
    return found


def plain_word(word: str) -> str:
    """Return a word in lower case without accents, dots and possessive: U.S. gives us, Beyoncé's gives beyonce."""
    folded = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", word).casefold())
    return "".join(c for c in folded if not unicodedata.combining(c)).replace(".", "").replace("’", "'")


def content(found: list[Word]) -> list[str]:
    """Return the stems of the content words, in order."""
    return stems([word.plain for word in found if word.is_content], "en")


def is_name_in(name: str, plains: Set[str]) -> bool:
    """Return whether a normalised name is among normalised words, give or take an ending."""
    if name in plains:
        return True
    return any(
        (longer.startswith(shorter) and len(shorter) >= _NAME_LETTERS and len(longer) - len(shorter) <= _ENDING_LETTERS)
        for other in plains
        for shorter, longer in (sorted((name, other), key=len),)
    )


def denied(found: list[Word]) -> dict[str, bool]:
    """Return for each content stem whether it is negated, that is one of the two content words after a negation.

    A stem that occurs both negated and not is left out: it agrees with either.
    """
    states: dict[str, set[bool]] = {}
    behind = 0
    for word, following in zip(found, [*found[1:], None], strict=True):
        if word.plain in NEGATIONS or word.plain.endswith("n't"):
            behind = 0 if following is not None and following.plain in _NO_DENIAL else _DENIED_WORDS
        elif word.is_content:
            states.setdefault(stems([word.plain], "en")[0], set()).add(behind > 0)
            behind -= 1
    return {one: state.pop() for one, state in states.items() if len(state) == 1}
