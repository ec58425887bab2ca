"""Complete elliptical questions ("Why?", "And in Fizuli?") from the previous question."""

import re
from collections.abc import Sequence

from qa_app.language.function_words import AUXILIARIES, PREPOSITIONS
from qa_app.language.nouns import Kind
from qa_app.rewriting.antecedents import Spoken
from qa_app.rewriting.asked import LEAD, Asked, asked, kind_asked
from qa_app.rewriting.mentions import Mention, definite, mentions

_BARE = re.compile(
    rf"{LEAD}(?:(?P<event>when|where|why|how)\s+(?:is|was|did|does)\s+(?:that|this)(?:\s+(?:happen|so))?|(?P<wh>(?:(?:{'|'.join(PREPOSITIONS)})\s+)?(?:how\s+(?:many|much|long|old|far|often|come)|how|whose|whom|who|what|which|when|where|why)"
    r"(?:\s+(?:year|month|day|date|country|city|place|reason|company))?)(?P<else>\s+else)?"
    r")(?:\s+(?:exactly|precisely|again|specifically|so|then|not|of\s+them|for|from|with))?\s*[?.!]*",
    re.IGNORECASE,
)
_PARALLEL = re.compile(
    rf"(?:{LEAD}(?:what|how)\s+about|(?:and|but|or)(?:\s+(?:also|then|what\s+about|how\s+about))?)\s+(?P<other>.+?)(?:\s+(?:then|too|as\s+well|instead))?\s*[?.!]*"
    rf"|(?P<bare>(?:{'|'.join(PREPOSITIONS)})\s+.+?)\s*[?.!]*",
    re.IGNORECASE,
)
_ONE = re.compile(r"the\s+ones?\s+", re.IGNORECASE)
_LONGEST = 7
_PREPOSITION = re.compile(rf"(?:{'|'.join(PREPOSITIONS)})\s+", re.IGNORECASE)
_VERB = re.compile(rf"\b(?:{'|'.join(AUXILIARIES)}|who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)


def continued(question: str, talk: Sequence[Spoken]) -> str | None:
    """Return an elliptical question completed from the previous one; None if it is not elliptical.

    Args:
        question: with single spaces.
        talk: the last exchanges, latest first; at least one.
    """
    bare = _BARE.fullmatch(question)
    if bare:
        return _with_question_word(" ".join((bare["event"] or bare["wh"]).split()), bool(bare["else"]), talk[0])
    parallel = _PARALLEL.fullmatch(question)
    if parallel is None:
        return None
    other = _ONE.sub("", (parallel["other"] or parallel["bare"]).strip())
    if len(other.split()) > _LONGEST or _VERB.search(other):
        return None
    known = frozenset().union(*(said.known for said in talk))
    return _with_other(other, mentions(f"about {other}", known), talk[0])


def _with_question_word(wh: str, is_else: bool, said: Spoken) -> str | None:
    """Return the previous question with another question word: "Who built it?" "When?"."""
    before = asked(said.exchange.searched_for)
    if before is None:
        return None
    first = wh[0].upper() + wh[1:]
    if is_else:
        return _joined(first, "else", before.noun, before.aux, before.rest, context=before.context)
    answer = said.answer
    words = definite(answer.words) if answer and answer.kind is not Kind.TIME else _unnamed(before)
    if before.has_do and not before.noun and not answer:
        words = ""  # the "something" in "Where did Aliyev say something about schools?" adds nothing
    if wh.lower().startswith(("how many", "how much")):
        return _joined(first, before.noun, before.aux, before.rest, context=before.context)
    if not before.wh or before.is_adverbial:
        return _joined(first, before.aux, before.rest, context=before.context)
    if before.wants_subject:
        return _joined(first, "was it that", words, before.rest, context=before.context)
    if before.has_be or not before.has_do:
        return _joined(first, before.aux, words, before.rest, context=before.context)
    return _joined(first, before.aux, before.rest, words, context=before.context)


def _unnamed(before: Asked) -> str:
    """Return a placeholder for what was asked for, when its name is not known."""
    if before.noun:
        return before.noun if before.wh.lower().startswith("how") else f"the {before.noun}"
    return "someone" if kind_asked(before) in (Kind.PERSON, Kind.MANY) else "something"


def _with_other(other: str, found: Sequence[Mention], said: Spoken) -> str | None:
    """Return the previous question with one of its names replaced: "… in Arkadag?" "And in Fizuli?"."""
    question = said.exchange.searched_for
    preposition = _PREPOSITION.match(other)
    bare = other[preposition.end() :] if preposition else other
    new = next((m for m in found if m.named or m.kind is Kind.TIME), None)
    mentioned = mentions(question, said.known)
    if new is None and not preposition and len(found) == 1:  # "the first bridge", "the second bridge"
        (like,) = found
        same = [m for m in mentioned if not m.named and m.words.split()[-1] == like.words.split()[-1]]
        return f"{_before(question, same[0])}{bare}{question[same[0].end :]}" if same else None
    old = [m for m in mentioned if m.named or m.kind is Kind.TIME]
    if new is None or new.words.lower() in (m.words.lower() for m in old):
        return None
    same_kind = [m for m in old if (m.kind is Kind.TIME) == (new.kind is Kind.TIME)]
    behind_same = [m for m in same_kind if preposition and m.preposition == preposition[0].strip().lower()]
    if new.kind is Kind.UNKNOWN and not preposition:
        chosen = [m for m in same_kind if m.kind is Kind.UNKNOWN] or same_kind
    else:
        chosen = (
            behind_same
            or [m for m in same_kind if m.kind is new.kind]
            or ([] if preposition and same_kind and same_kind[0].kind is Kind.PERSON else same_kind)
        )
    if chosen:
        place = _span(question, chosen[0])
        return f"{question[: place[0]]}{bare}{question[place[1] :]}"
    if not preposition and not asked(question):
        return None
    stem = question.rstrip("?!. ")
    return f"{stem} {other}?" if preposition else None


def _span(question: str, mention: Mention) -> tuple[int, int]:
    """Return the span of a name with its article."""
    start = mention.start
    if mention.words.lower().startswith("the ") and question[max(0, start - 4) : start].lower() == "the ":
        start -= 4
    return start, mention.end


def _before(question: str, mention: Mention) -> str:
    """Return what stands before a noun phrase and its determiner."""
    determiner = mention.words[: -(mention.end - mention.start)] if mention.end > mention.start else ""
    before = question[: mention.start]
    return before[: len(before) - len(determiner)] if before.lower().endswith(determiner.lower()) else before


def _joined(*parts: str, context: str) -> str:
    words = " ".join(part for part in parts if part)
    return f"{words}? ({context})" if context else f"{words}?"
