"""Generate a corpus of any size from SQuAD's training articles: real chunks with real vectors first, then variations.

A variation keeps about half of a chunk's sentences and takes the others from anywhere. It replaces one word in thirty
with a rare or new one, so that the vocabulary grows with the corpus. Noise moves its vector to a cosine of 0.64 to 0.89
with the real one.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from tqdm import tqdm

from benchmarks.squad import SquadQuestion, holds, write_corpus
from embeddings.config import IndexConfig
from embeddings.documents.chunks import Chunk, chunk_document, content_key, encoder_input
from embeddings.documents.document import Document
from embeddings.documents.read_document import read_documents
from embeddings.documents.units import Part, Unit
from embeddings.encoders.encoder import Encoder, Vectors
from embeddings.scan import scan
from embeddings.storage.builds import current_build, writer_lock
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import refresh
from embeddings.sync import create_index

REAL_CHUNKS = 6000
CHUNKS_PER_ARTICLE = 50
NOISE = (0.5, 1.2)
"""Range of the noise's length; the vectors have length 1."""
_RARE_WORD_SHARE = 1 / 30
# Pareto exponent from which inserted words are drawn: most are new, some recur.
_RARENESS = 0.7
_ARTICLES_PER_TRANSACTION = 200
_BREAK = "\n\n"
LABELLED = (10, 100)
"""Every tenth article has the label "10", every hundredth the label "100"."""


@dataclass(frozen=True)
class RealQuestion:
    """A question and the chunk that answers it."""

    question: str
    text: str
    """The chunk's text, white space collapsed."""


@dataclass(frozen=True)
class RealChunks:
    """The chunks that the corpus is generated from."""

    texts: tuple[str, ...]
    vectors: Vectors
    """(len(texts), dimension), unit length."""
    questions: tuple[RealQuestion, ...]


def real_chunks(data: Path, work: Path, encoder: Encoder, count: int = REAL_CHUNKS) -> RealChunks:
    """Return the first `count` chunks of SQuAD's training articles, their vectors (cached in `work`) and questions."""
    config = IndexConfig()
    by_article: dict[str, list[SquadQuestion]] = {}
    for question in write_corpus(data, work / "squad"):
        by_article.setdefault(question.document, []).append(question)
    chunks: list[Chunk] = []
    questions = []
    for file in scan(work / "squad").files:
        (document,) = read_documents(work / "squad", file.path, config.max_file_bytes).documents
        own = chunk_document(document, config.chunking)[: count - len(chunks)]
        chunks += own
        for asked in by_article[document.path]:
            home = next((chunk for chunk in own if holds(document.path, chunk.start, chunk.end, asked)), None)
            if home:
                questions.append(RealQuestion(asked.question, _one_line(home.text)))
        if len(chunks) == count:
            break
    kept = work / f"real-{count}.npy"
    if not kept.exists():
        np.save(kept, encoder.encode_documents([encoder_input(c.document.title, c.readable) for c in chunks]))
    return RealChunks(tuple(_one_line(chunk.text) for chunk in chunks), np.load(kept), tuple(questions))


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _BulkStore(Store):
    """A store for bulk writes without sync: a crash may damage the file, which can be regenerated."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("PRAGMA cache_size = -1000000")  # the keys are hashes in random order


class LargeCorpus:
    """A folder of articles and its index; every chunk is one paragraph."""

    def __init__(self, work: Path, encoder: Encoder, real: RealChunks) -> None:
        self.folder, self.index = work / "articles", work / "index"
        self._encoder, self._real = encoder, real
        self._sentences = [s for text in real.texts for s in _split(text)]

    def make(self, chunks: int) -> None:
        """Generate the corpus of `chunks` chunks and its index, unless both exist."""
        if (self.index / "made").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        create_index(self.folder, self.index, self._encoder)
        articles = range(chunks // CHUNKS_PER_ARTICLE)
        paths = [self._write_article(number) for number in tqdm(articles, desc="writing", leave=False)]
        stamps = {file.path: file.stamp.rstrip("~") for file in scan(self.folder).files}
        build = current_build(self.index)
        with writer_lock(self.index), closing(_BulkStore(build.store_file)) as store:
            for first in tqdm(articles[::_ARTICLES_PER_TRANSACTION], desc="indexing", leave=False):
                with store.transaction() as generation:
                    for number in articles[first : first + _ARTICLES_PER_TRANSACTION]:
                        self._store_article(store, number, paths[number], stamps[paths[number]], generation)
            refresh(build.vectors_file, store, self._encoder.identity.dimension)
        (self.index / "made").touch()

    def _write_article(self, number: int) -> str:
        path = f"{number // 1000:04d}/{number:07d}.txt"
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(self._document(number, path).text, encoding="utf-8")
        return path

    def _document(self, number: int, path: str) -> Document:
        """Return an article as it would be read. Reading a million chunks would take longer than storing them."""
        title = f"Article {number}"
        text = _BREAK.join([title, *self._texts(number)])
        labels = tuple(str(step) for step in LABELLED if number % step == 0)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Document(path, path, title, None, None, None, None, "en", text, (), (), (), digest, labels=labels)

    def _store_article(self, store: Store, number: int, path: str, stamp: str, generation: int) -> None:
        document = self._document(number, path)
        chunks, position = [], 0
        for text in document.text.split(_BREAK):
            end = position + len(text)
            chunks.append(Chunk(document, (Unit(position, end, (Part(text, (position, end)),)),), ()))
            position = end + len(_BREAK)
        del chunks[0]  # the title
        keys = [content_key(document.title, chunk.readable) for chunk in chunks]
        store.put_document(
            store.folders()[0].name,
            document,
            stamp,
            chunks,
            dict(zip(keys, self._vectors(number), strict=True)),
            generation,
        )

    def _texts(self, number: int) -> list[str]:
        """Return an article's chunks; the same for the same number."""
        random = Random(number)
        return [
            self._real.texts[origin] if is_real else self._variation(origin, random)
            for origin, is_real in self._origins(number)
        ]

    def _vectors(self, number: int) -> Iterator[Vectors]:
        random = np.random.default_rng(number)
        for origin, is_real in self._origins(number):
            vector = self._real.vectors[origin]
            if not is_real:
                noise = random.standard_normal(len(vector)).astype(np.float32)
                vector = vector + noise * (random.uniform(*NOISE) / np.linalg.norm(noise))
                vector = vector / np.linalg.norm(vector)
            yield vector

    def _origins(self, number: int) -> Iterator[tuple[int, bool]]:
        count = len(self._real.texts)
        random = Random(~number)
        for chunk in range(number * CHUNKS_PER_ARTICLE, (number + 1) * CHUNKS_PER_ARTICLE):
            yield (chunk, True) if chunk < count else (random.randrange(count), False)

    def _variation(self, origin: int, random: Random) -> str:
        sentences = [
            s if random.random() < 0.5 else random.choice(self._sentences) for s in _split(self._real.texts[origin])
        ]
        words = " ".join(sentences).split(" ")
        for _ in range(1 + int(len(words) * _RARE_WORD_SHARE)):
            words[random.randrange(len(words))] = f"q{int(random.paretovariate(_RARENESS)) % 10**8:x}"
        return " ".join(words)


def _split(text: str) -> Sequence[str]:
    return re.split(r"(?<=[.!?]) ", text)
