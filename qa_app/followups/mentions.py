"""What a question or an answer speaks of: its names and noun phrases, found by the shape of English."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa_app.followups.asked import AUXILIARIES, PREPOSITIONS, asked, kind_asked
from qa_app.followups.nouns import PERSONS, Kind, is_known, is_plural, kind_of

_DETERMINERS = frozenset("the a an this that these those its their his her our my your any some all each every both".split())
_OTHER_FUNCTION_WORDS = (
    "who whom whose what which when where why how and or but so if that than then not no nor i you he she it we they him them us me "
    "there here also too else ever only just still yet again more most many much few other another same such very now today "
    "tell say said says give list name describe explain show please do did because while although though however moreover "
    "according latter next one two three ones own etc ok yes well"
).split()
FUNCTION_WORDS = frozenset((*AUXILIARIES, *PREPOSITIONS, *_DETERMINERS, *_OTHER_FUNCTION_WORDS))
_LOCATIVE = frozenset("in at near to from into around through across towards outside inside within".split())
_MONTHS = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday thursday "
    "friday saturday sunday".split()
)
_TITLES = frozenset(
    "president chairman king queen mr mrs ms dr sir saint st pope emperor empress prince princess lord lady captain general "
    "professor minister chancellor archbishop bishop cardinal governor colonel duke".split()
)
_GROUPS = frozenset(
    "group corporation corp inc ltd co gmbh holding bank agency committee council church academy club society association museum "
    "library school college university parliament party court system project programme program bowl war treaty act death plague "
    "centre center company league union states kingdom empire".split()
)
_TOKEN = re.compile(r"[^\W_](?:[\w.&’'-]*[^\W_])?")
_JOINS = re.compile(r"[\s“”\"]+")
_YEAR = re.compile(r"(?:1\d|20)\d\ds?")
_NUMBER = re.compile(r"[\d.,%-]+")
_POSSESSIVE = re.compile(r"['’]s?$")
# Words before a name, inside it: "University of Warsaw", "Alexander the Great".
_NAME_JOINTS = frozenset("of the de von van der du la le al bin ibn".split())
_PAST = re.compile(r".+ed$|^(?:built|born|held|made|written|won|sold|led|lost|given|begun|taken|brought|found|known|seen|done)$")


@dataclass(frozen=True)
class Mention:
    """A name or a noun phrase with what it refers to."""

    words: str
    kind: Kind
    named: bool
    """It holds a proper name, so that it can be searched by itself."""
    start: int = 0
    end: int = 0
    """Where it stands in its text, [start, end) in characters."""
    preposition: str = ""
    """The one before it, in lower case; empty where there is none."""
    is_owner: bool = False
    """An apostrophe follows."""


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int
    joined: bool
    """Nothing but white space or an opening quotation mark lies between it and the one before."""

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper() or self.text[0].isdigit()


def mentions(text: str, known: Iterable[str] = ()) -> list[Mention]:
    """Return the names and noun phrases of an English question or sentence, in order.

    Args:
        text: one or more sentences.
        known: names that are also found where they are written in small letters.
    """
    text = recased(text.capitalize() if text.isupper() else text, known)
    tokens = _tokens(text)
    found = [mention for run in _runs(tokens) for mention in _of_run(run, text, tokens, set(known))]
    phrases = [(mention.start, mention.end) for mention in found if mention.named]
    return sorted((m for m in found if not _is_inside(m, phrases)), key=lambda mention: mention.start)


def _is_inside(mention: Mention, phrases: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a name only begins a longer phrase: "Mongol" of "the Mongol army"; "Luther" of "Luther's wife" is one too."""
    longer = any(start == mention.start and end > mention.end for start, end in phrases)
    return longer and not mention.is_owner


def names(text: str, known: Iterable[str] = ()) -> list[Mention]:
    """Return the names alone, dates left out."""
    return [mention for mention in mentions(text, known) if mention.named]


def recased(text: str, known: Iterable[str]) -> str:
    """Return the text with each known name written as it is known; lengths stay."""
    for name in sorted(known, key=len):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _, name=name: name, text, flags=re.IGNORECASE)  # type: ignore[misc]
    return text


def without_article(words: str) -> str:
    return re.sub(r"^(?:the|an?)\s+", "", words, flags=re.IGNORECASE)


def definite(words: str) -> str:
    """Return a phrase as one speaks of it again: "a rainwater system" becomes "the rainwater system"."""
    return re.sub(r"^(?:an?|this|that|these|those|any|some|all|each|every|both|the)\s+", "the ", words, flags=re.IGNORECASE)


