"""Question templates for reasons, roles, measures, events and who did something; used where no template for a date or place fits."""

import re
from collections.abc import Callable

from qa_app.evaluation.drafting.sentence_patterns import (
    ABOUT,
    CLAUSE_END,
    DATE,
    NO_CLAUSE,
    NOUNS,
    NUMBER,
    PARTICIPLE,
    PAST,
    REST,
    SUBJECT,
    THINGS,
    lowered,
    subject_of,
)
from qa_app.language.dates import YEAR_PATTERN
from qa_app.language.names import CAPITAL_PATTERN, NAME_PATTERN, kind_of_name
from qa_app.language.nouns import PERSONS, Kind

Template = tuple["re.Pattern[str]", Callable[["re.Match[str]"], str]]

_ANYWHERE = r"(?:.*?[ “])?"
_ANY_NAME = rf"(?P<name>{NAME_PATTERN})"
_PERSON = rf"(?P<answer>{CAPITAL_PATTERN}(?: {CAPITAL_PATTERN}){{1,3}})"
_ROLES = "|".join(PERSONS)
# What a verb is followed by, up to the end of the clause.
_OBJECT = rf"(?P<rest>{NO_CLAUSE}[\w’'“”-]+(?: {NO_CLAUSE}[\w’'“”-]+){{1,11}}?)(?=\.$|[,;] )"
_TO_END = r"(?P<answer>[^,;:.()]{8,120})(?=\.$|[,;] )"
# Verbs whose subject is nearly always a person.
_OF_PERSONS = (
    "wrote composed directed invented discovered designed painted married toured visited coined proposed translated"
)
# Verbs whose object "what" asks for; of others ("left", "met") it does not.
_WITH_OBJECTS = (
    "abolished acquired adopted announced annexed approved banned bought broadcast built captured coined commissioned completed "
    "composed conducted conquered constructed controlled created described designed destroyed developed discovered enacted "
    "established expanded exported followed formed founded gained imposed inaugurated inherited introduced invaded invented "
    "issued joined launched lost obtained observed occupied offered opened operated organised organized owned painted passed planted "
    "predicted presented produced promoted proposed protected provided published purchased ratified received recommended "
    "rejected released removed repealed reported represented required restored revealed seized signed sold sponsored "
    "studied suggested supported taught translated unveiled used violated won wrote became"
)
# Those whose object is a thing of its own, so that the question needs no date to be worth asking.
_NAMING = (
    "abolished acquired annexed banned bought built captured coined composed conquered designed developed discovered "
    "established formed founded introduced invaded invented launched painted proposed published unveiled wrote"
)
_NOW = {
    f"{PAST[verb]}{'es' if PAST[verb].endswith(('s', 'sh', 'ch')) else 's'}": PAST[verb]
    for verb in (*_NAMING.split(), "produced")
}
"""The same in the present tense, with the infinitive."""
# Participles whose past tense differs.
_PAST_OF = {"written": "wrote", "given": "gave", "taken": "took", "chosen": "chose", "shown": "showed", "drawn": "drew"}
_PLACED = (
    "signed discovered founded established filmed killed raised educated built developed invented introduced recorded crowned "
    "installed published"
)
_PRESENT = (
    "allows helps enables provides offers contains includes uses utilizes utilises requires supports connects covers produces "
    "employs operates serves makes protects measures shows marks"
)
_EVENTS = (
    "ceremony battle siege opening founding election signing death birth release premiere launch inauguration visit meeting "
    "conference invasion arrival publication establishment coronation abolition assassination"
)
_MEASURES = "population area length height capacity budget diameter depth width weight membership circulation density"
_QUANTITY = rf"{ABOUT}(?P<answer>[$€£]?(?:\d[\d.,]*\d|{NUMBER})(?: (?:million|billion|trillion))?(?: ?%)?(?: [a-z]+)?)"


def _either(words: str) -> str:
    return "|".join(words.split())


