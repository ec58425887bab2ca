"""Find the antecedent of a pronoun among the names and nouns of the last exchanges."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from qa_app.language.names import PLAIN_NAME_PATTERN, without_article
from qa_app.language.nouns import Kind, is_known, kind_of, singular
from qa_app.rewriting.asked import Asked, asked, kind_asked
from qa_app.rewriting.mentions import Mention, answered, definite, mentions, names
from qa_app.selection import ABSTENTION, DOUBT
from qa_app.types import Exchange

REACH = 3
"""Number of latest exchanges that are searched for an antecedent."""
# Agents: a question "Which company built the tower?" is about the tower.
_AGENTS = frozenset(
    "company firm country organisation organization group state nation team institution government agency".split()
)
# A longer title, in words, does not fit into a question.
_TITLE_MOST = 5
_TWO_NAMES = re.compile(rf"(?:.*\s)?(?P<former>{PLAIN_NAME_PATTERN}) and (?P<latter>{PLAIN_NAME_PATTERN})\b.*")
_MARKER = re.compile(r"\s*\[\d+\]")
_FEMALE = re.compile(
    r"\b(?:wife|mother|daughter|sister|queen|empress|princess|woman|girl|actress|lady|aunt|widow|she|her|marry|married)\b",
    re.I,
)
_MALE = re.compile(
    r"\b(?:husband|father|son|brother|king|emperor|prince|man|boy|actor|uncle|widower|he|his)\b", re.IGNORECASE
)
_PRONOUN_CLASSES = {
    "he": r"he|him",
    "she": r"she|her",
    "it": r"it",
    "they": r"they|them",
    "there": "there",
    "then": "then",
}

_FITTING: dict[str, tuple[tuple[Kind, ...], ...]] = {
    "he": ((Kind.PERSON,), (Kind.UNKNOWN,)),
    "she": ((Kind.PERSON,), (Kind.UNKNOWN,)),
    "it": ((Kind.THING, Kind.PLACE, Kind.UNKNOWN),),
    "they": ((Kind.MANY,), (Kind.THING, Kind.UNKNOWN, Kind.PERSON, Kind.PLACE)),
    "there": ((Kind.PLACE,), (Kind.UNKNOWN,), (Kind.THING,)),
    "then": ((Kind.TIME,),),
    "this": (),
    "": (),
}
"""Kinds that a pronoun can refer to; those of a later tuple only if nothing fits an earlier one."""


@dataclass(frozen=True)
class Spoken:
    """An exchange with the names and nouns that it mentions."""

    exchange: Exchange

    @cached_property
    def text(self) -> str:
        """The answer's first quote without its citation marker; empty for an abstention."""
        if self.exchange.answer.startswith(ABSTENTION):
            return ""
        shown = self.exchange.answer.removeprefix(DOUBT).strip()
        return _MARKER.sub("", shown.split("\n\n")[0]).strip()

    @cached_property
    def titles(self) -> tuple[Mention, ...]:
        """Titles of the cited articles that are short enough to be used as a name."""
        short = [title for title in self.exchange.titles if 0 < len(title.split()) <= _TITLE_MOST]
        return tuple(Mention(title, Kind.UNKNOWN if title.istitle() else Kind.THING, True) for title in short)

    @cached_property
    def known(self) -> frozenset[str]:
        """Names as written, so that they are found in lower case too."""
        said = [*names(self.exchange.question), *names(self.exchange.searched_for), *names(self.text)]
        said += [name for title in self.exchange.titles for name in names(title)]
        whole = [title for title in self.exchange.titles if title.istitle()]
        found = [*whole, *(without_article(mention.words) for mention in said)]
        return frozenset((*found, *(name.rpartition(" of ")[2] for name in found)))

    @cached_property
    def asked_about(self) -> list[Mention]:
        """The question's names and noun phrases: its topic first, those after a preposition last."""
        found = mentions(self.exchange.searched_for, self.known)
        parts = asked(self.exchange.searched_for)
        if parts and parts.noun and (self.answer or self._is_about_object(parts)):  # the answer is that "which company"
            found = [m for m in found if without_article(m.words) != parts.noun]
        return sorted(found, key=lambda m: (bool(m.preposition), m.is_owner))  # Luther's wife before Luther

    @cached_property
    def answer(self) -> Mention | None:
        """The answer to the question, as a mention; None if it has none that can be referred to."""
        question = self.exchange.searched_for
        parts = asked(question)
        if not self.text or (parts and self._is_about_name(parts)):
            return None
        if self.exchange.short_answer:
            return answered(question, self.exchange.short_answer)
        kind = kind_asked(parts) if parts else Kind.UNKNOWN
        if kind not in (Kind.PERSON, Kind.PLACE, Kind.TIME):
            return None
        asked_words = set(re.findall(r"\w+", question.lower()))
        new = [
            m
            for m in mentions(self.text, self.known)
            if not asked_words & set(without_article(m.words).lower().split())
        ]
        fitting = [m for m in new if m.kind is kind] or [
            m for m in new if m.named and m.kind is Kind.UNKNOWN and kind is not Kind.TIME
        ]
        return Mention(fitting[0].words, kind, fitting[0].named) if fitting else None

    @property
    def names_answer(self) -> bool:
        """Return whether the question asked which one, so that the answer is the topic from then on."""
        parts = asked(self.exchange.searched_for)
        if parts is None or self._is_about_object(parts):
            return False
        return bool(parts.head) or (self.answer is not None and self.answer.named and not parts.is_adverbial)

    @staticmethod
    def _is_about_name(parts: Asked) -> bool:
        """Return whether the question asks who a name is, so that its answer tells of the same person: "Who is Ann Lee?"."""
        if not parts.has_be or parts.noun or parts.rest.lower().startswith("the "):
            return False
        return any(mention.words == parts.rest for mention in names(f"of {parts.rest}")) and "'" not in parts.rest

    @staticmethod
    def _is_about_object(parts: Asked) -> bool:
        """Return whether the question is about its object, as "Which company built the tower?" is about the tower."""
        return parts.wants_subject and (not parts.head or parts.head in _AGENTS)

    def likeliest_first(self, pronoun: str) -> list[Mention]:
        """Return what a pronoun after this exchange can refer to, likeliest first; `merely_named` has further names."""
        answer = [self.answer] if self.answer else []
        again = re.search(rf"\b(?:{_PRONOUN_CLASSES.get(pronoun, '(?!)')})\b", self.exchange.question, re.IGNORECASE)
        question = self.exchange.searched_for
        other_sex = {"he": _FEMALE, "she": _MALE}.get(pronoun)
        if other_sex and other_sex.search(_description(question)) and len(self.asked_about) > 0:
            answer = []
        about = self.asked_about
        if pronoun == "they" and answer and answer[0].kind is Kind.PERSON:
            other = next((m for m in about if m.named and m.kind in (Kind.PERSON, Kind.UNKNOWN)), None)
            couple = f"{other.words} and {answer[0].words}" if other else ""
            answer = [Mention(couple, Kind.MANY, True)] if couple else answer
        if other_sex:
            about = [m for m in about if not other_sex.search(m.words.split()[-1])]
        if pronoun == "there":
            about = [m for m in about if m.kind is Kind.PLACE and m.named][::-1] + about
        first = pronoun in ("he", "she", "they", "there", "then") or self.names_answer
        return [*answer, *about] if first and not again else [*about, *answer]

    def merely_named(self) -> list[Mention]:
        """Return the names in the answer's first quote, then the titles."""
        return [*names(self.text, self.known), *self.titles]