def answered(question: str, words: str) -> Mention | None:
    """Return what an answer's words refer to, by the question; None for numbers and for what is too long to speak of."""
    parts = asked(question)
    if parts is None or not words.strip() or len(words.split()) > _LONGEST:
        return None
    kind = kind_asked(parts)
    inside = mentions(words)
    named = any(mention.named for mention in inside) or words.strip()[0].isupper()
    if kind is Kind.PERSON:
        kind = _kind_of_name(without_article(words))
        kind = kind if kind in (Kind.THING, Kind.MANY) else Kind.PERSON
        if re.search(r"\band\b", words):
            kind = Kind.MANY
    elif kind is Kind.UNKNOWN:
        times = [mention for mention in inside if mention.kind is Kind.TIME]
        kind = Kind.TIME if times and len(inside) == 1 else _kind_of_words(words)
    if kind is Kind.MEASURE and parts.head and named:  # "What is the name of …"
        kind = Kind.UNKNOWN
    return Mention(" ".join(words.split()).strip(" ,.;:“”\"'"), kind, named)


_LONGEST = 12


def _kind_of_words(words: str) -> Kind:
    bare = without_article(words).split()
    if not bare or _NUMBER.fullmatch(bare[0]):
        return Kind.MEASURE
    if words[0].isupper() and not words.lower().startswith(("the ", "a ", "an ")):
        return _kind_of_name(words)
    head = re.split(r"\s+(?:of|in|for|at|to|with|that|which)\s+", " ".join(bare))[0].split()[-1]
    return kind_of(head)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        joined = bool(found) and bool(_JOINS.fullmatch(text, end, match.start()))
        found.append(_Token(match[0], match.start(), match.end(), joined))
        end = match.end()
    return found


def _runs(tokens: Sequence[_Token]) -> Iterator[range]:
    """Yield the stretches of words that are no function words; inside a name small words join."""
    i = 0
    while i < len(tokens):
        if _is_function(tokens, i):
            i += 1
            continue
        end = i + 1
        while end < len(tokens) and tokens[end].joined:
            if not _is_function(tokens, end):
                end += 1
                continue
            joint = end
            while joint < len(tokens) and tokens[joint].joined and tokens[joint].text in _NAME_JOINTS:
                joint += 1
            if tokens[end].text == "and" and _is_one_name(i, end, tokens):
                joint = end + 1
            is_name = end < joint < len(tokens) and tokens[joint].joined and tokens[joint].text[0].isupper()
            if not (is_name and tokens[end - 1].text[0].isupper() and not _POSSESSIVE.search(tokens[end - 1].text)):
                break
            end = joint + 1
        yield range(i, end)
        i = end


def _is_one_name(first: int, joint: int, tokens: Sequence[_Token]) -> bool:
    """Tell whether "and" stands inside a name: "the French and Indian War"."""
    if first == 0 or tokens[first - 1].lower != "the":
        return False
    last = joint + 1
    while last + 1 < len(tokens) and tokens[last + 1].joined and tokens[last + 1].text[0].isupper():
        last += 1
    return joint + 1 < last < len(tokens) and tokens[last].lower in _GROUPS


def _is_function(tokens: Sequence[_Token], i: int) -> bool:
    token = tokens[i]
    if token.lower not in FUNCTION_WORDS:
        return False
    # "May 2023" and "Who" inside "Doctor Who" are none.
    follows_name = token.joined and i > 0 and tokens[i - 1].is_capital and tokens[i - 1].lower not in FUNCTION_WORDS
    before_year = i + 1 < len(tokens) and bool(_YEAR.fullmatch(tokens[i + 1].text))
    return not (token.text[0].isupper() and (follows_name or (before_year and token.lower in _MONTHS)))


def _of_run(run: range, text: str, tokens: Sequence[_Token], known: set[str]) -> Iterator[Mention]:
    """Yield what a stretch of words speaks of: names, and a noun phrase that a determiner or preposition begins."""
    words = [tokens[i] for i in run]
    determiner, preposition = _before(run.start, tokens)
    capital = [token.is_capital for token in words]
    gap = text[tokens[run.start - 1].end : words[0].start] if run.start else ""
    if (run.start == 0 or re.search(r"[.?!:][^(]*$", gap)) and words[0].text[0].isupper():
        capital[0] = _names_itself(words, known)
    for first, last in _stretches(words, capital):
        name = [token.text for token in words[first:last]]
        yield _name(name, words[first].start, determiner if first == 0 else "", preposition)
    leading = capital.index(True) if True in capital else len(words)
    if 0 < leading < len(words):  # "the plague reach Europe"
        words, capital = words[:leading], capital[:leading]
    owned = capital[0] and any(_POSSESSIVE.search(word.text) for word in words)
    if not (determiner or (preposition and preposition != "to") or owned or _is_subject(run.start, tokens)):
        return
    end = _phrase_end(words, capital, run, tokens)
    if capital[0] and not owned and not is_known(words[end - 1].lower):
        return
    if end == 0 or capital[end - 1] or _PAST.match(words[end - 1].lower):
        return
    phrase = " ".join(token.text for token in words[:end])
    before = tokens[run.start - 1].lower if run.start else ""
    if determiner and not owned:
        phrase = f"{determiner} {phrase}"
    elif before in ("which", "what"):
        phrase = f"the {phrase}"
    yield Mention(
        phrase, kind_of(words[end - 1].lower), any(capital[:end]), words[0].start, words[end - 1].end, preposition
    )