_WHY_PASSIVE = re.compile(
    rf"{SUBJECT} (?P<aux>was|were|is|are) (?P<verb>{PARTICIPLE}){REST} (?:because of|because|due to|in order to) {_TO_END}"
)
_WHY_ACTIVE = re.compile(
    rf"{SUBJECT} (?P<past>{'|'.join(PAST)}){REST} (?:because of|because|due to|in order to) {_TO_END}"
)
_KNOWN = re.compile(
    rf"{SUBJECT} (?P<aux>is|are|was|were) (?P<verb>(?:best |well |widely |mostly |famously )?known for) {_TO_END}"
)
_HAS_A = re.compile(
    rf"{SUBJECT} (?P<have>has|had) an? (?:total |estimated |current )?(?P<noun>{_either(_MEASURES)}) of {_QUANTITY}(?=[ .,;])"
)
_THE_MEASURE = re.compile(
    rf"(?P<what>The (?:[a-z]+ ){{0,2}}(?:{_either(_MEASURES)}) of (?:the )?{_ANY_NAME}) (?P<aux>is|was) {_QUANTITY}(?=[ .,;])"
)
_COST = re.compile(rf"{SUBJECT} costs? {_QUANTITY}(?=[ .,;])")
_CONSISTS = re.compile(rf"{SUBJECT} (?P<verb>consists|consisted) of {_TO_END}")
_CAUSED = re.compile(rf"{SUBJECT} (?P<verb>caused|led to|resulted in) {_TO_END}")
_TOOK_PLACE = re.compile(
    rf"{SUBJECT} took place (?P<prep>in|on|at) (?P<answer>{DATE}|(?:the )?{NAME_PATTERN}){CLAUSE_END}"
)
_EVENT = re.compile(
    rf"{_ANYWHERE}(?P<what>[Tt]he (?:[a-z-]+ ){{0,3}}(?:{_either(_EVENTS)}) (?:of|for|in|at) (?:the )?{_ANY_NAME}) (?:in|on) (?P<answer>{DATE})"
)
_SINCE = re.compile(
    rf"(?P<what>[A-Z][\w’'-]*(?: {NO_CLAUSE}[\w’'-]+){{0,6}}?) (?P<aux>has|have) been (?P<verb>{PARTICIPLE})(?P<rest>(?: {NO_CLAUSE}[\w’'-]+){{0,5}}? (?:in|at|of|by) (?:the )?{_ANY_NAME}) since (?P<answer>{DATE})"
)
_NAMED_AFTER = re.compile(
    rf"{_ANYWHERE}(?P<subject>(?:[Tt]he )?{_ANY_NAME}) (?:(?:is|was) )?named (?:after|for) (?P<answer>(?:[a-z]+ ){{0,6}}{NAME_PATTERN}(?: [a-z]+ [A-Z][a-z]+)?)(?=[,.;])"
)
_ROLE_AFTER = re.compile(
    rf"{_ANYWHERE}{_PERSON}, (?:the |then )?(?P<what>(?:[a-z-]+ ){{0,2}}(?:{_ROLES}) (?:of|for|at) (?:the )?{_ANY_NAME})(?=[,.])"
)
_ROLE_BEFORE = re.compile(
    rf"{_ANYWHERE}(?P<what>(?:{_ROLES}|{_ROLES.title()}|Rector) (?:of|for|at) (?:the )?{_ANY_NAME} (?!named\b)[a-z]{{3,}}) {_PERSON}(?=[,.;]| and\b)"
)
_ROLE_OF_PEOPLE = re.compile(
    rf"{_ANYWHERE}(?P<what>(?P<name>[A-Z][a-z]+(?:ish|ese|an|kh|ch)) (?:President|Prime Minister|Chancellor|King|Queen|Emperor)) {_PERSON}(?=['’]?s\b|[ ,.;])"
)
_WHICH = re.compile(
    rf"The (?P<answer>(?P<name>“[^”]+”|{NAME_PATTERN})) (?P<head>{'|'.join(THINGS)}) (?P<verb>{_either(_PRESENT)}|{'|'.join(PAST)}) {_OBJECT}"
)
_WHAT_DOES = re.compile(rf"(?P<answer>(?P<name>“[^”]+”)) (?P<verb>{_either(_PRESENT)}) {_OBJECT}")
_WHO = re.compile(
    rf"(?:.*?: )?(?P<answer>(?:Presidents? |King |Queen |Pope |Emperor |Bishop |Professor )?(?P<name>{CAPITAL_PATTERN}(?: {CAPITAL_PATTERN})*)(?: and {CAPITAL_PATTERN}(?: {CAPITAL_PATTERN})*)?)"
    rf" (?P<verb>{_either(_OF_PERSONS)}) {_OBJECT}"
)


# The question leaves the object out, so that it may be cut short.
_THING_DONE = (
    rf"(?P<answer>(?:(?:the|an?|its|his|her|their|all|both|some|many|several) |(?=[A-Z“])){NO_CLAUSE}[\w’'“”-]+"
    rf"(?: {NO_CLAUSE}(?!(?:in|on|from|at|by|to|with|for)\b)[\w’'“”-]+){{0,7}})"
)
_WHAT_DID = re.compile(
    rf"{SUBJECT} (?P<past>{_either(_WITH_OBJECTS)}) {_THING_DONE}(?P<when> (?:in|on) {DATE})?(?=[.,;: ])"
)
_WHAT_DOES_NOW = re.compile(rf"{SUBJECT} (?P<verb>{'|'.join(_NOW)}) {_THING_DONE}(?=[.,;: ])")
_BY = re.compile(
    rf"{SUBJECT} (?:was|were) (?:first |originally )?(?P<verb>[a-z]+ed|built|led|held|won|made|sold|bought|{'|'.join(_PAST_OF)}) by "
    rf"(?P<answer>(?:the )?(?:{NO_CLAUSE}[a-z]+ ){{0,3}}{NAME_PATTERN}){CLAUSE_END}"
)
_WHERE_DONE = re.compile(
    rf"{SUBJECT} (?P<aux>was|were) (?P<verb>{_either(_PLACED)}) (?:in|at) (?P<answer>(?:the )?(?!(?:{DATE})){NAME_PATTERN}){CLAUSE_END}"
)
_HOW_MANY_DID = re.compile(
    rf"{SUBJECT} (?P<past>{'|'.join(PAST)}) {ABOUT}"
    rf"(?P<answer>{NUMBER}) {NOUNS}(?P<rest>(?: (?:in|at|on|from|during) [\w’'-]+(?: [\w’'-]+){{0,5}}?)?)(?=\.$|[,;] )"
)


