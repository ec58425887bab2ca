"""Read JSON as a typed value, strictly: no type is guessed, and a fault is told with its place."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

_T = TypeVar("_T")


def read_json(kind: "TypeAdapter[_T]", text: str | bytes) -> _T:
    """Return JSON as a value of `kind`. A missing field takes its default; fields that `kind` does not know are ignored.

    Raises:
        ValueError: it does not fit; the message says what is wrong, and where.
    """
    try:
        return kind.validate_json(text, strict=True)
    except ValidationError as error:
        raise ValueError(_first_fault(error)) from error


def _first_fault(error: ValidationError) -> str:
    faults = error.errors(include_url=False)
    for fault in faults:
        if fault["loc"] == ("format",):  # whatever else is wrong follows from it
            return f"it is of format {fault['input']}, this program reads {fault['ctx']['expected']}"
    return f"{_place(faults[0]['loc'])}{faults[0]['msg']}"


def _place(steps: tuple[Any, ...]) -> str:
    """Return a place as one writes it in Python, such as `quotes[0].citation.start`, with a colon behind it."""
    names = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return f"{names.removeprefix('.')}: " if names else ""
