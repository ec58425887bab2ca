"""Turn a sentence into questions with templates: English patterns that can be converted safely. No model.

The patterns are strict, because the user corrects one draft more easily than finds the wrong ones among many.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_app.language.dates import MONTH_PATTERN, MONTHS, YEAR_PATTERN
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.language.names import CAPITAL_PATTERN, NAME_PATTERN
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


# Verbs in the past tense that can safely be replaced by the infinitive after "did": "released release".
_VERBS = """
    accepted accept acquired acquire adopted adopt aired air announced announce appeared appear appointed appoint approved approve
    arrived arrive attacked attack attended attend became become began begin bought buy built build captured capture closed close
    completed complete composed compose conquered conquer created create debuted debut declared declare defeated defeat
    designed design developed develop died die directed direct discovered discover elected elect ended end entered enter
    established establish expanded expand fell fall formed form founded found gained gain gave give graduated graduate
    granted grant held hold installed install introduced introduce invaded invade invented invent issued issue joined join
    launched launch left leave lost lose made make married marry merged merge met meet moved move named name obtained obtain
    occupied occupy opened open ordered order passed pass performed perform premiered premiere produced produce proposed propose
    published publish purchased purchase ratified ratify reached reach received receive rejected reject released release
    reopened reopen replaced replace resigned resign resumed resume retired retire returned return revealed reveal sent send
    settled settle signed sign sold sell started start stopped stop succeeded succeed surrendered surrender toured tour
    took take unveiled unveil visited visit won win wrote write
