"""Find who speaks in minutes, interviews and questions with answers: paragraphs that begin with a name and a colon."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.sentences import ends_sentence
from embeddings.documents.units import parts_of

_TIME = r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s*[-–]?\s*)?"
_LABEL = re.compile(rf"{_TIME}(?P<name>[^\W\d_][^:.?!\n]{{0,40}}?)\s*:\s+(?=\S)")
# The same in Markdown, where the name may be emphasised: "**Name:** words".
_MARKED_LABEL = re.compile(rf"[*_]*{_TIME}[*_]*(?P<name>[^\W\d_][^:.?!\n]{{0,40}}?)[*_]*\s*:[*_]*\s+(?=\S)")
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
        name for name in saying if 2 * sum(value.rstrip(" *_").endswith("?") for value in said[name]) >= len(said[name])
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
    elif labels.questions:  # the answer's label names nobody
        yield replace(block, skips=_without_label(block, match.end()))
    else:
        end = block.start + len(text[block.start : match.end()].rstrip())
        yield Block(Kind.SPEAKER, match.start("name"), end)
        yield replace(block, start=match.end(), skips=tuple(skip for skip in block.skips if skip[0] >= match.end()))


def _without_label(block: Block, end: int) -> tuple[tuple[int, int, str], ...]:
    return ((block.start, end, ""), *(skip for skip in block.skips if skip[0] >= end))


def _read(text: str, block: Block) -> str:
    return "".join(part.words for part in parts_of(text, block.start, block.end, block.skips)).lstrip()


def _says(value: str) -> bool:
    return ends_sentence(value) or len(value.split()) >= _SAID_WORDS
