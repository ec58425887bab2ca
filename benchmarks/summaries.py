"""Do summaries hold what people ask about, more than the first sentences do? `python -m benchmarks.summaries data/squad/train.jsonl.gz`.

A document is the first paragraphs of an article of SQuAD's. The questions on them say what matters: a summary is worth the share of
questions whose answer stands in one of its sentences (Eyal et al. 2019, arXiv 1906.00318, judge summaries by questions too).
"""

import argparse
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.squad import read_lines
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index, Snapshot
from embeddings.sync import sync
from qa_app.answering.article_sentences import Sentence, sentences_of
from qa_app.answering.summary import central_sentences

_PARAGRAPHS = 5
_LENGTHS = (1, 3, 5)
_SAMPLES = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("squad", type=Path)
    parser.add_argument("--articles", type=int, default=100, metavar="N", help="drawn by chance (default: 100)")
    options = parser.parse_args()
    articles = random.Random(2).sample(_articles(options.squad), options.articles)
    encoder = SentenceEncoder()
    with tempfile.TemporaryDirectory() as place:
        folder, index = Path(place) / "files", Path(place) / "index"
        folder.mkdir()
        for i, paragraphs in enumerate(articles):
            text = "\n\n".join([paragraphs[0]["title"].replace("_", " "), *(each["context"] for each in paragraphs)])
            (folder / f"{i:03}.txt").write_text(text, encoding="utf-8")
        sync(folder, index, encoder)
        with Index(index, encoder).snapshot() as snapshot:
            _measure(articles, snapshot, encoder)


def _articles(file: Path) -> list[list[dict[str, Any]]]:
    """Return the first paragraphs of each article that has enough of them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for paragraph in read_lines(file):
        found.setdefault(paragraph["title"], []).append(paragraph)
    return [paragraphs[:_PARAGRAPHS] for paragraphs in found.values() if len(paragraphs) >= _PARAGRAPHS]


def _measure(articles: Sequence[Sequence[dict[str, Any]]], snapshot: Snapshot, encoder: SentenceEncoder) -> None:
    shares: dict[tuple[str, int], list[float]] = {}
    for i, paragraphs in enumerate(articles):
        path = f"{i:03}.txt"
        document, chunks = snapshot.document(path), snapshot.chunks_of(path)
        assert document is not None
        asked = [
            document.text.find(each["context"]) + qa["answers"][0]["start"]
            for each in paragraphs
            for qa in each["qas"]
            if document.text.find(each["context"]) >= 0
        ]
        sentences = sentences_of(chunks)
        chance = random.Random(i)
        for length in _LENGTHS:
            ways = {
                "chosen": central_sentences(chunks, encoder, length),
                "first": sentences[:length],
                "by chance": chance.sample(sentences, min(length, len(sentences))),
            }
            for way, chosen in ways.items():
                shares.setdefault((way, length), []).append(_held(asked, chosen))
    for length in _LENGTHS:
        print(
            f"{length} sentences: "
            + ", ".join(f"{way} {_figure(shares[way, length])}" for way, n in shares if n == length)
        )
        lead = np.array(shares["chosen", length]) - np.array(shares["first", length])
        print(f"  chosen minus first: {_figure(lead)}")


def _held(asked: Sequence[int], chosen: Sequence[Sentence]) -> float:
    """Return the share of the answers, each given by its first character, that stand in the sentences."""
    return sum(any(each.start <= place < each.end for each in chosen) for place in asked) / max(len(asked), 1)


def _figure(shares: Sequence[float] | np.ndarray) -> str:
    """Return the mean over articles with its 95 % interval, by the bootstrap."""
    values = np.asarray(shares)
    draws = np.random.default_rng(0).integers(0, len(values), (_SAMPLES, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), [0.025, 0.975])
    return f"{values.mean():.1%} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()