def spoken(earlier: Sequence[Exchange]) -> list[Spoken]:
    """Return the last `REACH` exchanges, latest first."""
    return [Spoken(exchange) for exchange in earlier[: -REACH - 1 : -1]]


def antecedent(pronoun: str, talk: Sequence[Spoken]) -> Mention | None:
    """Return the antecedent of a pronoun, or None if nothing fits."""
    for kinds in _FITTING[pronoun]:
        for said in talk:
            named_only = pronoun == "there" and kinds[0] is not Kind.PLACE
            found = _first([m for m in said.likeliest_first(pronoun) if m.named or not named_only], kinds)
            if found:
                return found
    for kinds in _FITTING[pronoun]:
        found = _first((m for said in talk for m in said.merely_named()), kinds)
        if found:
            return found
    return None


def of_noun(noun: str, talk: Sequence[Spoken]) -> Mention | None:
    """Return the phrase that a noun refers to because it contains it: "the centre" gives "Children's Art Centre"."""
    for said in talk:
        answer = [said.answer] if said.answer else []
        for mention in (*answer, *said.asked_about, *said.merely_named()):
            words = [singular(word) for word in mention.words.lower().split()]
            if (
                singular(noun) in (words if mention.named else _head(words))
                and len(without_article(mention.words).split()) > 1
            ):
                return mention
    return None


