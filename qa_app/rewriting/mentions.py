"""Find the names and noun phrases of an English question or answer, to which a later pronoun can refer."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa_app.language.function_words import AUXILIARIES, DETERMINERS, PREPOSITIONS
from qa_app.language.names import NAME_PATTERN, PARTICLES, kind_of_name, kind_of_words, without_article
from qa_app.language.nouns import Kind, is_known, is_plural, kind_of
from qa_app.rewriting.asked import asked, kind_asked
from qa_app.rewriting.phrases import OUTSIDE_PHRASES, POSSESSIVE, Token, runs, tokens_of

_LOCATIVE = frozenset("in at near to from into around through across towards outside inside within".split())
# A longer answer, in words, is not referred to again.
_LONGEST = 12
# Auxiliaries followed by the subject and then directly by its verb.
_BEFORE_VERBS = frozenset("do does did can could will would should may might must".split())
_PAST = re.compile(
    r".+ed$|^(?:built|born|held|made|written|won|sold|led|lost|given|begun|taken|brought|found|known|seen|done)$"
)


@dataclass(frozen=True)
class Mention:
    """A name or a noun phrase with the kind of thing it refers to."""

    words: str
    kind: Kind
    named: bool
    """It contains a proper name, so that it can be searched for by itself."""
    start: int = 0
    end: int = 0
    """Span in its text, [start, end) in characters."""
    preposition: str = ""
    """The preposition before it, in lower case; may be empty."""
    is_owner: bool = False
    """It is a possessive: an apostrophe follows."""


def mentions(text: str, known: Iterable[str] = ()) -> list[Mention]:
    """Return the names and noun phrases of an English question or sentence, in order.

    Args:
        text: one or more sentences.
        known: names that are also found in lower case.
    """
    text = recased(text.capitalize() if text.isupper() else text, known)
    tokens = tokens_of(text)
    found = [mention for run in runs(tokens) for mention in _of_run(run, text, tokens, set(known))]
    phrases = [(mention.start, mention.end) for mention in found if mention.named]
    return sorted((m for m in found if not _is_inside(m, phrases)), key=lambda mention: mention.start)


def _is_inside(mention: Mention, phrases: Sequence[tuple[int, int]]) -> bool:
    """Return whether a name is only the start of a longer phrase: "Mongol" in "the Mongol army", but not "Luther" in "Luther's wife"."""
    longer = any(start == mention.start and end > mention.end for start, end in phrases)
    return longer and not mention.is_owner


def names(text: str, known: Iterable[str] = ()) -> list[Mention]:
    """Return only the names, without dates."""
    return [mention for mention in mentions(text, known) if mention.named]


def recased(text: str, known: Iterable[str]) -> str:
    """Return the text with the known spelling of each name, except after "the" or "a" ("the telephone"); offsets stay the same."""
    for name in sorted(known, key=lambda name: (len(name), name)):
        written = name.replace("\\", r"\\")
        text = re.sub(rf"(?<!\w)(?<!\bthe )(?<!\ba ){re.escape(name)}(?!\w)", written, text, flags=re.IGNORECASE)
    return text


def definite(words: str) -> str:
    """Return a phrase with a definite article: "a rainwater system" gives "the rainwater system"."""
    return re.sub(
        r"^(?:an?|this|that|these|those|any|some|all|each|every|both|the)\s+", "the ", words, flags=re.IGNORECASE
    )


def answered(question: str, words: str) -> Mention | None:
    """Return a short answer as a mention of the kind that the question asks for; None if it is too long to refer to."""
    parts = asked(question)
    if parts is None or not words.strip() or len(words.split()) > _LONGEST:
        return None
    kind = kind_asked(parts)
    inside = mentions(words)
    named = any(mention.named for mention in inside) or words.strip()[0].isupper()
    if kind is Kind.PERSON:
        words = _name_first(words)
        kind = kind_of_name(without_article(words))
        kind = kind if kind in (Kind.THING, Kind.MANY) else Kind.PERSON
        if re.search(r"\band\b", words) or (words[0].islower() and is_plural(words.split()[-1])):
            kind = Kind.MANY
    elif kind is Kind.UNKNOWN:
        times = [mention for mention in inside if mention.kind is Kind.TIME]
        kind = Kind.TIME if times and len(inside) == 1 else kind_of_words(words)
    if kind is Kind.MEASURE and parts.head and named:  # "What is the name of …"
        kind = Kind.UNKNOWN
    return Mention(" ".join(words.split()).strip(" ,.;:“”\"'"), kind, named)


def _name_first(words: str) -> str:
    """Return a name without the words that may follow it in a short answer: "Genghis sent only two tumen"."""
    name = re.match(NAME_PATTERN, words)
    return name[0] if name else words


def _of_run(run: range, text: str, tokens: Sequence[Token], known: set[str]) -> Iterator[Mention]:
    """Yield the mentions in a run of words: names, and a noun phrase after a determiner or preposition."""
    words = [tokens[i] for i in run]
    determiner, preposition = _before(run.start, tokens)
    capital = [token.is_capital for token in words]
    gap = text[tokens[run.start - 1].end : words[0].start] if run.start else ""
    if (run.start == 0 or re.search(r"[.?!:][^(]*$", gap)) and words[0].text[0].isupper():
        capital[0] = _names_itself(words, known)
    for first, last in _stretches(words, capital):
        yield _name(words[first:last], determiner if first == 0 else "", preposition)
    leading = capital.index(True) if True in capital else len(words)
    if 0 < leading < len(words):  # "the plague reach Europe"
        words, capital = words[:leading], capital[:leading]
    owned = capital[0] and any(POSSESSIVE.search(word.text) for word in words)
    if not (determiner or (preposition and preposition != "to") or owned or _is_subject(run.start, tokens)):
        return
    if capital[0] and not owned and _has_verb_inside(words, run, tokens):
        return  # "did Tesla order"
    end = _phrase_end(words, capital, run, tokens)
    if 0 < leading < len(run) and not (is_known(words[end - 1].lower) or _has_verb_inside(words, run, tokens)):
        return  # "the current President"
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


def _before(start: int, tokens: Sequence[Token]) -> tuple[str, str]:
    """Return the determiner and the preposition before a word, in lower case."""
    determiner = preposition = ""
    i = start - 1
    if i >= 0 and tokens[i + 1].joined and tokens[i].lower in DETERMINERS:
        determiner = tokens[i].lower
        i -= 1
    if i >= 0 and tokens[i + 1].joined and tokens[i].lower in PREPOSITIONS:
        preposition = tokens[i].lower
    return determiner, preposition


def _names_itself(words: Sequence[Token], known: set[str]) -> bool:
    """Return whether the first word of a sentence is a name: before another capital, a possessive ("Luther's"), or known."""
    first = words[0].text
    follows = len(words) > 1 and words[1].text[0].isupper()
    return follows or bool(POSSESSIVE.search(first)) or any(name.split()[0] == first for name in known)


def _stretches(words: Sequence[Token], capital: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the names in a run as [first, last) of its words."""
    i = 0
    while i < len(words):
        if not capital[i]:
            i += 1
            continue
        end = i + 1
        while end < len(words) and (
            capital[end] or (words[end].text in (*PARTICLES, "and") and _capital_after(capital, end))
        ):
            end += 1
        yield i, end
        i = end


