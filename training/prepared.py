"""Read and write prepared training data: passages and questions of one or more corpora, as JSON Lines."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
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
    document: str = ""
    """The article that it was asked about."""
    spans: tuple[tuple[int, int], ...] = ()
    """The places of the answers in that article, as the data marks them, [start, end) in characters."""


def read_prepared(*folders: Path) -> tuple[dict[int, Passage], list[Question]]:
    """Return the chunks of all finished corpora in the folders, by id, and their questions."""
    passages: dict[int, Passage] = {}
    questions = []
    for number, folder in enumerate(folders):
        shift = number * IDS_PER_FOLDER
        for part in finished_parts(folder):
            for row in _rows(part / "chunks.jsonl"):
                passages[shift + row["id"]] = Passage(**row | {"id": shift + row["id"]})
            for question in read_questions(part):
                gold, retrieved = (tuple(shift + i for i in ids) for ids in (question.gold, question.retrieved))
                questions.append(replace(question, gold=gold, retrieved=retrieved))
    return passages, questions


def finished_parts(folder: Path) -> list[Path]:
    """Return the folders of the finished corpora of a prepared folder, in order."""
    return sorted(part for part in (folder / "parts").iterdir() if is_finished(part))


def read_questions(part: Path) -> list[Question]:
    """Return the questions of a finished corpus."""
    return [
        Question(
            **row
            | {name: tuple(row[name]) for name in ("answers", "gold", "retrieved")}
            | {"spans": tuple((start, end) for start, end in row.get("spans", ()))}
        )
        for row in _rows(part / "questions.jsonl")
    ]


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
