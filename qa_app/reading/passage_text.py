"""A passage as the reader sees it, and where each of its characters stands in the document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from embeddings.documents.blocks import Span
from embeddings.documents.units import Part, Unit


@dataclass(frozen=True)
class Piece:
    """A stretch in which an answer may lie: [start, end) in characters of the text that the reader sees."""

    start: int
    end: int
    unit: int
    """Number of the unit that it belongs to."""


@dataclass(frozen=True)
class PassageText:
    """What the reader sees of a passage, or of its context."""

    text: str
    units: tuple[Unit, ...]
    pieces: tuple[Piece, ...]
    """In order, not overlapping."""
    places: tuple[tuple[int, Span], ...]
    """Where stretches of the text begin, and the stretch of the document that each of them shows; in order."""

    def in_document(self, start: int, end: int) -> Span | None:
        """Return the stretch of the document for [start, end) of the text, inside a piece; None for words of our own."""
        inside = [
            (span[0] + max(0, start - begin), min(span[1], span[0] + end - begin))
            for begin, span in self.places
            if begin < end and start < begin + span[1] - span[0]
        ]
        return (inside[0][0], inside[-1][1]) if inside else None


def passage_text(units: Sequence[Unit]) -> PassageText:
    """Lay units out as one text, with a blank between them."""
    words: list[str] = []
    pieces: list[Piece] = []
    places: list[tuple[int, Span]] = []
    position = 0
    for number, unit in enumerate(units):
        if words:
            words.append(" ")
            position += 1
        for parts in _runs(unit):
            begin = end = None
            for part in parts:
                words.append(part.words)
                if part.span:
                    places.append((position, part.span))
                    begin, end = position if begin is None else begin, position + len(part.words)
                position += len(part.words)
            if begin is not None and end is not None:
                pieces.append(Piece(begin, end, number))
    return PassageText("".join(words), tuple(units), tuple(pieces), tuple(places))


def _runs(unit: Unit) -> Iterator[list[Part]]:
    """Yield the parts in runs that an answer may cross: markup is crossed, but not the borders of a table's cells."""
    if unit.is_row:  # the names of its columns are no answers
        yield from ([part if unit.is_inside(part) else Part(part.words, None)] for part in unit.parts)
        return
    # Words of our own inside a unit, such as a character for its Markdown entity, do not part it.
    for _, run in groupby(unit.parts, key=lambda part: part.span is None or unit.is_inside(part)):
        yield list(run)
