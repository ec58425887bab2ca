"""Write blocks, units and contexts as compact JSON, and read them."""

import json
from collections.abc import Sequence
from typing import Any

from embeddings.documents.blocks import Block, Kind
from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.units import Context, Part, Unit


def blocks_json(blocks: Sequence[Block]) -> str:
    """Return blocks as JSON: [kind, start, end, level, cells, skips] each, without empty values at the end."""
    return _dumped([_trimmed([b.kind.value, b.start, b.end, b.level, b.cells, b.skips]) for b in blocks])


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks that `blocks_json` wrote."""
    return tuple(_block(*values) for values in json.loads(text))


def boilerplate_json(pieces: Sequence[Boilerplate]) -> str:
    """Return boilerplate as JSON: [start, end, reason] each, and a fourth value, true, if it is read."""
    return json.dumps([[piece.start, piece.end, piece.reason, *([True] if piece.is_read else [])] for piece in pieces])


def read_boilerplate(text: str) -> tuple[Boilerplate, ...]:
    """Return the boilerplate that `boilerplate_json` wrote."""
    return tuple(Boilerplate(*piece) for piece in json.loads(text))


def context_json(context: Sequence[Context]) -> str:
    """Return contexts as JSON: [kind, unit] each."""
    return _dumped([[each.kind.value, _unit_values(each.unit)] for each in context])


def read_context(values: str, text: str) -> tuple[Context, ...]:
    """Return the contexts that `context_json` wrote of a document with this text."""
    found = [(Kind(kind), _unit(text, *unit)) for kind, unit in json.loads(values)]
    return tuple(Context(kind, unit, text[unit.start : unit.end]) for kind, unit in found)


def units_json(units: Sequence[Unit]) -> str:
    """Return units as JSON: [start, end, is_apart, parts] each, without false and empty values at the end.

    A part is [start, end] of the document's text, or words of our own; a unit without markup has none listed.
    """
    return _dumped([_unit_values(unit) for unit in units])


def read_units(values: str, text: str) -> tuple[Unit, ...]:
    """Return the units that `units_json` wrote of a document with this text."""
    return tuple(_unit(text, *each) for each in json.loads(values))


def _unit_values(unit: Unit) -> list[Any]:
    is_plain = len(unit.parts) == 1 and unit.parts[0].span == (unit.start, unit.end)
    parts = [] if is_plain else [part.words if part.span is None else part.span for part in unit.parts]
    return _trimmed([unit.start, unit.end, int(unit.is_apart), parts])


def _unit(text: str, start: int, end: int, is_apart: int = 0, parts: Sequence[Any] = ()) -> Unit:
    found = tuple(_part(text, part) for part in parts or [(start, end)])
    return Unit(start, end, found, bool(is_apart))


def _part(text: str, value: Any) -> Part:
    return Part(value, None) if isinstance(value, str) else Part(text[slice(*value)], (value[0], value[1]))


def _block(kind: str, start: int, end: int, level: int = 0, cells: Any = (), skips: Any = ()) -> Block:
    return Block(Kind(kind), start, end, level, tuple((a, b) for a, b in cells), tuple((a, b, c) for a, b, c in skips))


def _trimmed(values: list[Any]) -> list[Any]:
    while not values[-1]:
        values.pop()
    return values


def _dumped(values: list[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
