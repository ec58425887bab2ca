"""The values of an evaluation, and its file: written by `eval --json`, read by `--against`, the report and the page."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from embeddings.errors import ArticlesError
from embeddings.storage.atomic import replace_file
from qa_app.strict_json import read_json

FORMAT: Final = 1
"""Raised whenever a file of an older program can no longer be read as it stands."""


class BrokenResult(ArticlesError):
    """A file is not the result of an evaluation, or not one that this program can read."""


@dataclass(frozen=True)
class Place:
    """A stretch of an article."""

    document: str
    """Path relative to the corpus folder."""
    start: int
    end: int
    """Characters of the canonical text, [start, end)."""


@dataclass(frozen=True)
class Cited:
    """A quote that an answer rested on."""

    place: Place
    quote: str
    exact: bool
    """The stored article held the quote at its place when the question was answered."""


@dataclass(frozen=True)
class Outcome:
    """A question of the file, the answer with abstention switched off, and what of it is right.

    What the file does not say is None in what depends on it: without `answers` there is no `exact_match`.
    """

    id: str
    """As the file gives it, as text; the line's number where it gives none."""
    question: str
    answers: tuple[str, ...]
    unanswerable: bool
    gold: tuple[Place, ...]
    """The evidence that could be placed in the corpus."""

    answer: str
    short_answer: str | None
    confidence: float
    """Probability, 0..1; below the threshold in force the answer is withheld."""
    citations: tuple[Cited, ...]
    passages: tuple[Place, ...]
    """What the search brought, best first: the passages that were read in the reader's order, then others up to ten."""
    latency_ms: float
    """Of the whole answer, without what only the evaluation needs."""

    exact_match: float | None
    """0 or 1, of the short answer (SQuAD's normalisation)."""
    f1: float | None
    """0..1, of the short answer."""
    contains: bool | None
    """The quoted sentences hold a gold answer as whole words."""
    cited: bool | None
    """A citation holds gold evidence, or lies in it."""
    first_cited: bool | None
    """The first citation does."""
    gold_rank: int | None
    """Place of the first of `passages` with gold evidence, from 1; 0 when none has it."""


@dataclass(frozen=True)
class Measure:
    """One figure with what it was counted over."""

    name: str
    value: float
    low: float
    high: float
    """The 95 % bootstrap interval, ends included."""
    count: int
    """How many questions it was counted over."""
    unit: str = "share"
    """"share" (0..1), "score" (0..1, printed as a number), "mean" or "ms"."""


@dataclass(frozen=True)
class Circumstances:
    """What was measured, so that two results can be compared knowingly."""

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
    """What makes its confidences; see `qa_app.assistant.reader_words`."""
    threshold: float
    """In force, 0..1."""
    documents: int
    chunks: int


@dataclass(frozen=True)
class Result:
    """A whole evaluation."""

    circumstances: Circumstances
    measures: tuple[Measure, ...]
    outcomes: tuple[Outcome, ...]
    """In the order of the file."""
    format: Literal[1] = FORMAT


_RESULT = TypeAdapter(Result)


def last_result_file(index: Path) -> Path:
    """Where the last evaluation over an index is kept."""
    return index / "quality.json"


def result_json(result: Result) -> dict[str, Any]:
    """Return a result as JSON values: the fields of the values above by name."""
    return asdict(result)


def write_result(result: Result, file: Path) -> None:
    """Write a result, whole or not at all.

    Raises:
        OSError: the place cannot be written.
    """
    replace_file(file, json.dumps(result_json(result), allow_nan=False).encode())


def read_result(file: Path) -> Result:
    """Read what `write_result`, or `eval --json`, wrote; what a command put beside the result is ignored.

    Raises:
        BrokenResult: it cannot be read or is not a result; the message has the file and the reason.
    """
    try:
        return read_json(_RESULT, file.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BrokenResult(
            f"{file} cannot be read as a result: {reason}.",
            "Make one: python -m qa_app eval QUESTIONS.jsonl --out FILE",
        ) from error
