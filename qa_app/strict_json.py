"""Parse JSON into typed values, strictly: types are not coerced, and an error names its place."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

_T = TypeVar("_T")


def read_json(kind: "TypeAdapter[_T]", text: str | bytes) -> _T:
    """Return JSON as a value of `kind`. A missing field takes its default; unknown fields are ignored.

    Raises:
        ValueError: the JSON does not fit `kind`; the message says what is wrong and where.
    """
    try:
        return kind.validate_json(text, strict=True)
    except ValidationError as error:
        raise ValueError(_first_fault(error)) from error


def _first_fault(error: ValidationError) -> str:
    faults = error.errors(include_url=False)
    first = next(
        (fault for fault in faults if fault["loc"] == ("format",)), faults[0]
    )  # the format causes any other fault
    if first["loc"] == ("format",) and "ctx" in first:
        return f"it has format {first['input']}, but this program reads format {first['ctx']['expected']}"
    return f"{_place(first['loc'])}{first['msg']}"


def _place(steps: tuple[Any, ...]) -> str:
    """Return a place in Python notation, such as `quotes[0].citation.start`, followed by a colon."""
    names = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return f"{names.removeprefix('.')}: " if names else ""
