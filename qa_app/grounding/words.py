"""Makes words comparable: names, stems of content words, negations. English; of other languages only names and whole words."""

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass

from qa_app.language.function_words import FUNCTION_WORDS, NEGATIONS
from qa_app.language.stemming import stem

_WORD = re.compile(r"[^\W_](?:[\w.&]*\w)?(?:['’]\w+)*\+*")
_POSSESSIVE = re.compile(r"['’]s?$|['’](?=s$)")
# Beside the function words, these neither support a sentence nor contradict it.
_EMPTY = frozenset(
    """became become becoming been began came made make used part back additionally finally overall approximately passage passages
    article articles""".split()
)
# "Not only" and "not just" deny nothing.
_NO_DENIAL = frozenset(("only", "just", "merely", "least"))
# Content words behind a negation that it is taken to deny.
_DENIED_WORDS = 2
# A name may be written with an ending more: America, American; Carolina, Carolinas.
_ENDING_LETTERS = 3
_NAME_LETTERS = 4


@dataclass(frozen=True)
class Word:
    text: str
    """As it stands."""
    plain: str
    """Lower case, without accents, dots and possessive."""
    start: int
    """The character it begins with."""

    @property
    def is_content(self) -> bool:
        return self.plain not in FUNCTION_WORDS and self.plain not in _EMPTY


def words(text: str) -> list[Word]:
    """Return the words of a text in order; the parts of a hyphenated word are words of their own."""
    found = []
    for match in _WORD.finditer(text):
        plain = plain_word(match[0])
        if plain:
            found.append(Word(match[0], plain, match.start()))
    return found


def plain_word(word: str) -> str:
    """Return a word in lower case without accents, dots and possessive: U.S. is us, Beyoncé's is beyonce."""
    folded = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", word).casefold())
    return "".join(c for c in folded if not unicodedata.combining(c)).replace(".", "").replace("’", "'")


def content(found: list[Word]) -> list[str]:
    """Return the stems of the content words, in order."""
    return [stem(word.plain) for word in found if word.is_content]


def is_name_in(name: str, plains: Set[str]) -> bool:
    """Tell whether a plain name stands among plain words, whatever its ending."""
    if name in plains:
        return True
    return any(
        (longer.startswith(shorter) and len(shorter) >= _NAME_LETTERS and len(longer) - len(shorter) <= _ENDING_LETTERS)
        for other in plains
        for shorter, longer in (sorted((name, other), key=len),)
    )


def denied(found: list[Word]) -> dict[str, bool]:
    """Return for each content stem whether it is denied: one of the two content words behind a negation.

    A stem that stands more than once, now denied and now not, is left out: it agrees with either.
    """
    states: dict[str, set[bool]] = {}
    behind = 0
    for word, following in zip(found, [*found[1:], None], strict=True):
        if word.plain in NEGATIONS or word.plain.endswith("n't"):
            behind = 0 if following is not None and following.plain in _NO_DENIAL else _DENIED_WORDS
        elif word.is_content:
            states.setdefault(stem(word.plain), set()).add(behind > 0)
            behind -= 1
    return {one: state.pop() for one, state in states.items() if len(state) == 1}