def _what_did(match: "re.Match[str]") -> str:
    is_named = len(match["answer"].split()) > 2 or re.search(r"[A-Z\d]", match["answer"])
    if not is_named or not (match["when"] or match["past"] in _NAMING.split()):
        return ""  # "What did Gaius propose? A law."
    return f"What did {subject_of(match)} {PAST[match['past']]}{match['when'] or ''}?"


def _what_does_now(match: "re.Match[str]") -> str:
    return f"What does {subject_of(match)} {_NOW[match['verb']]}?"


def _by(match: "re.Match[str]") -> str:
    return f"Who {_PAST_OF.get(match['verb'], match['verb'])} {subject_of(match)}?"


def _where_done(match: "re.Match[str]") -> str:
    return f"Where {match['aux']} {subject_of(match)} {match['verb']}?"


def _how_many_did(match: "re.Match[str]") -> str:
    return f"How many {match['nouns']} did {subject_of(match)} {PAST[match['past']]}{match['rest']}?"


def _why_passive(match: "re.Match[str]") -> str:
    return f"Why {match['aux']} {subject_of(match)} {match['verb']}{match['rest']}?"


def _why_active(match: "re.Match[str]") -> str:
    return f"Why did {subject_of(match)} {PAST[match['past']]}{match['rest']}?"


def _known(match: "re.Match[str]") -> str:
    return f"What {match['aux']} {subject_of(match)} {match['verb']}?"


def _has_a(match: "re.Match[str]") -> str:
    return f"What {'is' if match['have'] == 'has' else 'was'} the {match['noun']} of {subject_of(match)}?"


def _the_measure(match: "re.Match[str]") -> str:
    return f"What {match['aux']} {lowered(match['what'])}?"


def _cost(match: "re.Match[str]") -> str:
    return f"How much did {subject_of(match)} cost?"


def _consists(match: "re.Match[str]") -> str:
    return f"What {'does' if match['verb'].endswith('s') else 'did'} {subject_of(match)} consist of?"


def _caused(match: "re.Match[str]") -> str:
    did = {"caused": "cause", "led to": "lead to", "resulted in": "result in"}
    return f"What did {subject_of(match)} {did[match['verb']]}?"


def _took_place(match: "re.Match[str]") -> str:
    asks = "When" if re.search(YEAR_PATTERN, match["answer"]) else "Where"
    return f"{asks} did {subject_of(match)} take place?"


def _event(match: "re.Match[str]") -> str:
    return f"When was {lowered(match['what'])}?"


def _since(match: "re.Match[str]") -> str:
    what = match["what"] if re.fullmatch(NAME_PATTERN, match["what"]) else match["what"][0].lower() + match["what"][1:]
    return f"Since when {match['aux']} {what} been {match['verb']}{match['rest']}?"


def _named_after(match: "re.Match[str]") -> str:
    asks = "What" if kind_of_name(match["answer"]) in (Kind.PLACE, Kind.THING) else "Who"
    return f"{asks} is {subject_of(match)} named after?"


def _role(match: "re.Match[str]") -> str:
    tense = "was" if re.search(YEAR_PATTERN, match.string) else "is"
    return f"Who {tense} the {match['what']}?"


def _which(match: "re.Match[str]") -> str:
    return f"Which {match['head']} {match['verb']} {match['rest']}?"


def _what_does(match: "re.Match[str]") -> str:
    return f"What {match['verb']} {match['rest']}?"


def _who(match: "re.Match[str]") -> str:
    return f"Who {match['verb']} {match['rest']}?" if re.search(r"[A-Z“]", match["rest"]) else ""


FURTHER: tuple[Template, ...] = (
    (_WHY_PASSIVE, _why_passive),
    (_WHY_ACTIVE, _why_active),
    (_HAS_A, _has_a),
    (_THE_MEASURE, _the_measure),
    (_COST, _cost),
    (_KNOWN, _known),
    (_CONSISTS, _consists),
    (_CAUSED, _caused),
    (_TOOK_PLACE, _took_place),
    (_WHO, _who),
    (_WHICH, _which),
    (_WHAT_DOES, _what_does),
    (_SINCE, _since),
    (_BY, _by),
    (_WHERE_DONE, _where_done),
    (_HOW_MANY_DID, _how_many_did),
    (_WHAT_DID, _what_did),
    (_WHAT_DOES_NOW, _what_does_now),
    (_ROLE_AFTER, _role),
    (_ROLE_BEFORE, _role),
    (_ROLE_OF_PEOPLE, _role),
    (_NAMED_AFTER, _named_after),
    (_EVENT, _event),
)
"""Best kind first."""
