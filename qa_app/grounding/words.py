"""Words made comparable: names, content words, negations. English; of other languages only names and whole words."""

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_](?:[\w.&]*\w)?(?:['’]\w+)*\+*")
_POSSESSIVE = re.compile(r"['’]s?$|['’](?=s$)")
# Words that stand in every text; they neither support a sentence nor contradict it.
_FUNCTION = frozenset(
    """a about above after again against all also although always am among an and another any are around as at away back be
    became because become been before began being below between both but by came can could did do does doing done down
    during each either else etc even ever every few for from further had has have having he her here hers herself him
    himself his how however i if in indeed into is it its itself just later least less like made make many may me might
    more most much must my near nearly no nor not now of off often on once one only onto or other others our out over own
    part per perhaps quite rather same several shall she should since so some still such than that the their theirs them
    themselves then there therefore these they this those though through thus till to together too toward towards under
    until up upon us used very was we well were what when where whereas whether which while who whom whose why will with
    within without would yes yet you your according additionally overall finally instead passage passages article
    articles approximately i""".split()
)
_NEGATION = frozenset("not no never none neither nor nothing nobody nowhere without cannot hardly n't".split())
_SUFFIXES = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ions",
    "ion",
    "edly",
    "ies",
    "ied",
    "ers",
    "er",
    "es",
    "ed",
    "ly",
    "s",
    "e",
    "y",
)
# "Not only" and "not just" deny nothing.
_NO_DENIAL = frozenset(("only", "just", "merely", "least"))
# A stem has at least so many letters.
_STEM_LETTERS = 3
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
        return self.plain not in _FUNCTION and self.plain not in _NEGATION


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


def stem(plain: str) -> str:
    """Return what a word shares with its inflections, roughly: constructed, construction and constructs are construct."""
    for suffix in _SUFFIXES:
        if plain.endswith(suffix) and len(plain) - len(suffix) >= _STEM_LETTERS:
            return plain[: -len(suffix)]
    return plain


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
        if word.plain in _NEGATION or word.plain.endswith("n't"):
            behind = 0 if following is not None and following.plain in _NO_DENIAL else _DENIED_WORDS
        elif word.is_content:
            states.setdefault(stem(word.plain), set()).add(behind > 0)
            behind -= 1
    return {one: state.pop() for one, state in states.items() if len(state) == 1}
