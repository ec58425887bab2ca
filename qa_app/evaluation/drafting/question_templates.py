"""Turn a sentence into questions with templates: English patterns that can be converted safely. No model.

The patterns are strict, because the user corrects one draft more easily than finds the wrong ones among many.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_app.evaluation.drafting.further_templates import FURTHER
from qa_app.evaluation.drafting.sentence_patterns import (
    CLAUSE_END,
    COMMA,
    DATE,
    NOUNS,
    NUMBER,
    PARTICIPLE,
    PAST,
    PLACE,
    REST,
    SUBJECT,
    THINGS,
    WHEN,
    subject_of,
)
from qa_app.language.dates import MONTHS
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.language.names import NAME_PATTERN
from qa_app.language.nouns import PERSONS


@dataclass(frozen=True)
class Templated:
    """A question whose answer is in the sentence."""

    question: str
    start: int
    end: int
    """The answer: characters of the sentence, [start, end)."""
    name: str | None
    """A proper name in the question that can be replaced by another, or None."""


_OPENER = re.compile(
    r"(?:(?:However|Moreover|Furthermore|Finally|Eventually|Meanwhile|Subsequently|Additionally|In addition|For example), )?"
)
# Where a clause with a subject of its own begins. After "and" it may be the last of a list.
_CLAUSE_BEGIN = re.compile(
    r"^(?:In|On|At|By|After|During|Since|For|From|As|Under|According to) [^,;:]{2,60}, |; |, (?:but|while|whereas) "
)

_PASSIVE = re.compile(rf"{SUBJECT} (?P<aux>was|were) (?P<verb>{PARTICIPLE}){REST} {WHEN}{CLAUSE_END}")
_PASSIVE_AFTER = re.compile(
    rf"(?:In|On) (?P<answer>{DATE}),? {SUBJECT} (?P<aux>was|were) (?P<verb>{PARTICIPLE}){REST}(?=\.$|{COMMA})"
)
_ACTIVE = re.compile(rf"{SUBJECT} (?P<past>{'|'.join(PAST)}){REST} {WHEN}{CLAUSE_END}")
_ACTIVE_AFTER = re.compile(rf"(?:In|On) (?P<answer>{DATE}),? {SUBJECT} (?P<past>{'|'.join(PAST)}){REST}(?=\.$|{COMMA})")
_WHERE = re.compile(
    rf"{SUBJECT} (?P<aux>is|are|was|were) (?P<verb>located|situated|based|headquartered|born|buried|held) (?:in|at) {PLACE}"
    r"(?=\.$|[,;] | (?:in|on|and)\b)"
)
_HOW_MANY = re.compile(
    rf"{SUBJECT} (?P<have>has|have|had|contains|contained|includes|included|employs|employed)"
    rf"(?: (?:about|approximately|some|over|around|only|more than|at least))? (?P<answer>{NUMBER}) {NOUNS}"
    r"(?=\.$|[,;] (?!and\b))"
)
_THERE_ARE = re.compile(
    rf"There (?P<aux>are|were)(?: (?:about|approximately|some|over|around|only|more than|at least))? (?P<answer>{NUMBER}) "
    rf"{NOUNS} (?P<where>(?:in|at|on) (?:the )?(?P<name>{NAME_PATTERN}))(?=\.$|[,;] )"
)
_IS_A = re.compile(
    rf"(?P<subject>(?:The )?(?P<name>{NAME_PATTERN})) (?P<aux>is|was) (?P<answer>(?:an?|one of the) (?:[\w’'-]+ ){{0,5}}?"
    rf"(?P<head>{'|'.join((*PERSONS, *THINGS))})(?: (?:of|in|for|from) (?:the )?{NAME_PATTERN})?)"
    r"(?=\.$|,? (?:that|which|who|whose|by|with|on|to|known|held|run|made|[a-z]+ed)\b|[,;] )"
)
_IS_THE = re.compile(
    rf"(?P<answer>(?:The )?{NAME_PATTERN}) (?P<aux>is|was) (?P<what>the (?:[\w’'-]+ ){{0,4}}?"
    rf"(?P<head>{'|'.join((*PERSONS, *THINGS))}) (?:of|in|at) (?:the )?(?P<name>{NAME_PATTERN}))(?=\.$|,? (?:and|who|which)\b|[,;] )"
)
_HAVE = {
    "has": ("does", "have"), "have": ("do", "have"), "had": ("did", "have"), "contains": ("does", "contain"),
    "contained": ("did", "contain"), "includes": ("does", "include"), "included": ("did", "include"),
    "employs": ("does", "employ"), "employed": ("did", "employ"),
}  # fmt: skip

# Words that are capitalised at the start of a sentence but are not names.
_NO_NAMES = (
    frozenset(word.capitalize() for word in FUNCTION_WORDS)
    | frozenset(MONTHS)
    | frozenset("One Two Three Early Late Following Construction".split())
)


def templated(sentence: str) -> Iterator[Templated]:
    """Yield the questions that the templates make from an English sentence, best kind first."""
    if not sentence.endswith("."):
        return
    begins = dict.fromkeys([_OPENER.match(sentence).end(), *(m.end() for m in _CLAUSE_BEGIN.finditer(sentence))])  # type: ignore[union-attr]
    for pattern, words in _TEMPLATES:
        for begin in begins:
            match = pattern.match(sentence, begin)
            if match and _names_something(match) and (question := words(match)):
                yield Templated(question, *match.span("answer"), _exchangeable(match, question))


def _names_something(match: "re.Match[str]") -> bool:
    """Return whether the question will name what it asks about: "the University" may be any."""
    name = match["name"]
    words = name.split()
    if words[0] in _NO_NAMES:
        return False
    alone = match.string[match.start("name") - 4 : match.start("name")].lower() == "the " or False
    subject = match.groupdict().get("subject") or ""
    return len(words) > 1 or not (alone and subject.lower().startswith("the "))


def _exchangeable(match: "re.Match[str]", question: str) -> str | None:
    name: str = match["name"]
    single = question.count(name) == 1 and " and " not in name and f"the {name}" not in question
    return name if single else None


def _is_vague(match: "re.Match[str]") -> bool:
    """Return whether the object is named only after the comma: "launched a campaign, Yellow, …"."""
    return match.string[match.end()] != "." and bool(re.search(r"\ban? [\w’'-]+( [\w’'-]+){0,2}$", match["rest"]))


def _when_passive(match: "re.Match[str]") -> str:
    if _is_vague(match):
        return ""
    return f"When {match['aux']} {subject_of(match)} {match['verb']}{match['rest']}?"


def _when_active(match: "re.Match[str]") -> str:
    if _is_vague(match):
        return ""
    return f"When did {subject_of(match)} {PAST[match['past']]}{match['rest']}?"


def _where(match: "re.Match[str]") -> str:
    return f"Where {match['aux']} {subject_of(match)} {match['verb']}?"


def _how_many(match: "re.Match[str]") -> str:
    do, verb = _HAVE[match["have"]]
    return f"How many {match['nouns']} {do} {subject_of(match)} {verb}?"


def _there_are(match: "re.Match[str]") -> str:
    return f"How many {match['nouns']} {match['aux']} there {match['where']}?"


def _asked_kind(match: "re.Match[str]") -> str:
    return "Who" if match["head"] in PERSONS else "What"


def _is_a(match: "re.Match[str]") -> str:
    return f"{_asked_kind(match)} {match['aux']} {subject_of(match)}?"


def _is_the(match: "re.Match[str]") -> str:
    return (
        f"{_asked_kind(match)} {match['aux']} {match['what']}?" if match["answer"].split()[0] not in _NO_NAMES else ""
    )


_TEMPLATES = (
    (_PASSIVE, _when_passive),
    (_PASSIVE_AFTER, _when_passive),
    (_ACTIVE, _when_active),
    (_ACTIVE_AFTER, _when_active),
    (_WHERE, _where),
    (_HOW_MANY, _how_many),
    (_THERE_ARE, _there_are),
    (_IS_THE, _is_the),
    (_IS_A, _is_a),
    *FURTHER,
)
