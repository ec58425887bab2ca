"""Cut a document into chunks: whole units under the same headings, near a target size."""

import hashlib
import pickle
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from embeddings.config import ChunkingConfig
from embeddings.documents.blocks import Kind
from embeddings.documents.document import Document
from embeddings.documents.isolation import run_isolated
from embeddings.documents.sections import Group, Section, sections_of
from embeddings.documents.units import Context, Unit

VERSION = 5
"""Raised when sections, units or chunks come out differently for the same blocks."""


@dataclass(frozen=True)
class Chunk:
    """A passage of a document: the unit of encoding and search."""

    document: Document
    units: tuple[Unit, ...]
    """At least one; in order."""
    context: tuple[Context, ...]
    """What the passage is about, from the outermost; outside the passage."""

    @property
    def start(self) -> int:
        """The first character of the passage in the document's canonical text."""
        return self.units[0].start

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.units[-1].end

    @property
    def text(self) -> str:
        """The passage as it stands in the document."""
        return self.document.text[self.start : self.end]

    @property
    def readable(self) -> str:
        """The passage as it is read; see `readable`."""
        return readable(self.context, self.units)


def readable(context: Sequence[Context], units: Iterable[Unit]) -> str:
    """Return a passage as it is read: its context but for the title, then its units, all without markup."""
    headings = [each.words for each in context if each.kind is not Kind.TITLE]
    return "\n".join([*headings, " ".join(unit.text for unit in units)])


def encoder_input(title: str, text: str) -> str:
    """Return the encoder's input for a readable passage. The document's title adds names that the paragraph leaves out."""
    return f"{title}\n{text}"


def content_key(title: str, text: str) -> bytes:
    """Return the SHA-256 of the encoder's input; equal content is encoded once."""
    return hashlib.sha256(encoder_input(title, text).encode()).digest()


def chunk_document(document: Document, config: ChunkingConfig) -> list[Chunk]:
    """Cut a document into chunks, in order. Each has whole units under the same headings, and no boilerplate."""
    return [
        Chunk(document, tuple(units), _context(section, group, units))
        for section in sections_of(document.text, document.blocks, config.max_sentence_chars)
        for group in _joined(section.groups, config)
        for units in pack(group, config)
    ]


def chunk_apart(document: Document, config: ChunkingConfig) -> list[Chunk]:
    """Return the chunks of `chunk_document`, cut in a process of its own, for a long document.

    Raises:
        UnreadableFile: it cannot be cut within the limits of time and memory.
    """
    found = run_isolated(_units_and_contexts, pickle.dumps((document, config)), document.path)
    return [Chunk(document, units, context) for units, context in found]


def _units_and_contexts(data: bytes, name: str) -> list[tuple[tuple[Unit, ...], tuple[Context, ...]]]:
    return [(chunk.units, chunk.context) for chunk in chunk_document(*pickle.loads(data))]


def pack(group: Group, config: ChunkingConfig) -> list[tuple[Unit, ...]]:
    """Pack a group's units into chunks of even size near `config.target_chars`.

    The number of chunks follows from the total length, and all get about the same size, so that no short rest remains. In
    prose each chunk but the first begins with the last `overlap_sentences` of the one before.
    """
    units = group.units
    sizes = [len(unit.text) + 1 for unit in units]
    starts = [0, *accumulate(sizes)]
    total = starts.pop() - 1
    parts = max(1, round(total / config.target_chars))
    # first[i] is the first unit of part i: the one that starts nearest to an even cut
    first = sorted({_nearest(starts, total * i / parts) for i in range(parts)})
    last = [*first[1:], len(units)]
    overlap = config.overlap_sentences if group.is_prose else 0
    return [
        units[begin if i == 0 else max(first[i - 1], begin - overlap) : stop]
        for i, (begin, stop) in enumerate(zip(first, last, strict=True))
    ]


def _nearest(values: list[int], target: float) -> int:
    """Return the position of the value nearest to `target` in ascending `values`; the lower one in a tie."""
    after = bisect_left(values, target)
    if after == 0 or (after < len(values) and values[after] - target < target - values[after - 1]):
        return after
    return after - 1


def _context(section: Section, group: Group, units: Sequence[Unit]) -> tuple[Context, ...]:
    lead_in = group.lead_in
    if lead_in is None or lead_in.start >= units[0].start:
        return section.context
    return (*section.context, lead_in)


def _joined(groups: Sequence[Group], config: ChunkingConfig) -> list[Group]:
    """Join tiny groups with their neighbours, so that a chunk is rarely a few words."""
    runs: list[list[Group]] = []
    size = 0  # of the last run
    for group in groups:
        own = _size(group)
        if runs and _joins(size, len(runs[-1]), own, config):
            runs[-1].append(group)
            size += own
        else:
            runs.append([group])
            size = own
    return [_merged(run) for run in runs]


def _merged(run: Sequence[Group]) -> Group:
    units = tuple(unit for group in run for unit in group.units)
    lead_in = next((group.lead_in for group in run if group.lead_in), None)
    return Group(units, any(group.is_prose for group in run), lead_in)


def _joins(size: int, groups: int, own: int, config: ChunkingConfig) -> bool:
    """Return whether a group joins those before it: one of the two is tiny, and both fit into one chunk.

    A single tiny group joins the next one even if they do not fit.

    Args:
        size: of those before it, in characters.
        groups: how many they are.
        own: the size of the group.
        config: the sizes that are wanted.
    """
    tiny = config.tiny_paragraph_chars
    fits = size + own <= config.target_chars
    return (size < tiny and (fits or groups == 1)) or (own < tiny and fits)


def _size(group: Group) -> int:
    return sum(len(unit.text) + 1 for unit in group.units)