def _capital_after(capital: Sequence[bool], i: int) -> bool:
    return any(capital[i + 1 : i + 3])


def _name(words: Sequence[Token], determiner: str, preposition: str) -> Mention:
    whole = " ".join(word.text for word in words)
    name = POSSESSIVE.sub("", whole)
    kind = kind_of_name(name, determiner)
    if kind is Kind.UNKNOWN and preposition in _LOCATIVE:
        kind = Kind.PLACE
    article = "the " if determiner == "the" else ""
    named = kind not in (Kind.TIME, Kind.MEASURE)
    end = words[-1].end - (len(whole) - len(name))
    return Mention(f"{article}{name}", kind, named, words[0].start, end, preposition, name != whole)


def _is_subject(start: int, tokens: Sequence[Token]) -> bool:
    """Return whether a word comes right after an auxiliary, or after "which", "what" or "how many"."""
    before = tokens[start - 1].lower if start else ""
    return before in AUXILIARIES or before in ("which", "what", "many")


def _phrase_end(words: Sequence[Token], capital: Sequence[bool], run: range, tokens: Sequence[Token]) -> int:
    """Return the end of a run's noun phrase: before its verb, which no function word separates from it."""
    end = len(words)
    if _has_verb_inside(words, run, tokens):
        plural = next((i for i, word in enumerate(words) if is_plural(word.lower)), end)
        end = min(end - 1, plural + 1)  # "does the group use", "do residents report problems"
    while end > 1 and _PAST.match(words[end - 1].lower) and not capital[end - 1]:
        end -= 1
    nouns = [i for i in range(end) if not capital[i] and is_known(words[i].lower)]
    return nouns[-1] + 1 if nouns else end


def _before_phrase(start: int, tokens: Sequence[Token]) -> int:
    """Return the index of the token before a phrase and its determiner; -1 at the beginning."""
    before = start - 1
    return before - 1 if before > 0 and tokens[before].lower in DETERMINERS else before


def _has_verb_inside(words: Sequence[Token], run: range, tokens: Sequence[Token]) -> bool:
    """Return whether a run is the subject after "do" together with its verb."""
    before = _before_phrase(run.start, tokens)
    while before > 0 and tokens[before].lower == "of":  # "do the strings of the harp come from"
        while before > 0 and tokens[before - 1].joined and tokens[before - 1].lower not in OUTSIDE_PHRASES:
            before -= 1
        before = _before_phrase(before, tokens)
    behind = run.start + len(words)
    verb_follows = behind < len(tokens) and tokens[behind].lower in AUXILIARIES
    return len(words) > 1 and before >= 0 and tokens[before].lower in _BEFORE_VERBS and not verb_follows
