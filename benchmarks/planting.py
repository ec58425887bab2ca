"""Sentences as a writer might write them over SQuAD: right ones made in three ways, and wrong ones planted in them.

No language model is asked, so that what is right and what is wrong is known.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa_app.grounding.numbers import numbers
from qa_app.grounding.words import plain_word

_NAME = re.compile(r"(?<![.!?:“\"] )(?<!^)\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
_AUXILIARY = re.compile(r"\b(is|are|was|were|has|had|have|did|does|can|could|will|would|should|may)\b")
_VERB = r"(?:\w+ed|won|led|wrote|made|gave|began|became|took|held|has|had|is|was|are|were)"
_SUBJECT = r"(?P<subject>(?:the )?(?:[A-Z][\w'’.-]*|of|and)(?: (?:[A-Z][\w'’.-]*|of|and|the))*)"
# A question's form, and what is said instead; {a} is the answer.
_FORMS = (
    (re.compile(rf"^(?:Who|What) (?P<rest>(?!is|was|are|were|did|do|does|can|has|had){_VERB} .+)$"), "{a} {rest}."),
    (re.compile(rf"^(?:What|Which) (?:\w+ ){{1,3}}?(?P<rest>(?!is|was|are|were|has|had){_VERB} .+)$"), "{a} {rest}."),
    (re.compile(r"^(?:Who|What) (?P<verb>is|was|are|were) (?P<rest>(?:the|[A-Z]\w+['’]s) (?!\w+ed\b)(?!.*\b(?:for|between|in|of|to|from|with|by|on|at)$).+)$"), "{rest} {verb} {a}."),
    (re.compile(rf"^(?:When|In (?:what|which) year) did {_SUBJECT} (?P<rest>[a-z]+\b.*)$"), "{subject} did {rest} in {a}."),
    (re.compile(rf"^(?:When|In (?:what|which) year) (?P<verb>was|were) {_SUBJECT} (?P<rest>[a-z]+ed\b.*)$"), "{subject} {verb} {rest} in {a}."),
    (re.compile(rf"^(?:Who|What) did {_SUBJECT} (?P<rest>[a-z]+)$"), "{subject} did {rest} {a}."),
    (re.compile(r"^How many (?P<rest>[a-z]+ (?!did|do|does|are there|were there|was|is|has|had|have)[a-z]+ .+)$"), "{a} {rest}."),
    (re.compile(rf"^Where (?P<verb>was|is|were|are) {_SUBJECT} (?P<rest>[a-z]+ed\b.*)$"), "{subject} {verb} {rest} in {a}."),
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A sentence with the passage it cites."""

    made: str
    """How the sentence was made: "verbatim", "clause dropped" or "question and answer"."""
    planted: str | None
    """What was made wrong; None for a right one."""
    text: str
    cited: int
    """The passage's number, from 1."""


@dataclass(frozen=True)
class Ground:
    """What sentences are made from."""

    question: str
    answer: str
    sentence: str
    """The article's sentence that holds the answer."""
    passage: str
    """The passage that holds the sentence."""
    cited: int
    """Its number, from 1."""
    other_answers: tuple[str, ...]
    """Of other questions about the same paragraph."""
    elsewhere: str
    """Words of another article."""
    other_article: int | None
    """Number of a passage of another article; None when there is none among the passages."""


def right(ground: Ground) -> Iterator[Example]:
    """Yield the right sentences that can be made."""
    yield Example("verbatim", None, ground.sentence, ground.cited)
    if shorter := clause_dropped(ground.sentence, ground.answer):
        yield Example("clause dropped", None, shorter, ground.cited)
    if stated := statement(ground.question, ground.answer):
        yield Example("question and answer", None, stated, ground.cited)


def planted(example: Example, ground: Ground, dice: random.Random) -> Iterator[Example]:
    """Yield wrong sentences made from a right one, one of each kind that it allows."""

    def wrong(kind: str, text: str | None, cited: int | None = None) -> Iterator[Example]:
        if text is not None:
            yield replace(example, planted=kind, text=text, cited=cited or example.cited)

    yield from wrong("a name of the same passage", name_swapped(example.text, ground.passage, dice))
    yield from wrong("a name from elsewhere", name_swapped(example.text, ground.elsewhere, dice, ground.passage))
    yield from wrong("a number of the same passage", number_swapped(example.text, ground.passage, dice))
    yield from wrong("a number from elsewhere", number_swapped(example.text, ground.elsewhere, dice, ground.passage))
    yield from wrong("another answer of the paragraph", answer_swapped(example.text, ground, dice))
    yield from wrong("a denial", denial(example.text))
    if ground.other_article is not None:
        yield from wrong("another article's number", example.text, ground.other_article)


