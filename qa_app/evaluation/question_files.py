"""Read and write question files: JSON Lines, one question per line."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import ArticlesError
from qa_app.types import Turn


class BrokenLine(ArticlesError):
    """A question file, or lines of it, cannot be used."""


class FileInTheWay(ArticlesError):
    """The file already exists, and may hold somebody's work."""


@dataclass(frozen=True)
class Gold:
    """The evidence for a question: a place in a document, a quote from it, or the whole document."""

    document: str
    """Path relative to the corpus folder."""
    start: int | None = None
    end: int | None = None
    """Characters of the canonical text, [start, end); both or neither."""
    quote: str | None = None
    """Words of the document; with `start` and `end`, the words there."""


@dataclass(frozen=True)
class Question:
    """A line of a question file. Missing fields are empty."""

    id: str | int | float
    """As in the file; the line number if missing."""
    question: str
    history: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()
    evidence: tuple[Gold, ...] = ()
    unanswerable: bool = False


def read_questions(file: Path) -> list[Question]:
    """Return the questions of a JSON Lines file, in order; blank lines are skipped.

    Raises:
        BrokenLine: the file cannot be read, has no questions, or has invalid lines; the message lists all of these with
            their numbers and reasons.
    """
    questions = parse_questions(read_lines(file), str(file))
    if not questions:
        raise BrokenLine(f"{file} contains no questions.", "docs/formats.md shows what a line looks like.")
    return questions


def read_lines(file: Path) -> Iterator[str]:
    """Yield the lines of a text file.

    Raises:
        BrokenLine: the file cannot be read.
    """
    try:
        with file.open(encoding="utf-8-sig") as lines:
            yield from lines
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BrokenLine(f"{file} cannot be read: {reason}.", "Name a JSON Lines file in UTF-8.") from error


def write_questions(lines: Iterable[Mapping[str, Any]], file: Path | None) -> None:
    """Write a new question file; None writes to standard output.

    Raises:
        FileInTheWay: the file already exists; it was not changed.
        OSError: the file cannot be written.
    """
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    if file is None:
        sys.stdout.write(text)
        return
    check_new(file)
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)


def check_new(file: Path) -> None:
    """Check that a file does not exist yet.

    Raises:
        FileInTheWay: it exists.
    """
    if file.exists():
        raise FileInTheWay(f"{file} already exists and was not changed.", "Name another file, or move this one away.")


def parse_questions(lines: Iterable[str], name: str) -> list[Question]:
    """Return the questions of lines; see `read_questions`."""
    questions, broken = [], []
    seen: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                question = parse_question(line, number, name)
            except BrokenLine as error:
                broken.append(error.what)
                continue
            before = seen.setdefault((str(question.id), question.question), number)
            if before != number:
                broken.append(f"{name}, line {number}: line {before} has the same id and question.")
            questions.append(question)
    if broken:
        raise BrokenLine(
            "\n".join(broken), "Correct the line." if len(broken) == 1 else f"Correct these {len(broken)} lines."
        )
    return questions


def parse_question(line: str, number: int, name: str) -> Question:
    """Return the question in one line.

    Raises:
        BrokenLine: the line is invalid; the message has its number and the reason.
    """
    try:
        return _question(json.loads(line), number)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BrokenLine(f"{name}, line {number}: {_reason(error)}.", "Correct the line.") from error


def _question(values: Any, number: int) -> Question:
    if not isinstance(values, dict):
        raise TypeError("not a JSON object")
    question = Question(
        id=_id(values.get("id"), number),
        question=_text(values["question"], '"question"'),
        history=tuple(parse_turn(turn) for turn in _list(values, "history")),
        answers=tuple(_text(answer, "an answer") for answer in _list(values, "answers")),
        evidence=tuple(_gold(gold) for gold in _list(values, "evidence")),
        unanswerable=_flag(values.get("unanswerable"), '"unanswerable"'),
    )
    if question.unanswerable and question.answers:
        raise ValueError('it is "unanswerable" and has "answers"')
    return question


def _gold(values: Any) -> Gold:
    if not isinstance(values, dict):
        raise TypeError("a piece of evidence is not a JSON object")
    document = _text(values["document"], '"document"')
    start, end = (_position(values, key) for key in ("start", "end"))
    if (start is None) != (end is None):
        raise ValueError('a piece of evidence has only one of "start" and "end"')
    if start is not None and end is not None and not 0 <= start < end:
        raise ValueError(f'[{start}, {end}) is not a range: "start" must be at least 0 and less than "end"')
    quote = values.get("quote")
    return Gold(document, start, end, None if quote is None else _text(quote, '"quote"'))


def parse_turn(values: Any) -> Turn:
    """Return JSON values, {"role", "content"}, as a turn.

    Raises:
        TypeError, ValueError, KeyError: they are not a turn.
    """
    if not isinstance(values, dict):
        raise TypeError('a turn of "history" is not a JSON object')
    return Turn(_whole(str(values["role"]), '"role"'), _whole(str(values["content"]), '"content"'))


def _id(value: Any, number: int) -> str | int | float:
    if value is None:
        return number
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise TypeError('"id" is neither a string nor a number')
    return _whole(value, '"id"') if isinstance(value, str) else value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is not a string")
    if not value.strip():
        raise ValueError(f"{what} is blank")
    return _whole(value, what)


def _whole(value: str, what: str) -> str:
    r"""Return a text that is one: JSON can write half a character, such as "\ud800", which no file can hold."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{what} has half a character ({value[error.start]!r})") from error
    return value


def _position(values: dict[str, Any], key: str) -> int | None:
    value = values.get(key)
    if value is not None and type(value) is not int:
        raise TypeError(f'"{key}" is not a whole number')
    return value


def _flag(value: Any, what: str) -> bool:
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"{what} is neither true nor false")
    return bool(value)


def _list(values: dict[str, Any], key: str) -> Sequence[Any]:
    value = values.get(key)
    if value is not None and not isinstance(value, list):
        raise TypeError(f'"{key}" is not a list')
    return value or []


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    if isinstance(error, RecursionError):
        return "not JSON (nested too deeply)"
    return str(error)
