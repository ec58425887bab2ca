"""JSON read back as the frozen values that were written with `dataclasses.asdict`."""

import types
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any, TypeVar

_T = TypeVar("_T")


def from_json(kind: type[_T], value: Any) -> _T:
    """Return JSON `value` as a `kind`, a dataclass; what the value has beside its fields is passed over.

    Fields may be dataclasses, tuples of one kind or of a fixed length, dicts with text for keys, unions with None, and
    plain types.

    Raises:
        ValueError: it is none; the message says where.
    """
    read: _T = _read(kind, value, "")
    return read


def _read(kind: Any, value: Any, where: str) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise ValueError(f"{where or 'the whole'} is not an object")
        kinds = _kinds(kind)
        missing = [name for name in kinds if name not in value]
        if missing:
            raise ValueError(f"{where}.{missing[0]} is missing".lstrip("."))
        return kind(**{name: _read(kinds[name], value[name], f"{where}.{name}".lstrip(".")) for name in kinds})
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{where} is not a list")
        return _read_tuple(typing.get_args(kind), value, where)
    if typing.get_origin(kind) is dict:
        if not isinstance(value, Mapping):
            raise ValueError(f"{where} is not an object")
        return {str(key): _read(typing.get_args(kind)[1], item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(kind, types.UnionType):
        return None if value is None else _read(typing.get_args(kind)[0], value, where)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"{where} is not of type {kind.__name__}: {str(value)[:40]}")
    return value


def _read_tuple(kinds: tuple[Any, ...], value: list[Any], where: str) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(value) != len(kinds):
        raise ValueError(f"{where} has {len(value)} items, not {len(kinds)}")
    return tuple(_read(kind, item, f"{where}[{i}]") for i, (kind, item) in enumerate(zip(kinds, value, strict=True)))


@cache
def _kinds(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
