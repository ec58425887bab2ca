"""A corpus of any size out of SQuAD's training articles: real chunks with their real vectors first, then variations of them.

A variation keeps about half of a chunk's sentences, takes the others from anywhere, exchanges a word in thirty for a rare or unheard
one, so that the vocabulary grows with the corpus, and moves the vector by noise to a cosine of 0.64 to 0.89 with the real one's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from tqdm import tqdm

from benchmarks.squad import spread, write_corpus
from embeddings.builds import BuildRecord, current_build, writer_lock
from embeddings.chunks import Chunk, chunk_document, content_key, encoder_input
from embeddings.config import IndexConfig
from embeddings.documents import read_document
from embeddings.encoder import Encoder, Vectors
from embeddings.scan import scan
from embeddings.store import Store
from embeddings.vector_cache import refresh

REAL_CHUNKS = 6000
CHUNKS_PER_ARTICLE = 50
_NOISE = (0.5, 1.2)  # its length, against the vector's of one
_RARE_WORD_SHARE = 1 / 30
# Words by rank: the exponent of Zipf's law for new words, so that most are unheard and some return.
_RARENESS = 0.7
_ARTICLES_PER_TRANSACTION = 20


@dataclass(frozen=True)
class RealChunks:
    """What the corpus is made of."""

    texts: tuple[str, ...]
    vectors: Vectors
    """(len(texts), dimension), of length one."""
    questions: tuple[str, ...]


def real_chunks(data: Path, work: Path, encoder: Encoder, count: int = REAL_CHUNKS) -> RealChunks:
    """Return chunks of SQuAD's training articles, evenly spread, with their vectors, which `work` keeps."""
    config = IndexConfig()
    questions = write_corpus(data, work / "squad")
    texts: list[tuple[str, str]] = []
    for file in scan(work / "squad").files:
        document = read_document(work / "squad", file.path, config.max_file_bytes)
        texts += [(document.title, " ".join(chunk.text.split())) for chunk in chunk_document(document, config.chunking)]
    chosen = spread(texts, count)
    kept = work / f"real-{count}.npy"
    if not kept.exists():
        np.save(kept, encoder.encode_documents([encoder_input(title, text) for title, text in chosen]))
    return RealChunks(
        tuple(text for _, text in chosen), np.load(kept), tuple(q.question for q in spread(questions, count))
    )


class LargeCorpus:
    """A folder of articles and its index, which grows; every chunk is a paragraph of its own."""

    def __init__(self, work: Path, encoder: Encoder, real: RealChunks) -> None:
        self.folder, self.index = work / "articles", work / "index"
        self._encoder, self._real = encoder, real
        self._sentences = [s for text in real.texts for s in _split(text)]

    def grow(self, chunks: int) -> None:
        """Bring the corpus to so many chunks; it begins anew when there are more."""
        from embeddings.sync import create_index

        self.folder.mkdir(parents=True, exist_ok=True)
        create_index(self.folder, self.index, self._encoder)
        with writer_lock(self.index):
            build = current_build(self.index)
            store = Store(build.store_file)
            try:
                assert store.record() == BuildRecord(self._encoder.identity, IndexConfig().chunking).to_json()
                first = store.count_chunks()
                articles = list(range(first // CHUNKS_PER_ARTICLE, chunks // CHUNKS_PER_ARTICLE))
                written = [self._write_article(number) for number in tqdm(articles, desc="writing", leave=False)]
                stamps = {file.path: file.stamp.rstrip("~") for file in scan(self.folder).files}
                groups = [
                    written[i : i + _ARTICLES_PER_TRANSACTION]
                    for i in range(0, len(written), _ARTICLES_PER_TRANSACTION)
                ]
                for group in tqdm(groups, desc="indexing", leave=False):
                    with store.transaction() as generation:
                        for number, path in group:
                            self._store_article(store, number, path, stamps[path], generation)
                refresh(build.vectors_file, store, self._encoder.identity.dimension)
            finally:
                store.close()

    def _write_article(self, number: int) -> tuple[int, str]:
        path = f"{number // 1000:04d}/{number:07d}.txt"
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"Article {number}\n\n" + "\n\n".join(self._texts(number)), encoding="utf-8")
        return number, path

    def _store_article(self, store: Store, number: int, path: str, stamp: str, generation: int) -> None:
        document = read_document(self.folder, path, IndexConfig().max_file_bytes)
        chunks, position = [], 0
        for text in self._texts(number):
            position = document.text.index(text, position)
            chunks.append(Chunk(document, position, position + len(text)))
            position += len(text)
        keys = [content_key(document.title, chunk.text) for chunk in chunks]
        store.put_document(document, stamp, chunks, dict(zip(keys, self._vectors(number), strict=True)), generation)

    def _texts(self, number: int) -> list[str]:
        """Return the chunks of an article, always the same."""
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
                vector = vector + noise * (random.uniform(*_NOISE) / np.linalg.norm(noise))
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
