"""Read and write prepared training data: passages and questions of one or more corpora, as JSON Lines."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

IDS_PER_FOLDER = 1_000_000_000
"""A passage's id, divided by this, is the number of its folder among those that are read together."""


@dataclass(frozen=True)
class Passage:
    """A chunk of a corpus."""

    id: int
    """Unique across corpora."""
    document: str
    title: str
    start: int
    """Offset in the document, in characters."""
    text: str


@dataclass(frozen=True)
class Question:
    """A question with its gold chunks and the chunks that retrieval returns."""

    id: str
    question: str
    split: str
    """"train", "fit" or "measure"."""
    answers: tuple[str, ...]
    """Empty for an unanswerable question."""
    gold: tuple[int, ...]
    """Chunks that contain the marked answer; for an unanswerable question, the chunks of its paragraph."""
    retrieved: tuple[int, ...]
    """The top-ranked chunks, best first."""


def read_prepared(*folders: Path) -> tuple[dict[int, Passage], list[Question]]:
    """Return the chunks of all finished corpora in the folders, by id, and their questions."""
    passages: dict[int, Passage] = {}
    questions = []
    for number, folder in enumerate(folders):
        shift = number * IDS_PER_FOLDER
        for part in sorted(part for part in (folder / "parts").iterdir() if is_finished(part)):
            for row in _rows(part / "chunks.jsonl"):
                passages[shift + row["id"]] = Passage(**row | {"id": shift + row["id"]})
            for row in _rows(part / "questions.jsonl"):
                shifted = {name: tuple(shift + i for i in row[name]) for name in ("gold", "retrieved")}
                questions.append(Question(**row | shifted | {"answers": tuple(row["answers"])}))
    return passages, questions


def is_finished(part: Path) -> bool:
    """Return whether the corpus in this folder is complete."""
    return (part / "questions.jsonl").exists()


def write_part(part: Path, passages: Iterable[Passage], questions: Iterable[Question]) -> None:
    """Write a corpus's passages, then its questions; the questions' file marks the corpus as complete."""
    _write(part / "chunks.jsonl", passages)
    _write(part / "questions.jsonl", questions)


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _write(file: Path, rows: Iterable[Passage | Question]) -> None:
    temporary = file.with_suffix(".new")
    with temporary.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    temporary.replace(file)
