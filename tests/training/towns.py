"""Invented towns in SQuAD's format: articles so alike that a few training steps make a difference."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

_BEGINNINGS = ("Hal", "Mos", "Kir", "Lun", "Var", "Tor", "Sku", "Bro")
_ENDINGS = ("den", "vik", "stad", "berg", "holm", "dal", "sund", "by")
_FIRST_NAMES = ("Anna", "Erik", "Maja", "Olof", "Sven", "Ingrid", "Karin")
_LAST_NAMES = ("Lindqvist", "Dahl", "Borg", "Ek", "Strand")
_RIVERS = ("Alva", "Orsa", "Nidra", "Tarn", "Luleo", "Vindel")


@dataclass(frozen=True)
class Town:
    name: str
    year: str
    founder: str
    river: str


@dataclass(frozen=True)
class Asked:
    """A question; without an answer it is unanswerable."""

    question: str
    answer: str | None


def towns(count: int) -> list[Town]:
    """Return `count` different towns, at most 64."""
    names = [beginning + ending for ending, beginning in product(_ENDINGS, _BEGINNINGS)]
    return [
        Town(
            name,
            str(1301 + 11 * i),
            f"{_FIRST_NAMES[i % len(_FIRST_NAMES)]} {_LAST_NAMES[i % len(_LAST_NAMES)]}",
            _RIVERS[i % len(_RIVERS)],
        )
        for i, name in enumerate(names[:count])
    ]


def history(town: Town) -> str:
    return (
        f"The town of {town.name} was founded in {town.year} by {town.founder}, who had walked there through the snow. "
        f"For a long time only fishermen lived in {town.name}, and nobody built a road to it."
    )


def nature(town: Town) -> str:
    return (
        f"{town.name} lies in a green valley with many old trees. The river {town.river} flows through it from the hills, "
        "and in spring its water is high and cold, so that the children may not play there."
    )


def about_history(town: Town) -> list[Asked]:
    return [
        Asked(f"In what year was {town.name} founded?", town.year),
        Asked(f"Who founded {town.name}?", town.founder),
    ]


def about_nature(town: Town) -> list[Asked]:
    return [Asked(f"Which river flows through {town.name}?", town.river)]


def unanswerable(town: Town) -> Asked:
    return Asked(f"Who painted the church of {town.name}?", None)


def paragraphs(town: Town, split: str | None, with_unanswerable: bool) -> Iterator[dict[str, object]]:
    """Yield a town's article: two paragraphs, as lines of a data file."""
    marked = {} if split is None else {"split": split}
    for text, asked in (
        (history(town), about_history(town) + ([unanswerable(town)] if with_unanswerable else [])),
        (nature(town), about_nature(town)),
    ):
        yield {"title": town.name, "context": text, "qas": [_qa(text, one) for one in asked], **marked}


def write_squad(file: Path, lines: Iterable[dict[str, object]]) -> Path:
    with gzip.open(file, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return file


def _qa(text: str, asked: Asked) -> dict[str, object]:
    answers = [] if asked.answer is None else [{"text": asked.answer, "start": text.index(asked.answer)}]
    return {"id": asked.question, "question": asked.question, "is_impossible": not answers, "answers": answers}
