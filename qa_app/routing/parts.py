"""Split a message into the questions in it, and recognise a comparison. English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_app.language.adjectives import without_ending
from qa_app.language.function_words import AUXILIARIES
from qa_app.language.nouns import Kind, kind_of

_WH = r"(?:(?:in|on|at|from|to|for|with|by|of)\s+)?(?:who|whom|whose|what|which|when|where|why|how)"
_AUX = rf"(?:{'|'.join(AUXILIARIES)})"
_NUMBERED = re.compile(r"(?:^|(?<=[\s?.;]))\(?\d{1,2}[.)]\s+|(?:^|(?<=\n))\s*[-•*]\s+")
_SENTENCE = re.compile(r"[^?\n]+\?+|[^?\n]+(?:\n|$)")
# "…, and when did it close": after "and" a question word that begins a question of its own; after a comma alone, only in a
# series that ends with "and", as ", which was the tallest" tells more of the same.
_AND = re.compile(rf"\s*(?:[,;]\s*|\s)and\s+(?:also\s+)?(?={_WH}\b)", re.IGNORECASE)
_COMMA = re.compile(rf"\s*[,;]\s*(?={_WH}\b)", re.IGNORECASE)
_BEGINS = re.compile(
    rf"^(?:and\s+|also\s+|then\s+)*(?:{_WH}|{_AUX}|list|name|tell|describe|explain|give|show|compare|summari[sz]e)\b",
    re.IGNORECASE,
)
# "When did it" asks; "when it did" tells when something else is asked about.
_ASKS = re.compile(
    rf"^(?:and\s+|also\s+)*(?:(?:in\s+|on\s+|at\s+|from\s+|to\s+|for\s+|with\s+|by\s+|of\s+)?(?:who|whom|whose|what|which|how)\b(?!\s+(?:it|to)\b)|(?:when|where|why)\s+{_AUX}\b)",
    re.IGNORECASE,
)
_HAS_VERB = re.compile(rf"\b(?:who|{_AUX}|\w+(?:ed|es|s))\b", re.IGNORECASE)
_FEWEST_WORDS = 3
_COMPARISON = re.compile(
    r"(?:please\s+|can\s+you\s+|could\s+you\s+)?compare\s+(?P<one>.+?)\s+(?:and|with|to|against|versus|vs\.?)\s+(?P<other>.+)"
    r"|(?P<asked>(?:what\s+(?:is|are)|what['’]s|list|name|show|explain|describe|tell\s+me)\s+(?:me\s+)?(?:the\s+)?(?:main\s+)?(?:differences?|similarities|comparison)\s+between)\s+(?P<first>.+?)\s+and\s+(?P<second>.+)",
    re.IGNORECASE,
)


# "Which is longer, A or B?", "What costs more, A or B?"
_ALTERNATIVES = re.compile(
    r"(?:which|what|who)\s+(?:(?P<be>is|are|was|were)\s+(?P<adjective>\w+er|more\s+\w+|less\s+\w+)|(?P<verb>\w+)\s+(?:more|less|most))\s*[,:]\s*(?P<one>.+?)\s+or\s+(?P<other>.+)",
    re.IGNORECASE,
)
# In lower case: "the Bank of England" is a name.
_OF = re.compile(r"the\s+(?:[a-z]+\s+)?(?P<noun>[a-z]+)\s+of\s+")
_IRREGULAR = {"better": "good", "further": "far"}


@dataclass(frozen=True)
class Comparison:
    """Two things whose statements are to stand beside each other."""

    sides: tuple[str, str]
    may_be_fact: bool = False
    """Whether one sentence may answer: "what is the difference between …?"."""
    asked: tuple[str, str] | None = None
    """What is asked of each side: "How long is …?"; None asks for what there is."""


def comparison(question: str) -> Comparison | None:
    """Return the two sides of a request to compare; None if it is none."""
    words = question.rstrip("?!. ")
    found = _COMPARISON.fullmatch(words)
    if found is None:
        return _alternatives(words)
    one, other = found["one"] or found["first"], found["other"] or found["second"]
    return _of_both(one.strip(), other.strip(), may_be_fact=bool(found["asked"]))


def _of_both(one: str, other: str, may_be_fact: bool) -> Comparison:
    """Return the comparison of two sides, with what is said only of the first carried over: "the cost of A and B"."""
    of = _OF.match(one)
    if of is None or re.search(r"\bof\b|['’]s?\b", other):
        return Comparison((one, other), may_be_fact)
    sides = one, f"{of[0]}{other}"
    is_measure = not may_be_fact and kind_of(of["noun"]) is Kind.MEASURE
    return Comparison(sides, may_be_fact, (f"What is {sides[0]}?", f"What is {sides[1]}?") if is_measure else None)


def _alternatives(question: str) -> Comparison | None:
    """Return the sides of a question for the greater of two, with what is asked of each."""
    found = _ALTERNATIVES.fullmatch(question)
    if found is None:
        return None
    sides = found["one"].strip(), found["other"].strip()
    if found["verb"]:
        start, end = "How much does", found["verb"].lower()
        end = end[:-1] if end.endswith("s") and not end.endswith("ss") else end
        return Comparison(sides, True, (f"{start} {sides[0]} {end}?", f"{start} {sides[1]} {end}?"))
    how = f"How {_plain(found['adjective'].lower())} {found['be'].lower()}"
    return Comparison(sides, True, (f"{how} {sides[0]}?", f"{how} {sides[1]}?"))


def _plain(comparative: str) -> str:
    """Return the plain form of an English comparative: "heavier" gives "heavy", "bigger" "big", "more famous" "famous"."""
    if " " in comparative:
        return comparative.split()[1]
    return _IRREGULAR.get(comparative) or without_ending(comparative[:-2])


def parts(message: str) -> list[str]:
    """Return the questions of a message, in order; a single one, or none that stands by itself, comes back whole."""
    found = [part for sentence in _sentences(message) for part in _clauses(sentence)]
    return found if len(found) > 1 and all(map(_is_question, found)) else [message]


def _sentences(message: str) -> Iterator[str]:
    is_list = _NUMBERED.match(message)
    for item in _NUMBERED.split(message) if is_list else [message]:
        for sentence in _SENTENCE.findall(item):
            if any(map(str.isalnum, sentence)):
                yield sentence.strip()


def _clauses(sentence: str) -> list[str]:
    """Return the clauses of a sentence that are questions of their own; the sentence, if one is not."""
    *before, last = _AND.split(sentence)
    pieces = [piece.strip(" ,;") for each in before for piece in _COMMA.split(each)] + [last]
    if len(pieces) < 2 or not all(map(_stands, pieces)):
        return [sentence]
    return [piece if piece.endswith("?") else f"{piece.rstrip('.!')}?" for piece in pieces]


def _stands(clause: str) -> bool:
    """Return whether a clause asks something by itself: "when and where" does not, nor "the man who paid"."""
    return bool(_ASKS.match(clause)) and len(clause.split()) >= _FEWEST_WORDS and bool(_HAS_VERB.search(clause))


def _is_question(sentence: str) -> bool:
    is_whole = sentence[0].isupper() and sentence.endswith("?") and len(sentence.split()) >= _FEWEST_WORDS
    return bool(_BEGINS.match(sentence)) or is_whole
