"""Find the words of an English question that refer back to the conversation."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa_app.language.function_words import AUXILIARIES, PREPOSITIONS
from qa_app.language.nouns import ATTRIBUTES, GENERIC, Kind, is_known, is_plural, kind_of, singular
from qa_app.rewriting.left_out import leaves_out
from qa_app.rewriting.mentions import Mention
from qa_app.rewriting.phrases import OUTSIDE_PHRASES

_AUX = "|".join(AUXILIARIES)
_PREP = "|".join(PREPOSITIONS)


@dataclass(frozen=True)
class Reference:
    """Words that refer back to the conversation."""

    start: int
    end: int
    """Characters of the question, [start, end); an empty span if the words are missing from the question."""
    pronoun: str
    """"he", "she", "it", "they", "there" or "then", in this form for any case; "this" if it refers to no single name; empty if
    the words are missing from the question."""
    is_possessive: bool = False
    noun: str = ""
    """The last word of "that treaty" or "the company"; empty for a pronoun."""
    preposition: str = ""
    """The preposition before a name that replaces it: "in" for "there" and "at that time"; usually empty."""
    is_needed: bool = True
    """The question does not make sense without it."""


_PRONOUNS = {
    **dict.fromkeys(("he", "him", "his"), "he"),
    **dict.fromkeys(("she", "her", "hers"), "she"),
    **dict.fromkeys(("it", "its"), "it"),
    **dict.fromkeys(("they", "them", "their", "theirs"), "they"),
}
# In any case of a to z alone: otherwise ſ counts as an s and İ as an i, and the match is no key of the table.
_PRONOUN = re.compile(rf"\b(?ai:{'|'.join(_PRONOUNS)})\b")
_OBJECTS = ("him", "her", "it", "them")
_POSSESSIVES = ("his", "her", "its", "their")
_CLAUSE = re.compile(
    r"\b(?:when|after|before|because|if|that|while|although|and|but|or|since|until|to|who|which)\b|[,;]", re.I
)
_TO_SAY = r"(?:say|says|said|claim|claimed|think|thinks|thought|believe|believed|know|known|true|mean|means|show|shows|shown|so|fact|case)"
_JUDGED = (
    r"(?:true|possible|impossible|necessary|legal|illegal|common|known|correct|right|wrong|likely|easy|hard|difficult|important|safe|better|"
    r"best|worth|said|believed|thought|estimated|reported|claimed|expected|clear|customary|normal|usual|allowed|forbidden)"
)
# After "it is" these show that "it" is a thing: "it was sold to pay debts", "it is able to fly", unlike "it is a crime to lie".
_OF_A_THING = (
    r"(?:\w+ed|built|made|sold|sent|given|taken|brought|found|known|seen|left|meant|set|put|able|unable|about|going|ready|open|free|"
    r"available|close|near|next|similar|equal|due)"
)
# Contexts in which these words refer to nothing: "it is true that", "each other".
_NO_REFERENCE = re.compile(
    rf"""\b(?:is|was|be|been|isn't|wasn't)\s+(?P<it1>it)\s+(?:\w+\s+)?{_JUDGED}\s+(?:\w+\s+){{0,2}}?(?:that|to|for|if|whether|how|why)\b
    |\b(?P<it9>it)\s+(?:is|was|would\s+be)\s+(?:\w+\s+)?(?!{_OF_A_THING}\b)\w+\s+(?:to\s+(?!the\b|an?\b|(?-i:[A-Z\d]))|that\b)|\bas\s+(?P<it0>it)\s+(?:is|was|does|did)\b
    |\bwhat\s+(?:does|did)\s+(?P<it10>it)\s+mean\s+(?:for|to|when|if|that)\b
    |\b(?:make|makes|made|making|find|finds|found)\s+(?P<it11>it)\s+\w+\s+(?:to|for)\b
    |\b(?:is|was)\s+(?P<it13>it)\s+\w+(?:ed|wn)\s+(?:that|to)\b
    |\b(?:is|was)\s+(?P<it12>it)\s+called\s+(?:when|if)\b
    |\b(?P<it2>it)(?:['’]s|\s+(?:is|was|has\s+been|would\s+be))\s+(?:\w+\s+)?{_JUDGED}\b
    |\b(?P<it3>it)\s+(?:seems?|seemed|appears?|appeared|turns?\s+out|turned\s+out|happens?|rains?|rained|snows?|snowed)\b
    |\bwhat\s+(?:time|day|date)\s+(?:is|was)\s+(?P<it4>it)\b
    |\b(?P<it5>it)\s+(?:take|takes|took|taken|cost|costs)\s+(?:[\w-]+\s+){{0,4}}?to\b
    |\bwhat\s+(?:is|was)\s+(?P<it6>it)\s+like\s+(?:to|in|at|on|for|being|there)\b
    |\b(?:who|what|when|where|why|how|which)(?:\s+\w+)?\s+(?:is|was)\s+(?P<it7>it)\s+that\b
    |\b(?:is|was)\s+(?P<it8>it)\s+(?:in|on|at|under|during|by|because|the|an?)\s+(?:(?!and\b)\S+\s+){{1,6}}?(?:that|who)\b
    |\b(?:at\s+)?(?P<same>the\s+same\s+time)\b|\b(?P<same2>the\s+same)\s+(?:\w+\s+)?as\b
    |\b(?P<this>this\s+(?:year|month|week|weekend|century|morning|evening|afternoon|time|way|much|many|far|article|corpus|folder|app|chat|page))\b
    |\b(?P<that>that\s+(?:way|is|much|many|far))\b
    |\b(?P<these>these\s+(?:days|articles|documents|files))\b|\b(?P<those>those\s+(?:who|whose|that|in|with|from))\b
    |\b(?P<others>each\s+other|one\s+another|one\s+of|other\s+than|more\s+than|no\s+one|any\s+one|other\s+hand)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_THERE = re.compile(
    rf"\bthere\b(?!['’]s)(?!\s+(?:{_AUX}|exists?|existed)\b)(?<!\bis there)(?<!\bare there)(?<!\bwas there)(?<!\bwere there)(?<!\bbe there)"
    r"(?<!\bbeen there)(?<!\bcan there)(?<!\bwill there)(?<!\bwould there)(?<!\bhas there)(?<!\bhave there)(?<!\bhad there)(?<!\bdoes there)"
    r"(?<!\bisn't there)(?<!\baren't there)(?<!\bmust there)(?<!\bmay there)(?<!\bshould there)(?<!\bcould there)(?<!\bmight there)"
    r"|(?<=\bwho was )there\b|(?<=\bwho is )there\b|(?<=\bwho were )there\b|(?<=\belse was )there\b",
    re.IGNORECASE,
)
_MOTION = re.compile(
    r"\b(?:go|goes|going|gone|went|come|comes|coming|came|get|travel\w*|moved?|moving|returned?|sail\w*|fl[iy]\w*|sent|brought)\s+$",
    re.I,
)
_THEN = re.compile(
    r"\b(?:(?:back|by|since|before|until|till|from|even|around)\s+then"
    r"|(?:at|around|during|in|by|before|after|since)\s+(?:that|the\s+same)\s+(?:time|year|day|month|period|era|moment|decade|century|date)"
    r"|then(?=\s*[?.!]*$))",
    re.IGNORECASE,
)
_THEN_PREPOSITION = re.compile(r"(?:back|even)\s+|(?:at|around|during|in)\s+(?=that|the)", re.IGNORECASE)
_DEMONSTRATIVE = re.compile(
    rf"(?:(?<=^)|(?<=\W))(?:this|that|these|those|such|the\s+same)\s+(?!(?:{_AUX}|{_PREP}|the|an?|it|he|she|they|we|you|i|who|which|and|or|s)\b)"
    r"(?P<first>[a-z][\w-]*)(?:\s+(?P<second>[a-z][\w-]*))?",
    re.IGNORECASE,
)
# "that" is a conjunction unless one of these comes before it.
_DEMONSTRATIVE_AFTER = re.compile(
    rf"(?:^|\b(?:{_PREP}|{_AUX}|and|or|but|all|both|visit|see|build|use|make|call|called)\s+)$", re.IGNORECASE
)
_ALONE = re.compile(
    rf"(?:^|(?<=\band )|(?<=\bbut ))that(?=\s(?:{_AUX})\b)|\b(?:this|these|those)(?=\s(?:{_AUX})\b)|\b(?:this|that|these|those|the\s+same|so)(?=\s*(?:[?.!,]|$|\s(?:{_PREP}|happen\w*|mean|work|change|lead|help|too|again|exactly)\b))",
    re.IGNORECASE,
)
_WHICH_OF_TWO = re.compile(
    rf"\bthe\s+(?P<which>(?:(?<=do the )|(?<=does the )|(?<=did the ))(?:latter|former)|(?:latter|former)(?=\s*(?:[?.!,]|$)|\s+(?:{_AUX}|{_PREP}|\w+ed)\b))\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:the|of|is|are|were|does|did|do|has|have|had|who|whose|what|which|when|where|why|how|and|this|that|these|those|they|them|their|"
    r"there|then|she|its|with|from|for|about|else|tell|any|many|much|can|could|would|will)\b",
    re.IGNORECASE,
)


_WHO_LONG = 4  # characters
# "the city" is taken to refer back only in a question of at most this many phrases.
_FEW = 2
_SMALL = re.compile(r"\b[a-z]+\b")
_ASKED_FOR = re.compile(r"\b(?:what|which|whose|how\s+(?:many|much))\s+$", re.IGNORECASE)
_WHO_DID = re.compile(rf"\W*who\s+(?!(?:{_AUX})\b)", re.IGNORECASE)
_OWNER = re.compile(r"\bthe\s+(?P<noun>[a-z]+)['’]s\b", re.IGNORECASE)
_POINTER = {Kind.PLACE: "there", Kind.PERSON: "he", Kind.TIME: "then", Kind.MANY: "they"}


def references(question: str, own: Sequence[Mention], spoken: Iterable[str] = ()) -> list[Reference]:
    """Return the references of a question in order; empty if it stands alone or is not English.

    Args:
        question: with single spaces.
        own: the question's own names and noun phrases, as `mentions` finds them.
        spoken: the nouns of the conversation so far, in lower case and the singular.
    """
    if " " in question and not _ENGLISH.search(question):
        return []
    ignored = [match.span(match.lastgroup or 0) for match in _NO_REFERENCE.finditer(question)]
    nouns = frozenset(spoken)
    found: list[Reference] = []
    for reference in (
        *_times(question),
        *_demonstratives(question, nouns),
        *_pronouns(question, own),
        *_places(question),
    ):
        taken = [*ignored, *((r.start, r.end) for r in found)]
        if not any(start < reference.end and reference.start < end for start, end in taken):
            found.append(reference)
    if not found:
        named = any(mention.named for mention in own)
        found = list(_definite_nouns(question, own, nouns, named))
        if not found and leaves_out(question, named, ignored):
            found = [Reference(len(question), len(question), "")]
    return sorted(found, key=lambda reference: reference.start)


def _pronouns(question: str, own: Sequence[Mention]) -> Iterator[Reference]:
    seen: set[str] = set()
    for match in _PRONOUN.finditer(question):
        word = match[0].lower()
        pronoun = _PRONOUNS[word]
        possessive = word in _POSSESSIVES and _owns(question, match)
        if pronoun not in seen and not _is_inside(question, match, possessive, own):
            yield Reference(match.start(), match.end(), pronoun, possessive)
        seen.add(pronoun)  # a second one refers to the same thing


def _owns(question: str, match: "re.Match[str]") -> bool:
    """Return whether a noun follows a possessive: "her book", not "gave her in 1901"."""
    behind = re.match(r"\s+(?P<word>[\w-]+)", question[match.end() :])
    return match[0].lower() != "her" or bool(
        behind and behind["word"].lower() not in (*PREPOSITIONS, *AUXILIARIES, "and", "or", "the", "a", "an", "when")
    )


def _is_inside(question: str, match: "re.Match[str]", possessive: bool, own: Sequence[Mention]) -> bool:
    """Return whether a pronoun refers to something in the question itself: "When did Tesla leave his job?"

    An object does not refer to the subject of its own clause: "When did Tokayev visit it?"
    """
    before = [m for m in own if m.end <= match.start() and _can_be(_PRONOUNS[match[0].lower()], m)]
    if _PRONOUNS[match[0].lower()] == "they" and any(
        _is_many(word) for word in _SMALL.findall(question[: match.start()])
    ):
        return True
    behind = re.match(r"\s+([\w']+)", question[match.end() :])
    is_subject = match[0].lower() not in (*_OBJECTS, *_POSSESSIVES) or bool(behind and behind[1].lower() in AUXILIARIES)
    if is_subject and _WHO_DID.match(question):  # "Who announced she would leave?"
        return True
    if possessive and re.match(r"\W*who\b", question, re.I) and _CLAUSE.search(question[_WHO_LONG : match.start()]):
        return True  # "Who is ready to give his life?"
    if possessive and any(mention.end <= match.start() for mention in own):
        return True
    if not possessive:  # "What theatre does it run?"
        before = [m for m in before if not _ASKED_FOR.search(question[: m.start])]
    if not before:
        return False
    if possessive:
        return True
    previous = re.search(r"([\w']+)\W*$", question[: match.start()])
    is_object = not is_subject and not (previous and previous[1].lower() in AUXILIARIES)
    between = question[before[-1].end : match.start()]
    return bool(_CLAUSE.search(between)) or not is_object


def _can_be(pronoun: str, mention: Mention) -> bool:
    if pronoun in ("he", "she"):
        return mention.kind is Kind.PERSON or (mention.kind is Kind.UNKNOWN and mention.named)
    if pronoun == "they":
        return mention.kind is Kind.MANY or mention.named or mention.words.lower().startswith(("each ", "every "))
    return mention.kind in (Kind.THING, Kind.PLACE, Kind.UNKNOWN)


def _places(question: str) -> Iterator[Reference]:
    return (
        Reference(
            *match.span(),
            "there",
            preposition=_place_preposition(question[: match.start()]),
        )
        for match in _THERE.finditer(question)
    )


def _place_preposition(before: str) -> str:
    """Return the preposition for a name that replaces "there": "lives in Kazan", "goes to Kazan", none after "from"."""
    if re.search(r"\b(?:from|near|around|over|in|to|at|into|towards?|through|of)\s+$", before, re.IGNORECASE):
        return ""
    return "to" if _MOTION.search(before) else "in"


def _times(question: str) -> Iterator[Reference]:
    for match in _THEN.finditer(question):
        if re.fullmatch(r"(?:and|what|so)\s+", question[: match.start()], re.IGNORECASE):
            yield Reference(len(question), len(question), "")
        else:
            whole = match[0].lower() == "then" or bool(_THEN_PREPOSITION.match(match[0]))
            start = match.start() + (0 if whole else len(match[0].split()[0]) + 1)
            yield Reference(start, match.end(), "then", preposition="in" if whole else "")


def _demonstratives(question: str, spoken: frozenset[str]) -> Iterator[Reference]:
    two = _WHICH_OF_TWO.search(question)
    if two:
        yield Reference(*two.span(), "this", noun=two["which"].lower())
    for match in _DEMONSTRATIVE.finditer(question):
        two_words = bool(match["second"]) and not is_known(match["first"]) and is_known(match["second"])
        last = "second" if two_words else "first"
        noun = match[last].lower()
        before, behind = question[: match.start()], question[match.end(last) :]
        if not (is_known(noun) or singular(noun) in spoken) or not _is_demonstrative(
            match[0].lower(), noun, before, behind
        ):
            continue
        pronoun = _POINTER.get(kind_of(noun), "this")
        bare = pronoun == "then" and not re.search(rf"\b(?:{_PREP})\s+$", before, re.IGNORECASE)
        yield Reference(match.start(), match.end(last), pronoun, noun=noun, preposition="in" if bare else "")
    for match in _ALONE.finditer(question):
        if match[0].lower() == "so" and not re.search(
            r"\b(?:do|did|does|why|how|think|said|say)\s+$", question[: match.start()], re.I
        ):
            continue
        yield Reference(match.end(), match.end(), "this")


def _is_demonstrative(phrase: str, noun: str, before: str, behind: str) -> bool:
    """Return whether a phrase is not the conjunction "that": "signed that treaty?", not "said that treaties are"."""
    if not phrase.startswith("that"):
        return True
    *_, previous = ["", *before.split()]
    is_noun = is_plural(previous.lower()) or is_known(previous) or previous[:1].isupper()
    if is_noun and previous.lower() not in OUTSIDE_PHRASES:
        return False  # "molecules that peak"
    ends = not behind.strip(" ?.!,") or bool(re.match(rf"\s+(?:{_PREP})\b", behind, re.IGNORECASE))
    return bool(_DEMONSTRATIVE_AFTER.search(before)) or kind_of(noun) is Kind.TIME or (ends and not is_plural(noun))


def _definite_nouns(question: str, own: Sequence[Mention], spoken: frozenset[str], named: bool) -> Iterator[Reference]:
    """Yield "the company" and the like if nothing after it says which one."""
    for match in _OWNER.finditer(question):
        noun = match["noun"].lower()
        if singular(noun) in spoken or (not named and len(own) <= _FEW and noun in GENERIC):
            pronoun = _POINTER.get(kind_of(noun), "this")
            yield Reference(*match.span(), pronoun, is_possessive=True, noun=noun, is_needed=not named)
            return
    for mention in own:
        _, *phrase = mention.words.lower().split()
        is_definite = question[: mention.start].lower().endswith("the ")
        if mention.named or not is_definite or len(phrase) != 1 or not _ends(question, mention):
            continue
        (noun,) = phrase
        if re.search(rf"\b{re.escape(noun)}\b", question[: mention.start], re.IGNORECASE):
            continue
        if singular(noun) in spoken or (not named and len(own) <= _FEW and noun in (GENERIC | ATTRIBUTES)):
            pronoun = _POINTER.get(kind_of(noun), "this")
            yield Reference(mention.start - len("the "), mention.end, pronoun, noun=noun, is_needed=not named)
            return


def _ends(question: str, mention: Mention) -> bool:
    """Return whether nothing after a noun phrase says which one is meant, as in "the law that governs trade"."""
    behind = re.match(r"(?P<mark>\S?)\s*(?P<word>\S*)", question[mention.end :])
    if behind is None or not question[mention.end :].strip(" ?.!"):
        return True
    if behind["mark"]:
        return behind["mark"] in ",;:?!.)"
    word = behind["word"].lower().rstrip("?.!,")
    if (
        word in ("of", "that", "which", "who", "whose", "for", "between", "where", "in", "at", "on")
        or not word.isalpha()
    ):
        return word in ("in", "at", "on") and not re.match(r"\s+\w+\s+(?:the\s+)?[A-Z\d]", question[mention.end :])
    is_behind_do = bool(re.search(r"\b(?:do|does|did)\s+the\s+$", question[: mention.start], re.IGNORECASE))
    return is_behind_do or (word in OUTSIDE_PHRASES and word not in ("one", "two", "three")) or word.endswith("ed")


def _is_many(word: str) -> bool:
    return is_plural(word) and word not in OUTSIDE_PHRASES
