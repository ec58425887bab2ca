"""The result of an evaluation, and its file: written by `eval`, read by `eval --against` and the page."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from embeddings.errors import ArticlesError
from embeddings.storage.atomic import replace_file
from qa_app.strict_json import read_json

FORMAT: Final = 1
"""Increased whenever files of older programs can no longer be read unchanged."""


class BrokenResult(ArticlesError):
    """The file is not an evaluation result, or not one that this program can read."""


@dataclass(frozen=True)
class Place:
    """A range of an article's text."""

    document: str
    """Path relative to the corpus folder."""
    start: int
    end: int
    """Characters of the canonical text, [start, end)."""


@dataclass(frozen=True)
class Cited:
    """A quote cited by an answer."""

    place: Place
    quote: str
    exact: bool
    """Whether the stored article had the quote at its place when the question was answered."""


@dataclass(frozen=True)
class Outcome:
    """A question of the file, the answer with abstention switched off, and how the answer was judged.

    What depends on a field that the question lacks is None: without `answers` there is no `exact_match`.
    """

    id: str
    """As in the file, as text; the line number if missing."""
    question: str
    answers: tuple[str, ...]
    unanswerable: bool
    gold: tuple[Place, ...]
    """The evidence that was found in the corpus."""

    answer: str
    short_answer: str | None
    confidence: float
    """Probability, 0..1; below the threshold the answer is withheld."""
    citations: tuple[Cited, ...]
    passages: tuple[Place, ...]
    """What the search found, best first: the passages that were read, in the reader's order, then others up to ten."""
    latency_ms: float
    """Of the whole answer, without the evaluation's own work."""

    exact_match: float | None
    """0 or 1, of the short answer (SQuAD's normalisation)."""
    f1: float | None
    """0..1, of the short answer."""
    contains: bool | None
    """Whether the quoted sentences contain a gold answer as whole words."""
    cited: bool | None
    """Whether a citation contains gold evidence, or lies inside it."""
    first_cited: bool | None
    """Whether the first citation does."""
    gold_rank: int | None
    """Rank, from 1, of the first of `passages` with gold evidence; 0 if none has it."""


@dataclass(frozen=True)
class Measure:
    """A figure, with its interval and the number of questions behind it."""

    name: str
    value: float
    low: float
    high: float
    """The 95 % bootstrap interval, ends included."""
    count: int
    """Number of questions that it was counted over."""
    unit: str = "share"
    """"share" (0..1), "score" (0..1, printed as a number), "mean" or "ms"."""


@dataclass(frozen=True)
class Circumstances:
    """What was measured, to show what else differs between two results."""

    made_at: str
    """ISO 8601, UTC."""
    questions_file: str
    questions_sha256: str
    folder: str
    """The corpus folder of the index."""
    build: str
    generation: int
    encoder: str
    """Name and first eight digits of the weights' SHA-256."""
    reader: str
    """Label of the reader; see `qa_app.assistant.reader_words`."""
    threshold: float
    """The threshold in use, 0..1."""
    documents: int
    chunks: int


@dataclass(frozen=True)
class Result:
    """The result of an evaluation."""

    circumstances: Circumstances
    measures: tuple[Measure, ...]
    outcomes: tuple[Outcome, ...]
    """In the order of the file."""
    format: Literal[1] = FORMAT


_RESULT = TypeAdapter(Result)


def last_result_file(index: Path) -> Path:
    """Return the file of the last evaluation over an index."""
    return index / "quality.json"


def result_json(result: Result) -> dict[str, Any]:
    """Return a result as JSON values: the fields of the classes above by name."""
    return asdict(result)


def write_result(result: Result, file: Path) -> None:
    """Write a result, atomically.

    Raises:
        OSError: the file cannot be written.
    """
    replace_file(file, json.dumps(result_json(result), allow_nan=False).encode())


def read_result(file: Path) -> Result:
    """Read a result written by `write_result` or `eval --json`; unknown fields are ignored.

    Raises:
        BrokenResult: the file cannot be read or is not a result; the message has its name and the reason.
    """
    try:
        return read_json(_RESULT, file.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BrokenResult(
            f"{file} cannot be read as a result: {reason}.",
            "Make one: python -m qa_app eval QUESTIONS.jsonl --out FILE",
        ) from error
