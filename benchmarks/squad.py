"""Write SQuAD as a corpus and a question file: one file per article, answers as offsets into it.

    python -m benchmarks.squad OUT --split measure --questions 600

This writes OUT/articles and OUT/questions.jsonl, for `python -m embeddings sync` and `python -m qa_app eval`.

The data is not part of this project; training/README.md says where it comes from (Rajpurkar et al. 2016 and 2018,
CC BY-SA 4.0).
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from embeddings.documents.sections import plain_units
from embeddings.storage.rows import StoredChunk
from qa_app.types import Passage

_T = TypeVar("_T")

DEFAULT_DATA = Path("data/squad")


@dataclass(frozen=True)
class SquadQuestion:
    id: str
    question: str
    split: str
    """"fit" or "measure"."""
    document: str
    """The article's file name."""
    paragraph: tuple[int, int]
    """The paragraph's place in the file, [start, end) in characters."""
    answers: tuple[str, ...]
    """Empty for an unanswerable question."""
    spans: tuple[tuple[int, int], ...]
    """The places of the answers in the file, as SQuAD marks them, [start, end) in characters."""


def write_corpus(data: Path | Sequence[Path], folder: Path, *, apart: bool = False) -> list[SquadQuestion]:
    """Write each article as a file in `folder`; return the questions in the order of the data.

    Args:
        data: files (.jsonl.gz). A paragraph that is in several of them is written once, with the questions of all.
        folder: for the articles.
        apart: make each paragraph an article of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    questions = []
    articles = _articles([data] if isinstance(data, Path) else data)
    if apart:
        articles = {f"{title} {i}": [each] for title, own in articles.items() for i, each in enumerate(own, start=1)}
    for title, paragraphs in articles.items():
        name = title.replace("/", "_") + ".txt"
        texts = [paragraph["context"].replace("\r\n", "\n").replace("\r", "\n") for paragraph in paragraphs]
        (folder / name).write_text("\n\n".join(texts), encoding="utf-8", newline="\n")
        offset = 0
        for paragraph, text in zip(paragraphs, texts, strict=True):
            for qa in paragraph["qas"]:
                answers = [] if qa["is_impossible"] else [a for a in qa["answers"] if a["start"] is not None]
                if not answers and not qa["is_impossible"]:
                    continue  # it has an answer, but none in the paragraph's own words
                questions.append(
                    SquadQuestion(
                        id=qa["id"],
                        question=qa["question"].strip(),
                        split=paragraph.get("split", "train"),
                        document=name,
                        paragraph=(offset, offset + len(text)),
                        answers=tuple(dict.fromkeys(answer["text"] for answer in answers)),
                        spans=tuple({(offset + a["start"], offset + a["start"] + len(a["text"])) for a in answers}),
                    )
                )
            offset += len(text) + 2
    return questions


def read_lines(*files: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects in .jsonl.gz files, one a line: in SQuAD's form a paragraph with its questions."""
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _articles(files: Sequence[Path]) -> dict[str, list[dict[str, Any]]]:
    """Return the paragraphs of each title, each with the questions of all files."""
    articles: dict[str, dict[str, dict[str, Any]]] = {}
    for read in read_lines(*files):
        paragraph = articles.setdefault(read["title"], {}).setdefault(read["context"], read | {"qas": []})
        paragraph["qas"] += read["qas"]
    return {title: list(paragraphs.values()) for title, paragraphs in articles.items()}


def passage_of(text: str, start: int, end: int, document: str, title: str) -> Passage:
    """Return the characters [start, end) of a document's text as a passage, to read it without a search."""
    chunk = StoredChunk(0, document, title, None, start, end, text[start:end], plain_units(text, start, end))
    return Passage(chunk, dense=0.5, lexical=None, fused=0.5)


class Marked(Protocol):
    """A question with the places of its answers; see `SquadQuestion`."""

    @property
    def document(self) -> str: ...

    @property
    def spans(self) -> Sequence[tuple[int, int]]: ...


def holds(document: str, start: int, end: int, question: Marked) -> bool:
    """Return whether characters [start, end) of a document contain a whole answer where it was marked."""
    return document == question.document and any(start <= a and b <= end for a, b in question.spans)


def spread(items: Sequence[_T], count: int) -> list[_T]:
    """Return `count` items, evenly spread, or all if there are fewer."""
    if len(items) <= count:
        return list(items)
    return [items[i * len(items) // count] for i in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA / "dev.jsonl.gz")
    parser.add_argument(
        "--split", choices=("fit", "measure", "train"), default="fit", help="train: data without halves"
    )
    parser.add_argument("--questions", type=int, default=600, metavar="N", help="evenly spread")
    options = parser.parse_args()
    questions = write_corpus(options.data, options.out / "articles")
    with (options.out / "questions.jsonl").open("w", encoding="utf-8") as lines:
        for question in spread([q for q in questions if q.split == options.split], options.questions):
            lines.write(json.dumps(question_line(question), ensure_ascii=False) + "\n")


def question_line(question: SquadQuestion) -> dict[str, Any]:
    """Return a question as an object for a question file (docs/formats.md)."""
    return {
        "id": question.id,
        "question": question.question,
        "answers": list(question.answers),
        "evidence": [{"document": question.document, "start": a, "end": b} for a, b in question.spans],
        "unanswerable": not question.answers,
    }


if __name__ == "__main__":
    main()
