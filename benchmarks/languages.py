"""Measure search in other languages and across them by the place of the right passage; prints Markdown tables.

    python -m benchmarks.languages --data data --encoder multilingual-e5-small

DATA holds `squad/dev.jsonl.gz` and `languages/NAME/data.jsonl.gz`: XQuAD (Artetxe et al. 2020), KazQAD (Yeshpanov et al. 2024) and
NTREX (Federmann et al. 2022), all CC BY-SA 4.0. They are not part of this project; nothing is trained on them.
"""

import argparse
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.squad import DEFAULT_DATA, SquadQuestion, holds, read_lines, spread, write_corpus
from embeddings.encoders import PACKAGED_ENCODER, Encoder, SentenceEncoder, Vectors
from embeddings.index import Index, Snapshot
from embeddings.sync import sync
from qa_app.config import RetrievalConfig
from qa_app.retrieval import retrieve

_SETS = {
    "en": ("SQuAD, fit half", "squad/dev.jsonl.gz"),
    "ru": ("XQuAD", "languages/xquad_ru/data.jsonl.gz"),
    "tr": ("XQuAD", "languages/xquad_tr/data.jsonl.gz"),
    "kk": ("KazQAD", "languages/kazqad_val/data.jsonl.gz"),
}
_NTREX = "languages/ntrex_turkic/data.jsonl.gz"
_NTREX_CODES = {"en": "eng", "ru": "rus", "tr": "tur", "az": "aze", "kk": "kaz", "tk": "tuk", "uz": "uzb"}
_CONFIG = RetrievalConfig(passages=5)

Places = Mapping[str, Sequence[SquadQuestion]]
"""Where the answer to a question stands, by the question's id: once in each language that has the paragraph."""


class _Remembering:
    """An encoder that encodes nothing twice: the same texts and questions stand in several corpora."""

    def __init__(self, encoder: Encoder) -> None:
        self.identity = encoder.identity
        self.cosine_floor = encoder.cosine_floor
        self.encode_query = lru_cache(maxsize=None)(encoder.encode_query)
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in texts if text not in self._known]
        self._known.update(zip(new, self._encoder.encode_documents(new), strict=True))
        return np.array([self._known[text] for text in texts]).reshape(len(texts), self.identity.dimension)


@dataclass(frozen=True)
class _Scores:
    """Shares of the questions, 0..1."""

    paragraph_first: float
    """The first passage comes from the question's paragraph."""
    first: float
    """The first passage holds the answer where it was marked."""
    in_five: float

    def row(self, *labels: object) -> str:
        shares = (self.paragraph_first, self.first, self.in_five)
        return f"| {' | '.join(map(str, labels))} | {' | '.join(f'{100 * share:.1f}' for share in shares)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA.parent)
    parser.add_argument("--encoder", default=PACKAGED_ENCODER)
    parser.add_argument("--languages", nargs="+", choices=_SETS, default=list(_SETS), help="default: all")
    parser.add_argument("--news", action="store_true", help="search news across languages too")
    parser.add_argument("--questions", type=int, default=1500, metavar="N", help="of each set, evenly spread")
    options = parser.parse_args()
    encoder = _Remembering(SentenceEncoder(options.encoder))
    with tempfile.TemporaryDirectory() as work:
        _questions(options.data, Path(work, "questions"), encoder, options.languages, options.questions)
        if options.news:
            _sentences(options.data / _NTREX, Path(work, "sentences"), encoder, options.questions)


