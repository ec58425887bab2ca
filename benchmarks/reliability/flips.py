"""Altered bytes in the database: no wrong quote is shown, and the doctor sees what is wrong."""

import argparse
import random
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

from embeddings.doctor import examine
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ArticlesError
from embeddings.index import Index
from embeddings.storage.builds import current_build
from embeddings.sync import sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from tests.embeddings.helpers import contents, write

_SUBJECTS = ("dam", "canal", "bridge", "tower", "harbour", "mill", "tunnel", "library", "market", "railway")


def _article(number: int) -> str:
    subject, other = _SUBJECTS[number % len(_SUBJECTS)], _SUBJECTS[(number + 3) % len(_SUBJECTS)]
    return (
        f"The {subject} of Port {number}\n\nSource: Port Authority\n\nThe {subject} of Port {number} is {20 + number} metres long. "
        f"It was built in {1900 + number} by the engineer Anna Berg{number}. The {other} beside it is older.\n\n"
        f"Every year {1000 + 7 * number} people visit the {subject} of Port {number}, and most of them come in May.\n\nShare this article"
    )


def _questions(rng: random.Random, articles: int) -> list[str]:
    numbers = rng.sample(range(articles), 3)
    subjects = [_SUBJECTS[number % len(_SUBJECTS)] for number in numbers]
    return [
        f"How long is the {subjects[0]} of Port {numbers[0]}?",
        f"Who built the {subjects[1]} of Port {numbers[1]}?",
        f"How many people visit the {subjects[2]} of Port {numbers[2]}?",
    ]


def _outcome(assistant: Assistant, index: Path, question: str, texts: dict[str, str]) -> str:
    """Return what became of a question: "wrong" if a quote is not in its file at its offsets."""
    try:
        found = answer(replace(assistant, index=Index(index, assistant.index.encoder)), question)
    except ArticlesError:
        return "error told"
    for citation in found.citations:
        if texts[citation.document][citation.start : citation.end] != citation.quote:
            return "wrong"
    return "right quotes" if found.citations else "no quote"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flips", type=int, default=100, help="bytes, one at a time (default: 100)")
    parser.add_argument("--articles", type=int, default=40)


def run(options: argparse.Namespace, place: str) -> int:
    """Print what became of the answers and what the doctor said; returns 1 after a wrong quote or damage that it missed."""
    rng, root = random.Random(options.seed), Path(place)
    texts = {f"{number}.txt": _article(number) for number in range(options.articles)}
    for name, text in texts.items():
        write(root / "articles", name, text)
    encoder = SentenceEncoder()
    sync(root / "articles", root / "index", encoder)
    assistant, sound = open_assistant(root / "index", None, encoder), contents(root / "index")
    outcomes, seen = Counter[str](), Counter[str]()
    for _ in range(options.flips):
        copy = root / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(root / "index", copy)
        file = current_build(copy).store_file
        data = bytearray(file.read_bytes())
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        file.write_bytes(data)
        outcomes.update(_outcome(assistant, copy, question, texts) for question in _questions(rng, options.articles))
        try:
            found = any(not finding.ok for finding in examine(copy, encoder.identity))
        except ArticlesError:
            found = True
        try:
            harmless = contents(copy) == sound
        except Exception:  # noqa: BLE001 - SQLite raises several of its own on a damaged file
            harmless = False
        seen["seen by doctor" if found else "harmless" if harmless else "missed"] += 1
    print("| altered bytes | answers: right quotes | no quote | error told | wrong quotes |\n|---|---|---|---|---|")
    row = " | ".join(str(outcomes[each]) for each in ("right quotes", "no quote", "error told", "wrong"))
    print(f"| {options.flips} | {row} |\n")
    print("| altered bytes | seen by doctor | harmless | missed |\n|---|---|---|---|")
    print(f"| {options.flips} | {' | '.join(str(seen[each]) for each in ('seen by doctor', 'harmless', 'missed'))} |")
    return int(bool(outcomes["wrong"] or seen["missed"]))
