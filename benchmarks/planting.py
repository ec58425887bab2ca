"""Make correct and wrong sentences from SQuAD, such as a writer might write, to test the check of a writer.

No language model is involved, so it is known which sentences are wrong.
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
# A question's form and the statement it becomes; {a} is the answer.
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
    """A sentence and the passage it cites."""

    made: str
    """How the sentence was made: "verbatim", "clause dropped" or "question and answer"."""
    planted: str | None
    """The kind of error planted in it; None for a correct sentence."""
    text: str
    cited: int
    """The passage's number, from 1."""


@dataclass(frozen=True)
class Ground:
    """What the sentences for one question are made from."""

    question: str
    answer: str
    sentence: str
    """The article's sentence that contains the answer."""
    passage: str
    """The passage that contains the sentence."""
    cited: int
    """Its number, from 1."""
    other_answers: tuple[str, ...]
    """Answers to other questions about the same paragraph."""
    elsewhere: str
    """Text of another article."""
    other_article: int | None
    """Number of a passage from another article; None if all passages are from the same article."""


def right(ground: Ground) -> Iterator[Example]:
    """Yield the correct sentences that can be made: one to three."""
    yield Example("verbatim", None, ground.sentence, ground.cited)
    if shorter := clause_dropped(ground.sentence, ground.answer):
        yield Example("clause dropped", None, shorter, ground.cited)
    if stated := statement(ground.question, ground.answer):
        yield Example("question and answer", None, stated, ground.cited)


def planted(example: Example, ground: Ground, dice: random.Random) -> Iterator[Example]:
    """Yield wrong sentences made from a correct one, one for each kind of error that it allows."""

    def wrong(kind: str, text: str | None, cited: int | None = None) -> Iterator[Example]:
        if text is not None:
            yield replace(example, planted=kind, text=text, cited=cited or example.cited)

    yield from wrong("name from the same passage", name_swapped(example.text, ground.passage, dice))
    yield from wrong("name from another article", name_swapped(example.text, ground.elsewhere, dice, ground.passage))
    yield from wrong("number from the same passage", number_swapped(example.text, ground.passage, dice))
    yield from wrong(
        "number from another article", number_swapped(example.text, ground.elsewhere, dice, ground.passage)
    )
    yield from wrong("another answer from the paragraph", answer_swapped(example.text, ground, dice))
    yield from wrong("negation", denial(example.text))
    if ground.other_article is not None:
        yield from wrong("citation of another article", example.text, ground.other_article)


def statement(question: str, answer: str) -> str | None:
    """Return a question and its answer as a statement; None if no form matches the question."""
    asked = question.strip().rstrip("?. ")
    for form, said in _FORMS:
        if match := form.match(asked):
            text = said.format(a=answer.strip(" .,"), **match.groupdict())
            return text[0].upper() + text[1:]
    return None


def clause_dropped(sentence: str, answer: str) -> str | None:
    """Return a sentence without one clause, keeping the one with the answer; None if no clause can be dropped."""
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
    """Return the text with one name replaced by a name from `source` that is in neither the text nor `but_not`."""
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
    """Return the text with one number replaced by a number from `source` that is in neither the text nor `but_not`."""
    own = [number for number in numbers(text) if number.text[0].isdigit()]
    taken = {reading for number in numbers(f"{text} {but_not}") for reading in number.readings}
    others = [n.text for n in numbers(source) if n.text[0].isdigit() and not n.readings & taken]
    if not own or not others:
        return None
    old = dice.choice(own)
    return text[: old.start] + dice.choice(sorted(set(others))) + text[old.end :]


def answer_swapped(text: str, ground: Ground, dice: random.Random) -> str | None:
    """Return the text with its answer replaced by the answer to another question about the same paragraph."""
    others = [
        other
        for other in ground.other_answers
        if other not in text and _kind(other) == _kind(ground.answer) and not _share_words(other, ground.answer)
    ]
    if ground.answer not in text or not others:
        return None
    return text.replace(ground.answer, dice.choice(sorted(set(others))), 1)


def denial(text: str) -> str | None:
    """Return the text with "not" after its first auxiliary verb; None if it has no such verb or is already negated."""
    match = _AUXILIARY.search(text)
    return None if match is None or " not " in text else f"{text[: match.end()]} not{text[match.end() :]}"


def _kind(answer: str) -> str:
    """Return an answer's kind; answers are only swapped with others of the same kind."""
    return "number" if re.search(r"\d", answer) else "name" if answer[:1].isupper() else "words"


def _share_words(one: str, other: str) -> bool:
    return bool({plain_word(w) for w in one.split()} & {plain_word(w) for w in other.split()})


def kinds_of(examples: Sequence[Example]) -> list[tuple[str, str | None]]:
    """Return the kinds that occur, correct ones first."""
    found = dict.fromkeys((example.made, example.planted) for example in examples)
    return sorted(found, key=lambda kind: (kind[1] is not None, kind[1] or "", kind[0]))