def statement(question: str, answer: str) -> str | None:
    """Return a question with its answer as a statement; None where its form is not one that can be turned."""
    asked = question.strip().rstrip("?. ")
    for form, said in _FORMS:
        if match := form.match(asked):
            text = said.format(a=answer.strip(" .,"), **match.groupdict())
            return text[0].upper() + text[1:]
    return None


def clause_dropped(sentence: str, answer: str) -> str | None:
    """Return a sentence without one of its clauses, not the one with the answer; None when there is none to drop."""
    bracketed = re.search(r" \([^()]*\)", sentence)
    if bracketed and answer not in bracketed[0]:
        return sentence[: bracketed.start()] + sentence[bracketed.end() :]
    parts = sentence.rstrip(".").split(", ")
    if len(parts) < 2:
        return None
    for dropped in (len(parts) - 1, 0, *range(1, len(parts) - 1)):
        kept = ", ".join(part for i, part in enumerate(parts) if i != dropped)
        if answer in kept and len(kept) > len(sentence) // 3:
            return kept[0].upper() + kept[1:] + "."
    return None


def name_swapped(text: str, source: str, dice: random.Random, but_not: str = "") -> str | None:
    """Return the text with one name exchanged for one of `source` that is neither in it nor in `but_not`."""
    own = list(_NAME.finditer(text))
    taken = {plain_word(part) for part in re.findall(r"[\w'’-]+", f"{text} {but_not}")}
    others = [
        match[0]
        for match in _NAME.finditer(source)
        if not any(plain_word(part) in taken for part in re.findall(r"[\w'’-]+", match[0])) and not numbers(match[0])
    ]
    if not own or not others:
        return None
    old, new = dice.choice(own), dice.choice(sorted(set(others)))
    return text[: old.start()] + new + text[old.end() :]


def number_swapped(text: str, source: str, dice: random.Random, but_not: str = "") -> str | None:
    """Return the text with one number exchanged for one of `source` that is neither in it nor in `but_not`."""
    own = [number for number in numbers(text) if number.text[0].isdigit()]
    taken = {reading for number in numbers(f"{text} {but_not}") for reading in number.readings}
    others = [n.text for n in numbers(source) if n.text[0].isdigit() and not n.readings & taken]
    if not own or not others:
        return None
    old = dice.choice(own)
    return text[: old.start] + dice.choice(sorted(set(others))) + text[old.end :]


def answer_swapped(text: str, ground: Ground, dice: random.Random) -> str | None:
    """Return the text with the answer exchanged for that of another question about the same paragraph."""
    others = [
        other
        for other in ground.other_answers
        if other not in text and _kind(other) == _kind(ground.answer) and not _share_words(other, ground.answer)
    ]
    if ground.answer not in text or not others:
        return None
    return text.replace(ground.answer, dice.choice(sorted(set(others))), 1)


def denial(text: str) -> str | None:
    """Return the text with "not" behind its first auxiliary verb."""
    match = _AUXILIARY.search(text)
    return None if match is None or " not " in text else f"{text[: match.end()]} not{text[match.end() :]}"


def _kind(answer: str) -> str:
    """Return what stands for the other: a name for a name, a number for a number, words for words."""
    return "number" if re.search(r"\d", answer) else "name" if answer[:1].isupper() else "words"


def _share_words(one: str, other: str) -> bool:
    return bool({plain_word(w) for w in one.split()} & {plain_word(w) for w in other.split()})


def kinds_of(examples: Sequence[Example]) -> list[tuple[str, str | None]]:
    """Return the kinds that there are, right ones first."""
    found = dict.fromkeys((example.made, example.planted) for example in examples)
    return sorted(found, key=lambda kind: (kind[1] is not None, kind[1] or "", kind[0]))
