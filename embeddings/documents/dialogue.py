"""Find who speaks in minutes, interviews and questions with answers: paragraphs that begin with a name and a colon."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.sentences import ends_sentence
from embeddings.documents.units import parts_of

_TIME = r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s*[-–]?\s*)?"
# A full stop in a name comes after an initial or a form of address: "Ms. Li", "J. R. Vik", "Prof. Oduya".
_NAME = r"(?P<name>[^\W\d_](?:[^:.?!\n]|(?<=\b[^\W\d_a-z])\.|(?<=\b[^\W\d_a-z]\w)\.|(?<=\b[^\W\d_a-z]\w\w)\.|(?<=\bProf)\.){0,40}?)"
_LABEL = re.compile(rf"{_TIME}{_NAME}\s*:\s+(?=\S)")
# The same in Markdown, where the name may be emphasised: "**Name:** words".
_MARKED_LABEL = re.compile(rf"[*_]*{_TIME}[*_]*{_NAME}[*_]*\s*:[*_]*\s+(?=\S)")
# Labels of questions and answers that name nobody.
_NAMELESS = re.compile(r"\w|answer|antwort|réponse|respuesta|ответ|cevap", re.IGNORECASE)
_NAME_WORDS = 5
# What is said is a sentence, or at least this many words; what a field holds is neither.
_SAID_WORDS = 8


@dataclass(frozen=True)
class Labels:
    """The names that begin paragraphs of a dialogue; both empty in a text that is none."""

    speakers: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()
    """Those of the speakers whose paragraphs are mostly questions."""


def label_of(words: str) -> str | None:
    """Return the name before the colon at the beginning of a paragraph, or None."""
    match = _LABEL.match(words)
    return match["name"] if match and len(match["name"].split()) <= _NAME_WORDS else None


def find_labels(paragraphs: Iterable[str]) -> Labels:
    """Return the names of those who speak, from the paragraphs or lines of a text.

    A name speaks if it begins several paragraphs that say something. Where there is one such name, every other name before
    something said speaks too.
    """
    said: dict[str, list[str]] = defaultdict(list)
    for words in paragraphs:
        if (match := _LABEL.match(words)) and (name := label_of(words)) is not None:
            said[name].append(words[match.end() :])
    saying = {name for name, values in said.items() if 2 * sum(map(_says, values)) >= len(values)}
    repeated = {name for name in saying if len(said[name]) > 1}
    if not repeated:
        return Labels()
    asking = {
        name
        for name in repeated
        if 2 * sum(value.rstrip(" *_").endswith("?") for value in said[name]) >= len(said[name])
    }
    return Labels(frozenset(saying), frozenset(asking if asking < saying else ()))


def with_speakers(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with the names of speakers, and the questions of interviews, as blocks of their own."""
    read = {block: _read(text, block) for block in blocks if block.kind is Kind.PARAGRAPH}
    labels = find_labels(read.values())
    if not labels.speakers:
        return tuple(blocks)
    return tuple(each for block in blocks for each in _split(text, block, read.get(block), labels))


def _split(text: str, block: Block, read: str | None, labels: Labels) -> Iterator[Block]:
    name = label_of(read) if read is not None else None
    match = _MARKED_LABEL.match(text, block.start, block.end)
    if name not in labels.speakers or match is None:
        yield block
    elif name in labels.questions:
        yield replace(block, kind=Kind.QUESTION, skips=_without_label(block, match.end()))
    elif labels.questions and _NAMELESS.fullmatch(name):
        yield replace(block, skips=_without_label(block, match.end()))
    else:
        colon = match.end("name") + text.startswith(":", match.end("name"))
        yield Block(Kind.SPEAKER, match.start("name"), colon)
        yield replace(block, start=match.end(), skips=tuple(skip for skip in block.skips if skip[0] >= match.end()))


def _without_label(block: Block, end: int) -> tuple[tuple[int, int, str], ...]:
    return ((block.start, end, ""), *(skip for skip in block.skips if skip[0] >= end))


def _read(text: str, block: Block) -> str:
    return "".join(part.words for part in parts_of(text, block.start, block.end, block.skips)).lstrip()


def _says(value: str) -> bool:
    return ends_sentence(value) or len(value.split()) >= _SAID_WORDS