def _before(start: int, tokens: Sequence[_Token]) -> tuple[str, str]:
    """Return the determiner and the preposition that stand before a word, in lower case."""
    determiner = preposition = ""
    i = start - 1
    if i >= 0 and tokens[i + 1].joined and tokens[i].lower in _DETERMINERS:
        determiner = tokens[i].lower
        i -= 1
    if i >= 0 and tokens[i + 1].joined and tokens[i].lower in PREPOSITIONS:
        preposition = tokens[i].lower
    return determiner, preposition


def _names_itself(words: Sequence[_Token], known: set[str]) -> bool:
    """Tell whether the capital at a sentence's beginning is a name's: before another capital, as "Luther's", or known."""
    first = words[0].text
    follows = len(words) > 1 and words[1].text[0].isupper()
    return follows or bool(_POSSESSIVE.search(first)) or any(name.split()[0] == first for name in known)


def _stretches(words: Sequence[_Token], capital: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the names in a run, [first, last) of its words; "Luther's" ends one unless a capital follows."""
    i = 0
    while i < len(words):
        if not capital[i]:
            i += 1
            continue
        end = i + 1
        while end < len(words) and (capital[end] or (words[end].text in (*_NAME_JOINTS, "and") and _capital_after(capital, end))):
            end += 1
        yield i, end
        i = end


def _capital_after(capital: Sequence[bool], i: int) -> bool:
    return any(capital[i + 1 : i + 3])


def _name(words: Sequence[str], start: int, determiner: str, preposition: str) -> Mention:
    whole = " ".join(words)
    name = _POSSESSIVE.sub("", whole)
    kind = _kind_of_name(name, determiner)
    if kind is Kind.UNKNOWN and preposition in _LOCATIVE:
        kind = Kind.PLACE
    article = "the " if determiner == "the" else ""
    named = kind not in (Kind.TIME, Kind.MEASURE)
    return Mention(f"{article}{name}", kind, named, start, start + len(name), preposition, name != whole)


def _kind_of_name(name: str, determiner: str = "") -> Kind:
    lower = [word.lower().strip(".,") for word in name.split()]
    if not lower:
        return Kind.UNKNOWN
    if any(_YEAR.fullmatch(word) for word in lower) and all(w in _MONTHS or w.rstrip("s").isdigit() or w in ("of", "in") for w in lower):
        return Kind.TIME
    if all(_NUMBER.fullmatch(word) for word in lower):
        return Kind.MEASURE
    if lower[0] in _TITLES and len(lower) > 1 and "of" not in lower[:2]:
        return Kind.PERSON
    head = lower[lower.index("of") - 1] if "of" in lower[1:] else lower[-1]
    if head in PERSONS or head in _TITLES:
        return Kind.PERSON
    if head in _GROUPS:
        return Kind.THING
    if is_known(head) and kind_of(head) in (Kind.PLACE, Kind.THING):
        return kind_of(head)
    if determiner == "the":
        return Kind.MANY if is_plural(head) else Kind.THING
    return Kind.MANY if len(head) > 5 and head.endswith(("ans", "ians", "ols", "ists", "ots", "ics", "ers")) else Kind.UNKNOWN


def _is_subject(start: int, tokens: Sequence[_Token]) -> bool:
    """Tell whether a word stands right behind the auxiliary, or behind "which" or "how many"."""
    before = tokens[start - 1].lower if start else ""
    return before in AUXILIARIES or before in ("which", "what", "many")


def _phrase_end(words: Sequence[_Token], capital: Sequence[bool], run: range, tokens: Sequence[_Token]) -> int:
    """Return where the noun phrase of a run ends: before the verb that no function word parts from it."""
    end = len(words)
    if _has_verb_inside(words, run, tokens):
        plural = next((i for i, word in enumerate(words) if is_plural(word.lower)), end)
        end = min(end - 1, plural + 1)  # "does the group use", "do residents report problems"
    while end > 1 and _PAST.match(words[end - 1].lower) and not capital[end - 1]:
        end -= 1
    nouns = [i for i in range(end) if not capital[i] and is_known(words[i].lower)]
    return nouns[-1] + 1 if nouns else end


def _has_verb_inside(words: Sequence[_Token], run: range, tokens: Sequence[_Token]) -> bool:
    """Tell whether a run is the subject behind "do" together with its verb."""
    before = run.start - 1
    if before > 0 and tokens[before].lower in _DETERMINERS:
        before -= 1
    behind = run.start + len(words)
    verb_follows = behind < len(tokens) and tokens[behind].lower in AUXILIARIES
    return len(words) > 1 and before >= 0 and tokens[before].lower in ("do", "does", "did") and not verb_follows
