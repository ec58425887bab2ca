"""Rewrite a follow-up question to stand alone for the search; leave other questions as they are.

English only; no model. A reference is replaced by its likeliest name or noun ("How old is it?", "How old is the Warsaw Uprising
Museum?"); if there is none, the topic is appended in parentheses. docs/conversation.md has the measured quality.
"""

import re
from collections.abc import Sequence

from qa_app.language.nouns import Kind, kind_of, singular
from qa_app.rewriting.antecedents import Spoken, antecedent, context, of_noun, one_of_two, spoken
from qa_app.rewriting.dislocation import undislocated
from qa_app.rewriting.ellipsis import continued
from qa_app.rewriting.mentions import Mention, definite, mentions
from qa_app.rewriting.references import Reference, references
from qa_app.types import Exchange

# A longer question, in characters, stands alone.
_LONGEST = 400
# "the city" is the place that was named; "the country" may be the one that it is in.
_PLACES = frozenset("city town village place region area".split())
# What a follow-up can name in place of what was asked about: "And the roof?"
_OWNED = (Kind.THING, Kind.MANY, Kind.PERSON, Kind.PLACE)
_OTHER = re.compile(r"\bthe\s+other\s+(?P<noun>[a-z]+)", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2} [A-Z]|[A-Z][a-z]+ \d{1,2}(?!\d)")


def rewrite(question: str, earlier: Sequence[Exchange]) -> str:
    """Return the question to search for.

    Args:
        question: as the user typed it.
        earlier: the conversation so far, in order. Exchanges without short answer and titles work less well.

    Returns:
        The question itself, with single spaces, if it stands alone; else a rewritten one that does.
    """
    words = " ".join(question.split())
    talk = spoken(earlier)
    if not words or not talk or len(words) > _LONGEST:
        return words
    words = undislocated(words)
    return " ".join((continued(words, talk) or _resolved(words, talk)).split())


def _resolved(question: str, talk: Sequence[Spoken]) -> str:
    """Return the question with its references replaced; if one has no replacement, append the topic in parentheses."""
    known = frozenset().union(*(said.known for said in talk))
    own = mentions(question, known)
    said_nouns = {
        singular(word.strip(".,?!()").lower()) for said in talk for word in said.exchange.searched_for.split()
    }
    found = references(question, own, said_nouns)
    if not found:
        return question
    rewritten, behind = question, False
    for reference in reversed(found):
        words = _replacement(reference, talk)
        if words is None:
            behind = behind or reference.is_needed
        else:
            rewritten = _replaced(rewritten, reference, words.words)
            behind = behind or not words.named
    if not behind:
        return rewritten
    kinds = {reference.pronoun for reference in found if not reference.noun}
    other = _OTHER.search(question)
    terms = context(
        talk,
        with_nouns=bool(kinds & {"this", ""}),
        with_answer="this" in kinds,
        replaced="" in kinds and any(not mention.named and mention.kind in _OWNED for mention in own),
        is_other_person=other is not None and kind_of(other["noun"]) is Kind.PERSON,
    )
    terms = [term for term in terms if term.lower().removeprefix("the ") not in rewritten.lower()]
    return f"{rewritten} ({', '.join(terms)})" if terms else rewritten


def _replacement(reference: Reference, talk: Sequence[Spoken]) -> Mention | None:
    """Return the name or noun that a reference stands for, or None."""
    if reference.noun in ("former", "latter"):
        words = one_of_two(reference.noun, talk)
        return Mention(words, talk[0].asked_about[0].kind, True) if words and talk[0].asked_about else None
    if reference.noun:
        found = of_noun(reference.noun, talk)
        if found or not (reference.pronoun == "then" or reference.noun in _PLACES):
            return found
    return antecedent(reference.pronoun, talk)


def _replaced(question: str, reference: Reference, words: str) -> str:
    phrase = definite(words)
    if reference.is_possessive:
        phrase += "'s"
    elif reference.preposition:
        phrase = f"{'on' if _DAY.match(phrase) else reference.preposition} {phrase}"
    if reference.start == 0:
        phrase = phrase[0].upper() + phrase[1:]
    return f"{question[: reference.start]}{phrase}{question[reference.end :]}"