def _questions(data: Path, work: Path, encoder: Encoder, languages: Sequence[str], count: int) -> None:
    """Print where questions find their answers: in a corpus of their language, of all these languages, and of English."""
    sets = {code: _write(data / _SETS[code][1], work / "articles", code) for code in languages}
    heading = "| language | questions | searched by | paragraph first | evidence first | in five |\n|" + "---|" * 6
    print(f"## A corpus in the question's language\n\n{heading}")
    for code, questions in tqdm(sets.items()):
        index = _index(work / "articles" / code, work / code, encoder)
        own = {question.id: [replace(question, document=Path(question.document).name)] for question in questions}
        with index.snapshot() as snapshot:
            for way, weight in (("both", _CONFIG.lexical_weight), ("words", 1.0)):
                chosen = spread(questions, count)
                scores = _score(snapshot, chosen, own, replace(_CONFIG, lexical_weight=weight))
                print(scores.row(f"{code}, {_SETS[code][0]}", len(chosen), way), flush=True)
    if len(sets) == 1:
        return
    places = _by_id(question for questions in sets.values() for question in questions)
    print(f"\n## A corpus in all of these; the answer counts in any language\n\n{heading}")
    with _index(work / "articles", work / "all", encoder).snapshot() as snapshot:
        for code, questions in sets.items():
            chosen = spread(questions, count)
            print(_score(snapshot, chosen, places, _CONFIG).row(code, len(chosen), "both"), flush=True)
    if "en" not in sets:
        return
    print(f"\n## An English corpus\n\n{heading}")
    english = {question.id: [replace(question, document=Path(question.document).name)] for question in sets["en"]}
    with Index(work / "en", encoder).snapshot() as snapshot:
        for code in (code for code in sets if code != "kk"):  # KazQAD has other paragraphs
            chosen = spread([question for question in sets[code] if question.id in english], count)
            print(_score(snapshot, chosen, english, _CONFIG).row(code, len(chosen), "both"), flush=True)


def _sentences(file: Path, work: Path, encoder: Encoder, count: int) -> None:
    """Print how often a sentence finds its translation first among news in another language."""
    rows = list(read_lines(file))
    print("\n## News: the passage with the translation of an English or Russian sentence is first\n")
    print("| news in | English sentences | Russian | in the news' language |\n|---|---|---|---|")
    for code, name in tqdm(_NTREX_CODES.items()):
        questions = _write_news(rows, name, work / "articles" / code)
        places = _by_id(questions)
        with _index(work / "articles" / code, work / code, encoder).snapshot() as snapshot:
            cells = []
            for asked in ("eng", "rus", name):
                chosen = [replace(question, question=rows[int(question.id)][asked]) for question in questions]
                cells.append(f"{100 * _score(snapshot, spread(chosen, count // 3), places, _CONFIG).first:.1f}")
        print(f"| {code} | {' | '.join(cells)} |", flush=True)


def _write(file: Path, folder: Path, code: str) -> list[SquadQuestion]:
    """Write a set as articles; of SQuAD, the questions of its `fit` half count, and all articles are searched."""
    questions = write_corpus(file, folder / code)
    found = [question for question in questions if question.answers and question.split != "measure"]
    return [replace(question, document=f"{code}/{question.document}") for question in found]


def _write_news(rows: Sequence[Mapping[str, str]], name: str, folder: Path) -> list[SquadQuestion]:
    """Write each news article as a file, a sentence a line; return the sentences as questions with their own places."""
    folder.mkdir(parents=True)
    articles: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        articles.setdefault(row["doc"], []).append(number)
    sentences = []
    for title, numbers in articles.items():
        texts = [rows[number][name] for number in numbers]
        (folder / f"{title}.txt").write_text("\n".join(texts), encoding="utf-8", newline="\n")
        start = 0
        for number, text in zip(numbers, texts, strict=True):
            place = (start, start + len(text.strip()))
            sentences.append(SquadQuestion(str(number), text, "measure", f"{title}.txt", place, (text,), (place,)))
            start += len(text) + 1
    return sentences


def _index(folder: Path, place: Path, encoder: Encoder) -> Index:
    sync(folder, place, encoder)
    return Index(place, encoder)


def _score(snapshot: Snapshot, asked: Sequence[SquadQuestion], places: Places, config: RetrievalConfig) -> _Scores:
    paragraph_first = first = in_five = 0
    for question in asked:
        right = places[question.id]
        found = [
            (each.chunk.document, each.chunk.start, each.chunk.end)
            for each in retrieve(snapshot, question.question, config)
        ]
        ranks = [any(holds(*chunk, place) for place in right) for chunk in found]
        first += ranks[:1] == [True]
        in_five += any(ranks)
        paragraph_first += any(_is_in_paragraph(*chunk, place) for chunk in found[:1] for place in right)
    return _Scores(paragraph_first / len(asked), first / len(asked), in_five / len(asked))


def _is_in_paragraph(document: str, start: int, end: int, question: SquadQuestion) -> bool:
    begin, stop = question.paragraph
    return document == question.document and begin < end and start < stop


def _by_id(questions: Iterable[SquadQuestion]) -> Places:
    places: dict[str, list[SquadQuestion]] = {}
    for question in questions:
        places.setdefault(question.id, []).append(question)
    return places


if __name__ == "__main__":
    main()
