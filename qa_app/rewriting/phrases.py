"""Split an English text into tokens, and find the runs of words that may be a name or a noun phrase."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_app.language.dates import MONTH_NUMBERS
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.language.names import GROUPS, PARTICLES, YEAR

# Words of requests, and words that only count or order: like function words they are not part of a name or noun phrase.
_ASKING = "tell say said says give describe explain please latter next one two three ones".split()
OUTSIDE_PHRASES = FUNCTION_WORDS | frozenset(_ASKING)
_TOKEN = re.compile(r"[^\W_](?:[\w.&’'-]*[^\W_])?")
_JOINS = re.compile(r"[\s“”\"]+")
POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True)
class Token:
    """A word or number with its offsets."""

    text: str
    start: int
    end: int
    """Characters of the text, [start, end)."""
    joined: bool
    """Only white space or quotation marks separate it from the previous token."""

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper() or self.text[0].isdigit()


def tokens_of(text: str) -> list[Token]:
    """Return the words and numbers of a text, in order."""
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        joined = bool(found) and bool(_JOINS.fullmatch(text, end, match.start()))
        found.append(Token(match[0], match.start(), match.end(), joined))
        end = match.end()
    return found


def runs(tokens: Sequence[Token]) -> Iterator[range]:
    """Yield the runs of words that are not function words; particles inside a name ("of") do not end a run."""
    i = 0
    while i < len(tokens):
        if _is_function(tokens, i):
            i += 1
            continue
        end = i + 1
        while end < len(tokens) and tokens[end].joined:
            if not _is_function(tokens, end):
                end += 1
                continue
            joint = end
            while joint < len(tokens) and tokens[joint].joined and tokens[joint].text in PARTICLES:
                joint += 1
            if tokens[end].text == "and" and _is_one_name(i, end, tokens):
                joint = end + 1
            is_name = end < joint < len(tokens) and tokens[joint].joined and tokens[joint].text[0].isupper()
            if not (is_name and tokens[end - 1].text[0].isupper() and not POSSESSIVE.search(tokens[end - 1].text)):
                break
            end = joint + 1
        yield range(i, end)
        i = end


def _is_one_name(first: int, joint: int, tokens: Sequence[Token]) -> bool:
    """Return whether "and" is inside a name: "the French and Indian War"."""
    if first == 0 or tokens[first - 1].lower != "the":
        return False
    last = joint + 1
    while last + 1 < len(tokens) and tokens[last + 1].joined and tokens[last + 1].text[0].isupper():
        last += 1
    return joint + 1 < last < len(tokens) and tokens[last].lower in GROUPS


def _is_function(tokens: Sequence[Token], i: int) -> bool:
    token = tokens[i]
    if POSSESSIVE.sub("", token.lower) not in OUTSIDE_PHRASES:  # "what's"
        return False
    # "May" in "May 2023" and "Who" in "Doctor Who" are not function words.
    follows_name = token.joined and i > 0 and tokens[i - 1].is_capital and tokens[i - 1].lower not in OUTSIDE_PHRASES
    before_year = i + 1 < len(tokens) and bool(YEAR.fullmatch(tokens[i + 1].text))
    return not (token.text[0].isupper() and (follows_name or (before_year and token.lower in MONTH_NUMBERS)))
