"""Find who speaks in minutes, interviews and questions with answers: paragraphs that begin with a name and a colon."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.sentences import ends_sentence, sentence_spans, trim
from embeddings.documents.units import parts_of

_TIME = r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s*[-–]?\s*)?"
# A full stop in a name comes after an initial or a form of address: "Ms. Li", "J. R. Vik", "Prof. Oduya".
_NAME = r"(?P<name>[^\W\d_](?:[^:.?!\n]|(?<=\b[^\W\d_a-z])\.|(?<=\b[^\W\d_a-z]\w)\.|(?<=\b[^\W\d_a-z]\w\w)\.|(?<=\bProf)\.){0,40}?)"
# In Markdown the name may be emphasised: "**Name:** words". In a list, a number or a bullet stands before it.
_LABEL = re.compile(rf"(?P<marker>\(?\d{{1,3}}[.)]\s+|[-*+•–]\s+)?[*_]*{_TIME}[*_]*{_NAME}[*_]*\s*:[*_]*\s+(?=\S)")
# Labels of questions and answers, which name nobody: "Q", "A2", "Question 3".
_NAMELESS = re.compile(
    r"(\w|question|answer|frage|antwort|réponse|pregunta|respuesta|вопрос|ответ|soru|cevap)\s?\d{0,3}", re.IGNORECASE
)
_LINE_BREAK = re.compile(r"\n[ \t]*")
_NAME_WORDS = 5
# What is said is a sentence, or at least this many words; what a field holds is neither.
_SAID_WORDS = 8
# A smaller share of all values that are said is that of records, some of whose fields are long.
_SAID_SHARE = 1 / 3
# In the last three, only labels that name nobody are looked at: "2. Port: Skagen" is no speech.
_SAID_IN = (Kind.PARAGRAPH, Kind.QUESTION, Kind.LIST_ITEM, Kind.FIELD, Kind.HEADING)


@dataclass(frozen=True)
class Labels:
    """The names that begin paragraphs of a dialogue; both empty in a text that is none."""

    speakers: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()
    """Those of the speakers whose paragraphs are mostly questions."""


def label_of(words: str) -> str | None:
    """Return the name before the colon at the beginning of a paragraph, or None; that of a question or answer without its number."""
    match = _LABEL.match(words)
    return _name(match) if match else None


def find_labels(paragraphs: Iterable[str]) -> Labels:
    """Return the names of those who speak, from the paragraphs or lines of a text.

    A name speaks if it begins several paragraphs that say something. Where there is one such name, every other name before
    something said speaks too. If a text has two labels that name nobody and one of them asks, once is enough.
    """
    said: dict[str, list[str]] = defaultdict(list)
    for words in paragraphs:
        if (match := _LABEL.match(words)) and (name := _name(match)) is not None:
            said[name].append(words[match.end() :])
    saying = {name for name, values in said.items() if 2 * sum(map(_says, values)) >= len(values)}
    asking = {name for name, values in said.items() if 2 * sum(map(_asks, values)) > len(values)}
    nameless = set(filter(_NAMELESS.fullmatch, said))
    if len(nameless) == 2 and len(asking & nameless) == 1:
        return Labels(frozenset(saying | nameless), frozenset(asking & nameless))
    repeated = {name for name in saying if len(said[name]) > 1}
    everything = [value for values in said.values() for value in values]
    if not repeated or sum(map(_says, everything)) < _SAID_SHARE * len(everything):
        return Labels()
    asking &= repeated
    return Labels(frozenset(saying), frozenset(asking if asking < saying else ()))


def with_speakers(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with the names of speakers, and the questions of interviews, as blocks of their own."""
    lines = {block: list(_lines(text, block)) for block in blocks if block.kind in _SAID_IN}
    labels = find_labels(_read(text, line) for found in lines.values() for line in found if _may_speak(text, line))
    if not labels.speakers:
        return tuple(blocks)
    return tuple(
        each
        for block in blocks
        for piece in _pieces(text, block, lines.get(block, []), labels)
        for each in _split(text, piece, labels)
    )


def _lines(text: str, block: Block) -> Iterator[Block]:
    """Yield a block cut before each of its lines that begins with a name and a colon."""
    breaks = (match.end() for match in _LINE_BREAK.finditer(text, block.start, block.end))
    begins = [position for position in breaks if _LABEL.match(text, position, block.end)]
    for start, end in pairwise([block.start, *begins, block.end]):
        yield _part(block, *trim(text, start, end))


def _part(block: Block, start: int, end: int) -> Block:
    skips = tuple(skip for skip in block.skips if start <= skip[0] and skip[1] <= end)
    return (
        block
        if (start, end) == (block.start, block.end)
        else replace(block, start=start, end=end, skips=skips, cells=())
    )


def _may_speak(text: str, block: Block) -> bool:
    name = label_of(_read(text, block))
    return name is not None and (block.kind in (Kind.PARAGRAPH, Kind.QUESTION) or _NAMELESS.fullmatch(name) is not None)


def _pieces(text: str, block: Block, lines: Sequence[Block], labels: Labels) -> list[Block]:
    """Return a block's lines, those that no speaker's name begins with the one before."""
    found: list[Block] = []
    for line in lines:
        if found and not (_may_speak(text, line) and label_of(_read(text, line)) in labels.speakers):
            found[-1] = _part(block, found[-1].start, line.end)
        else:
            found.append(line)
    return found or [block]


def _split(text: str, block: Block, labels: Labels) -> Iterator[Block]:
    """Yield a block, or a speaker and what is said, or a question."""
    match = _LABEL.match(text, block.start, block.end)
    name = label_of(_read(text, block)) if block.kind in _SAID_IN and _may_speak(text, block) else None
    if name not in labels.speakers or match is None:
        yield block
    elif block.kind in (Kind.HEADING, Kind.QUESTION):
        yield replace(block, skips=_without_label(block, match.end()))
    elif name in labels.questions and _is_question(text, block):
        yield replace(block, kind=Kind.QUESTION, level=0, cells=(), skips=_without_label(block, match.end()))
    elif labels.questions and _NAMELESS.fullmatch(name):
        yield replace(block, kind=Kind.PARAGRAPH, level=0, cells=(), skips=_without_label(block, match.end()))
    elif block.kind is Kind.PARAGRAPH:
        colon = match.end("name") + text.startswith(":", match.end("name"))
        yield Block(Kind.SPEAKER, match.start("name"), colon)
        yield replace(block, start=match.end(), skips=tuple(skip for skip in block.skips if skip[0] >= match.end()))
    else:
        yield block


def _is_question(text: str, block: Block) -> bool:
    """Return whether one who asks asks here: with a question mark, or in one sentence ("Tell me of the boat.")."""
    read = _read(text, block)
    return _asks(read) or len(sentence_spans(read, 0, len(read), len(read))) == 1


def _without_label(block: Block, end: int) -> tuple[tuple[int, int, str], ...]:
    return ((block.start, end, ""), *(skip for skip in block.skips if skip[0] >= end))


def _read(text: str, block: Block) -> str:
    return "".join(part.words for part in parts_of(text, block.start, block.end, block.skips)).lstrip()


def _says(value: str) -> bool:
    return ends_sentence(value) or len(value.split()) >= _SAID_WORDS


def _asks(value: str) -> bool:
    return value.rstrip(" *_").endswith("?")


def _name(match: re.Match[str]) -> str | None:
    if nameless := _NAMELESS.fullmatch(match["name"]):
        return nameless[1]
    # What a list's items begin with are words that they are about.
    return match["name"] if len(match["name"].split()) <= _NAME_WORDS and not match["marker"] else None
