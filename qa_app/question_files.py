"""Question files: one JSON object a line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import ArticlesError


class BrokenLine(ArticlesError):
    """A line of a question file that cannot be used."""


@dataclass(frozen=True)
class Turn:
    """One message of a conversation so far."""

    role: str
    """"user" or "assistant"."""
    content: str


@dataclass(frozen=True)
class Gold:
    """Where the evidence of a question stands: a place in a document, or a quote of it, or the document alone."""

    document: str
    start: int | None = None
    end: int | None = None
    """Characters of the canonical text, [start, end)."""
    quote: str | None = None


@dataclass(frozen=True)
class Question:
    """A line of a question file. What the file leaves out is empty."""

    id: str | int | float | None
    """As the file gives it; the line's number where it gives none."""
    question: str
    history: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()
    evidence: tuple[Gold, ...] = ()
    unanswerable: bool = False


def read_questions(file: Path) -> Iterator[Question]:
    """Yield the questions of a JSON Lines file, in order; blank lines are passed over.

    Raises:
        BrokenLine: the file cannot be read, or a line is not a question; the message has its number and the reason.
    """
    return parse_questions(read_lines(file), str(file))


def read_lines(file: Path) -> Iterator[str]:
    """Yield the lines of a text file.

    Raises:
        BrokenLine: it cannot be read.
    """
    try:
        with file.open(encoding="utf-8") as lines:
            yield from lines
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenLine(f"{file} cannot be read: {error}.", "Name a JSON Lines file in UTF-8.") from error


def parse_questions(lines: Iterable[str], name: str) -> Iterator[Question]:
    """Yield the questions of lines; see `read_questions`."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield parse_question(line, number, name)


def parse_question(line: str, number: int, name: str) -> Question:
    """Return the question of one line.

    Raises:
        BrokenLine: it is none; the message has the line's number and the reason.
    """
    try:
        return _question(json.loads(line), number)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BrokenLine(f"{name}, line {number}: {_reason(error)}.", "Mend the line.") from error


def _question(values: Any, number: int) -> Question:
    if not isinstance(values, dict):
        raise TypeError("not a JSON object")
    text = values["question"]
    if not isinstance(text, str) or not text.strip():
        raise TypeError('"question" is not a text')
    return Question(
        id=_id(values.get("id", number)),
        question=text,
        history=tuple(Turn(str(turn["role"]), str(turn["content"])) for turn in _list(values, "history")),
        answers=tuple(str(answer) for answer in _list(values, "answers")),
        evidence=tuple(
            Gold(gold["document"], gold.get("start"), gold.get("end"), gold.get("quote"))
            for gold in _list(values, "evidence")
        ),
        unanswerable=bool(values.get("unanswerable", False)),
    )


def _id(value: Any) -> str | int | float | None:
    if value is not None and not isinstance(value, str | int | float):
        raise TypeError('"id" is neither a text nor a number')
    return value


def _list(values: dict[str, Any], key: str) -> Sequence[Any]:
    value = values.get(key) or []
    if not isinstance(value, list):
        raise TypeError(f'"{key}" is not a list')
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    return str(error)