def _head(words: Sequence[str]) -> Sequence[str]:
    """Return the head noun of a phrase: the last word, or the last before "of"."""
    return words[: words.index("of")][-1:] if "of" in words else words[-1:]


def one_of_two(which: str, talk: Sequence[Spoken]) -> str | None:
    """Return the first or second of the two names mentioned last: "the former", "the latter"."""
    for said in talk[:1]:
        for words in (said.exchange.short_answer or "", said.exchange.searched_for):
            two = _TWO_NAMES.fullmatch(words)
            if two:
                return two[which]
    return None


def context(
    talk: Sequence[Spoken], with_nouns: bool, with_answer: bool, replaced: bool = False, is_other_person: bool = False
) -> list[str]:
    """Return the topic of the conversation, to append to a question: names, or else a title and nouns.

    Args:
        talk: the last exchanges, latest first.
        with_nouns: add nouns to names.
        with_answer: add the short answer, even if it is a number.
        replaced: the question has a noun of its own in place of the one asked about: after "How high is the church's tower?",
            "What about the bells?" is about the church.
        is_other_person: the question is about "the other sister", who is none of those named.
    """
    for said in talk:
        about = owners(said.asked_about) if replaced else said.asked_about
        named = [] if is_other_person else [m for m in about if m.named]
        parts = asked(said.exchange.searched_for)
        head = parts.head if parts and said.answer else ""  # "the capital", once it is known to be Warsaw
        other = [m for m in about if m.kind in _PHRASED and _tells(m) and m.words.split()[-1] != head]
        persons = [m for m in about if not m.named and m.kind is Kind.PERSON]
        answer = (
            [said.answer]
            if said.answer and (said.answer.named or said.names_answer) and said.answer.kind is not Kind.TIME
            else []
        )
        if (answer and answer[0].kind in (Kind.TIME, Kind.MEASURE)) or (replaced and parts and parts.is_adverbial):
            answer = []
        answer = [] if is_other_person else answer
        found = [*(named or [*said.titles[:1], *other[:_NOUNS]]), *answer]
        if with_nouns:
            found += [m for m in (*other, *persons)[:_NOUNS] if m not in found]
        terms = [definite(m.words) for m in found]
        if with_answer and said.exchange.short_answer and said.text and not answer:
            terms.append(said.exchange.short_answer)
        if terms:
            return [t for i, t in enumerate(terms) if not _is_said(t, terms[:i])][:_TERMS]
    return []


def owners(found: Sequence[Mention]) -> list[Mention]:
    """Return the mentions with the owner in place of what is owned: the church for "the church's tower" and "the tower of the church"."""
    kept = []
    for mention in found:
        owner, _, owned = mention.words.partition("'s ")
        if owned:
            kept.append(replace(mention, words=owner, kind=kind_of(owner.split()[-1])))
        elif not any(m.preposition == "of" and 0 < m.start - mention.end <= _OF for m in found):
            kept.append(mention)
    return kept


_OF = len(" of the ")
_PHRASED = (Kind.THING, Kind.MANY, Kind.PLACE)
_NOUNS = 2
_TERMS = 4


def _first(found: "Iterator[Mention] | Sequence[Mention]", kinds: Sequence[Kind]) -> Mention | None:
    return next((m for m in found if m.kind in kinds and (m.named or m.kind is not Kind.UNKNOWN)), None)


def _tells(mention: Mention) -> bool:
    """Return whether a phrase without a name is informative by itself."""
    words = mention.words.lower().split()
    whole = is_known(words[-1]) or words[0] in ("the", "a", "an")
    return whole and not mention.named and not words[0].endswith("ing")


def _is_said(term: str, terms: Sequence[str]) -> bool:
    return any(without_article(term).lower() in other.lower() for other in terms)


def _description(question: str) -> str:
    """Return a question that describes whom it asks for ("who", "which"); else an empty string."""
    return question if re.match(r"\W*(?:and\s+)?(?:who|whom|which|what)", question, re.IGNORECASE) else ""
