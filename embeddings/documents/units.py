"""Units: the sentences, table rows and list items that are read and quoted whole, without the markup inside them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from embeddings.documents.blocks import Block, Kind, Skip, Span

_QUESTION_MARKS = ("?", "？", "؟")
_CLOSING = " \n\t\"'”’»)]*_"
_CELL_END, _NAME_END = "; ", ": "
_BETWEEN_CELLS = (_CELL_END.strip(), _NAME_END.strip())


@dataclass(frozen=True)
class Part:
    """A piece of a unit as it is read."""

    words: str
    span: Span | None
    """Where the words stand in the canonical text; None for words of our own between two pieces, such as ": "."""


STOP = Part(".", None)
"""What is read behind a field that is read beside others, where the text has no mark."""


@dataclass(frozen=True)
class Unit:
    """What is quoted as a whole: `[start, end)` of the canonical text, in characters."""

    start: int
    end: int
    parts: tuple[Part, ...]
    """As it is read: without markup, and with what it needs to be understood: a table's row has the names of its columns,
    a speaker's later sentences have the speaker. Such parts lie outside [start, end)."""
    is_apart: bool = False
    """Whether it is understood without its neighbours: a table's row, a field."""

    @property
    def text(self) -> str:
        """The unit as it is read."""
        return "".join(part.words for part in self.parts)

    @property
    def shown(self) -> str:
        """The unit as it is shown, with what it is read with: in one line, without a `STOP`."""
        parts = self.parts[:-1] if self.parts[-1] == STOP else self.parts
        return " ".join("".join(part.words for part in parts).split())

    @property
    def is_question(self) -> bool:
        """Whether it asks, and so states nothing."""
        return self.text.rstrip(_CLOSING).endswith(_QUESTION_MARKS)

    @property
    def is_row(self) -> bool:
        """Whether it is a table's row, read with words of our own between its cells."""
        return any(part.span is None and part.words.strip() in _BETWEEN_CELLS for part in self.parts)

    @property
    def is_metadata(self) -> bool:
        """Whether it states the document's date or author, and is read with a word of our own before it."""
        return self.parts[0].span is None

    def is_inside(self, part: Part) -> bool:
        """Return whether a part is quoted with the unit, not only read with it."""
        return part.span is not None and self.start <= part.span[0] and part.span[1] <= self.end


@dataclass(frozen=True)
class Context:
    """A stretch of the canonical text that says what other text is about: a title, a heading, a lead-in."""

    kind: Kind
    unit: Unit
    quote: str
    """As it stands in the canonical text, with its markup."""

    @property
    def start(self) -> int:
        """Its first character in the canonical text."""
        return self.unit.start

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.unit.end

    @property
    def words(self) -> str:
        """The stretch as it is read, in one line."""
        return " ".join(self.unit.text.split())


def parts_of(text: str, start: int, end: int, skips: Sequence[Skip] = ()) -> tuple[Part, ...]:
    """Return `text[start:end]` as parts, each skip replaced by what is read in its place."""
    parts: list[Part] = []
    position = start
    for first, last, replacement in skips:
        if (last <= position and not first == last == position) or first >= end:
            continue
        if position < first:
            parts.append(Part(text[position:first], (position, first)))
        if replacement:
            parts.append(Part(replacement, None))
        position = last
    if position < end:
        parts.append(Part(text[position:end], (position, end)))
    return tuple(parts)


def cuts(parts: Sequence[Part], spans: Iterable[Span]) -> Iterator[tuple[Part, ...]]:
    """Yield the parts of each of the spans, which are in order and apart, in characters of the text as it is read."""
    i = position = 0  # the part, and where it begins
    for first, last in spans:
        found: list[Part] = []
        while i < len(parts) and position < last:
            part = parts[i]
            low, high = max(first - position, 0), min(last - position, len(part.words))
            if low < high:
                words = part.words[low:high]
                found.append(Part(words, part.span and (part.span[0] + low, part.span[0] + high)))
            if position + len(part.words) > last:
                break
            position += len(part.words)
            i += 1
        yield tuple(found)


def unit_of(parts: tuple[Part, ...]) -> Unit | None:
    """Return a unit of these parts alone; None when they are words of our own, or blank."""
    spans = [part.span for part in parts if part.span and part.words.strip()]
    return Unit(spans[0][0], spans[-1][1], parts) if spans else None


def row_unit(text: str, row: Block, header: Block | None) -> Unit | None:
    """Return a table row as "column: cell; column: cell", each with its place; None for a row without words."""
    names = header.cells if header else ()
    parts: list[Part] = []
    for i, (start, end) in enumerate(row.cells or ((row.start, row.end),)):
        cell = [part for part in parts_of(text, start, end, row.skips) if part.words.strip()]
        if not cell:
            continue
        if parts:
            parts.append(Part(_CELL_END, None))
        if header and i < len(names) and (name := parts_of(text, *names[i], header.skips)):
            parts += [*name, Part(_NAME_END, None)]
        parts += cell
    own = [part.span for part in parts if part.span and row.start <= part.span[0] < row.end]
    return Unit(own[0][0], own[-1][1], tuple(parts), is_apart=True) if own else None


def shown_words(unit: Unit, start: int, end: int) -> str:
    """Return the words of a unit in [start, end) of the canonical text as they are read, in one line; "" if it has none."""
    words: list[str] = []
    between: list[str] = []
    for part in unit.parts:
        if part.span is None or (unit.is_row and not unit.is_inside(part)):
            between = [" | "] if unit.is_row else [*between, part.words]
            continue
        low, high = max(start, part.span[0]), min(end, part.span[1])
        if low < high:
            words += [*(between if words else ()), part.words[low - part.span[0] : high - part.span[0]]]
        between = []
    return " ".join("".join(words).split())
