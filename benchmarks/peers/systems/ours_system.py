"""This project: `embeddings.sync`, then `qa_app.retrieval.search` in a snapshot, with default settings."""

import json
from pathlib import Path

from benchmarks.peers.systems.serving import Found, serve_system
from embeddings.documents.chunks import encoder_input
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index
from embeddings.sync import sync
from qa_app.config import RetrievalConfig
from qa_app.retrieval import search


class Ours:
    def __init__(self, encoder: Path) -> None:
        self._encoder = SentenceEncoder(str(encoder))
        self.token_limit: int = json.loads((encoder / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"]

    def index(self, folder: Path, place: Path) -> None:
        sync(folder, place, self._encoder)
        self.open(place)

    def encoded(self) -> list[str]:
        with self._index.snapshot() as snapshot:
            chunks = [chunk for entry in snapshot.documents() for chunk in snapshot.chunks_of(entry.path)]
        return [encoder_input(chunk.title, chunk.readable) for chunk in chunks]

    def store(self, place: Path) -> None:
        """Do nothing: `sync` has already written the index."""

    def open(self, place: Path) -> None:
        self._index = Index(place, self._encoder)

    def search(self, query: str, k: int) -> list[Found]:
        with self._index.snapshot() as snapshot:
            passages = search(snapshot, query, k, RetrievalConfig())
        return [{"document": passage.chunk.document, "text": passage.chunk.text} for passage in passages]


if __name__ == "__main__":
    serve_system(Ours, ("torch", "sentence-transformers", "transformers", "faiss-cpu"))