""".split()
_PAST = dict(zip(_VERBS[::2], _VERBS[1::2], strict=True))
_IRREGULAR = (
    "built born held made written won sold led lost given set begun chosen shot taken brought bought kept shown torn"
)
_PARTICIPLE = (
    rf"(?:(?:first|originally|officially|formally|initially|finally) )?(?:[a-z]+ed|{_IRREGULAR.replace(' ', '|')})"
)

# Nouns for things; with those for persons they decide between "what" and "who".
_THINGS = (
    "agency airport association bank battle bridge building capital cathedral church city club college company country "
    "county desert disease district element family festival film forest game genus government institution island lake "
    "language library magazine mountain movement museum network newspaper organization organisation palace pandemic park party plant port "
    "programme program project protein province region religion river school series species sport state system "
    "technology theatre theory town treaty university village war"
).split()

_DATE = rf"(?:\d{{1,2}} {MONTH_PATTERN} {YEAR_PATTERN}|{MONTH_PATTERN} \d{{1,2}}, {YEAR_PATTERN}|{MONTH_PATTERN},? {YEAR_PATTERN}|{YEAR_PATTERN})"
_WHEN = rf"(?:in|on) (?P<answer>{_DATE})"
_CLAUSE = (
    r"and|or|but|which|who|that|where|when|while|after|before|because|than|as|if|it|they|he|she|we|this|these|him|them"
)
_PLAIN = rf"(?!(?:{_CLAUSE}|his|her|its|their)\b)[a-z]+"
# "The" and small words may precede the name.
_SUBJECT = (
    rf"(?P<subject>(?:(?:The|the) )?(?:(?:{_PLAIN} ){{1,3}}(?:of|for|in|between) (?:the )?)?(?P<name>{NAME_PATTERN}))"
)
# Words between verb and date: no comma, no further clause, no digits.
_REST = rf"(?P<rest>(?: (?!(?:{_CLAUSE})\b)[A-Za-z’'-]+){{0,14}}?)"
# A comma before a capital may be inside a name ("Flint, Michigan").
_COMMA = r"[,;] (?![A-Z])"
_CLAUSE_END = r"(?=\.$|[,;] | (?:and|but|when|after|as|to|with)\b)"
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_NOUNS = (
    r"(?P<nouns>(?!(?:more|other|additional|further|such)\b)(?:[a-z-]+ ){0,2}(?:[a-z]{3,}s|people|children|men|women))"
)
_PLACE = rf"(?P<answer>(?:the )?{NAME_PATTERN}(?:, {NAME_PATTERN})?)"

_OPENER = re.compile(
    r"(?:(?:However|Moreover|Furthermore|Finally|Eventually|Meanwhile|Subsequently|Additionally|In addition|For example), )?"
)

_PASSIVE = re.compile(rf"{_SUBJECT} (?P<aux>was|were) (?P<verb>{_PARTICIPLE}){_REST} {_WHEN}{_CLAUSE_END}")
_PASSIVE_AFTER = re.compile(
    rf"(?:In|On) (?P<answer>{_DATE}),? {_SUBJECT} (?P<aux>was|were) (?P<verb>{_PARTICIPLE}){_REST}(?=\.$|{_COMMA})"
)
_ACTIVE = re.compile(rf"{_SUBJECT} (?P<past>{'|'.join(_PAST)}){_REST} {_WHEN}{_CLAUSE_END}")
_ACTIVE_AFTER = re.compile(
    rf"(?:In|On) (?P<answer>{_DATE}),? {_SUBJECT} (?P<past>{'|'.join(_PAST)}){_REST}(?=\.$|{_COMMA})"
)
_WHERE = re.compile(
    rf"{_SUBJECT} (?P<aux>is|are|was|were) (?P<verb>located|situated|based|headquartered|born|buried|held) (?:in|at) {_PLACE}"
    r"(?=\.$|[,;] | (?:in|on|and)\b)"
)
_BY_WHOM = re.compile(
    rf"{_SUBJECT} (?P<aux>was|were|is|are) (?P<verb>(?:written|designed|directed|invented|discovered|composed|painted|founded"
    rf"|created|produced|led|built|established|owned|developed|defeated)) by (?P<answer>{CAPITAL_PATTERN}(?: {CAPITAL_PATTERN}){{1,3}})"
    r"(?=\.$|[,;] (?!and\b)| in\b)"
)
_HOW_MANY = re.compile(
    rf"{_SUBJECT} (?P<have>has|have|had|contains|contained|includes|included|employs|employed)"
    rf"(?: (?:about|approximately|some|over|around|only|more than|at least))? (?P<answer>{_NUMBER}) {_NOUNS}"
    r"(?=\.$|[,;] (?!and\b))"
)
_THERE_ARE = re.compile(
    rf"There (?P<aux>are|were)(?: (?:about|approximately|some|over|around|only|more than|at least))? (?P<answer>{_NUMBER}) "
    rf"{_NOUNS} (?P<where>(?:in|at|on) (?:the )?(?P<name>{NAME_PATTERN}))(?=\.$|[,;] )"
)
_IS_A = re.compile(
    rf"(?P<subject>(?:The )?(?P<name>{NAME_PATTERN})) (?P<aux>is|was) (?P<answer>(?:an?|one of the) (?:[\w’'-]+ ){{0,5}}?"
    rf"(?P<head>{'|'.join((*PERSONS, *_THINGS))})(?: (?:of|in|for|from) (?:the )?{NAME_PATTERN})?)"
    r"(?=\.$|,? (?:that|which|who|whose|by|with|on|to|known|held|run|made|[a-z]+ed)\b|[,;] )"
)
_IS_THE = re.compile(
    rf"(?P<answer>(?:The )?{NAME_PATTERN}) (?P<aux>is|was) (?P<what>the (?:[\w’'-]+ ){{0,4}}?"
    rf"(?P<head>{'|'.join((*PERSONS, *_THINGS))}) (?:of|in|at) (?:the )?(?P<name>{NAME_PATTERN}))(?=\.$|,? (?:and|who|which)\b|[,;] )"
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
    begin = _OPENER.match(sentence).end()  # type: ignore[union-attr]
    for pattern, words in _TEMPLATES:
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


def _subject(match: "re.Match[str]") -> str:
    """Return the subject as written inside a sentence, without the initial capital of "The"."""
    subject: str = match["subject"]
    return re.sub(r"^(?:The |[A-Z][a-z]+(?:ment|tion|sion|ing|ance) of\b)", lambda m: m[0].lower(), subject)


def _is_vague(match: "re.Match[str]") -> bool:
    """Return whether the object is named only after the comma: "launched a campaign, Yellow, …"."""
    return match.string[match.end()] != "." and bool(re.search(r"\ban? [\w’'-]+( [\w’'-]+){0,2}$", match["rest"]))


def _when_passive(match: "re.Match[str]") -> str:
    if _is_vague(match):
        return ""
    return f"When {match['aux']} {_subject(match)} {match['verb']}{match['rest']}?"


def _when_active(match: "re.Match[str]") -> str:
    if _is_vague(match):
        return ""
    return f"When did {_subject(match)} {_PAST[match['past']]}{match['rest']}?"


def _where(match: "re.Match[str]") -> str:
    return f"Where {match['aux']} {_subject(match)} {match['verb']}?"


def _by_whom(match: "re.Match[str]") -> str:
    return f"By whom {match['aux']} {_subject(match)} {match['verb']}?"


def _how_many(match: "re.Match[str]") -> str:
    do, verb = _HAVE[match["have"]]
    return f"How many {match['nouns']} {do} {_subject(match)} {verb}?"


def _there_are(match: "re.Match[str]") -> str:
    return f"How many {match['nouns']} {match['aux']} there {match['where']}?"


def _asked_kind(match: "re.Match[str]") -> str:
    return "Who" if match["head"] in PERSONS else "What"


def _is_a(match: "re.Match[str]") -> str:
    return f"{_asked_kind(match)} {match['aux']} {_subject(match)}?"


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
    (_BY_WHOM, _by_whom),
    (_HOW_MANY, _how_many),
    (_THERE_ARE, _there_are),
    (_IS_THE, _is_the),
    (_IS_A, _is_a),
)
