"""Prepare questions and their articles for training: index the articles, and retrieve chunks for each question.

    python -m training.prepare data/squad/train.jsonl.gz data/questions/squad2_train_unanswerable.jsonl.gz data/prepared/train
    python -m training.prepare data/squad/dev.jsonl.gz data/prepared/dev

Articles are chunked, encoded and searched by the product itself, so that the reader sees in training what it sees in use.
Articles are split into corpora of similar size, each with its own index: a question then competes with as many chunks
as it does when the reader is measured. A finished corpus is skipped on the next run.
"""

import argparse
import random
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from benchmarks.squad import SquadQuestion, write_corpus
from embeddings.encoders.encoder import Vectors
from embeddings.encoders.packaged import PACKAGED, PACKAGED_ENCODER
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index, Snapshot
from embeddings.storage.rows import Hit, StoredChunk
from embeddings.sync import sync
from qa_app.config import RetrievalConfig
from qa_app.retrieval import fuse
from training.leaks import leaks, questions_in
from training.prepared import Passage, Question, is_finished, write_part

_CHARACTERS_PER_CORPUS = 850_000  # the 24 articles that the reader is measured on have 790,000
# The data marks the first place of an answer's words. In a longer paragraph they may stand elsewhere in another sense.
_LONG_PARAGRAPH = 3000
_KEPT = 12  # retrieved chunks kept for each question
_IDS_PER_CORPUS = 1_000_000  # more than a corpus has chunks, so that ids of different corpora differ


def prepare(
    data: Path | Sequence[Path],
    folder: Path,
    config: RetrievalConfig,
    *,
    apart: bool = False,
    without: Sequence[Path] = (),
    encoder_name: str = PACKAGED_ENCODER,
) -> None:
    """Prepare `data` (.jsonl.gz files, see `write_corpus` for `apart`) and write the result to `folder`.

    Questions that are also in the files `without`, however they are written, are left out. A reader made from another packaged encoder
    is calibrated on what is found with that.
    """
    questions = write_corpus(data, folder / "articles", apart=apart)
    leaking = set(leaks([question.question for question in questions], questions_in(without)))
    by_document = defaultdict(list)
    text_of = cache(lambda document: (folder / "articles" / document).read_text(encoding="utf-8"))
    for question in questions:
        if question.question not in leaking and _is_sure(question, text_of(question.document)):
            by_document[question.document].append(question)
    encoder = SentenceEncoder(encoder_name)
    for number, members in enumerate(_corpora(folder / "articles", list(by_document))):
        part = folder / "parts" / f"{number:02d}"
        if is_finished(part):
            continue
        started = time.monotonic()
        (part / "corpus").mkdir(parents=True, exist_ok=True)
        for document in members:
            shutil.copy(folder / "articles" / document, part / "corpus" / document)
        sync(part / "corpus", part / "index", encoder)
        own = [question for document in members for question in by_document[document]]
        _search(part, number * _IDS_PER_CORPUS, own, encoder, config)
        print(f"{part}: {len(own)} questions in {time.monotonic() - started:.0f} s", flush=True)


def _corpora(articles: Path, documents: Sequence[str]) -> Iterator[list[str]]:
    """Yield the documents, in an order of chance, in corpora of at most `_CHARACTERS_PER_CORPUS` or of one document."""
    corpus: list[str] = []
    left = _CHARACTERS_PER_CORPUS
    for document in random.Random(0).sample(documents, len(documents)):
        size = (articles / document).stat().st_size
        if corpus and size > left:
            yield corpus
            corpus, left = [], _CHARACTERS_PER_CORPUS
        corpus.append(document)
        left -= size
    if corpus:
        yield corpus


def _is_sure(question: SquadQuestion, text: str) -> bool:
    """Return whether the marked place is surely the answer's."""
    start, end = question.paragraph
    return end - start < _LONG_PARAGRAPH or all(text.count(answer, start, end) == 1 for answer in question.answers)


def _search(
    part: Path, first_id: int, questions: Sequence[SquadQuestion], encoder: SentenceEncoder, config: RetrievalConfig
) -> None:
    """Write a corpus's chunks, and its questions with the chunks retrieved for each."""
    vectors = encoder.encode_documents([question.question for question in questions])  # (Q, dimension)
    with Index(part / "index", encoder).snapshot() as snapshot:
        everything = sorted(hit.chunk_id for hit in snapshot.dense_search(vectors[0], snapshot.size()))
        # SQLite limits the number of parameters
        chunks = [chunk for i in range(0, len(everything), 500) for chunk in snapshot.chunks(everything[i : i + 500])]
        by_document = defaultdict(list)
        for chunk in chunks:
            by_document[chunk.document].append(chunk)
        rows = []
        for number, (question, vector) in enumerate(zip(questions, vectors, strict=True)):
            retrieved = _ranked(snapshot, question.question, vector, config)
            rows.append(
                _question(question, f"{part.name}-{number}", by_document[question.document], retrieved, first_id)
            )
    write_part(part, (Passage(first_id + c.chunk_id, c.document, c.title, c.start, c.text) for c in chunks), rows)


def _ranked(snapshot: Snapshot, question: str, vector: Vectors, config: RetrievalConfig) -> list[int]:
    """Return the ids of the best chunks, as `qa_app.retrieval.retrieve` ranks them, for a question that is already encoded."""
    dense = snapshot.dense_search(vector, config.chunks_per_search)
    lexical = snapshot.lexical_search(question, config.chunks_per_search)
    seen = {hit.chunk_id for hit in dense}
    others = [hit.chunk_id for hit in lexical if hit.chunk_id not in seen]
    dense += [Hit(i, cosine) for i, cosine in zip(others, snapshot.cosines(vector, others), strict=True)]
    return [
        hit.chunk_id for hit in fuse(dense, lexical, config.lexical_weight, stretched=snapshot.cosine_floor > 0)[:_KEPT]
    ]


def _question(
    question: SquadQuestion, name: str, chunks: Sequence[StoredChunk], retrieved: Sequence[int], first_id: int
) -> Question:
    """Join a question with its gold chunks among the `chunks` of its article; `name` is its id if the data has none."""
    if question.answers:
        gold = [c.chunk_id for c in chunks if any(c.start <= start and end <= c.end for start, end in question.spans)]
    else:
        start, end = question.paragraph
        gold = [c.chunk_id for c in chunks if c.start < end and start < c.end]
    return Question(
        question.id or name,
        question.question,
        question.split,
        question.answers,
        tuple(first_id + i for i in sorted(gold)),
        tuple(first_id + i for i in retrieved),
        question.document,
        question.spans,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "data", type=Path, nargs="+", help=".jsonl.gz files of paragraphs with questions, in SQuAD's form"
    )
    parser.add_argument("folder", type=Path, help="output folder")
    parser.add_argument("--apart", action="store_true", help="make each paragraph an article of its own")
    parser.add_argument(
        "--without", type=Path, action="append", default=[], metavar="FILE", help="leave out the questions in this file"
    )
    parser.add_argument("--encoder", default=PACKAGED_ENCODER, choices=sorted(PACKAGED), help=f"({PACKAGED_ENCODER})")
    options = parser.parse_args()
    prepare(
        options.data,
        options.folder,
        RetrievalConfig(),
        apart=options.apart,
        without=options.without,
        encoder_name=options.encoder,
    )


if __name__ == "__main__":
    main()
