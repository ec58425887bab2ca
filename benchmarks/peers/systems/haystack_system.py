"""Haystack: chunks of 200 words, BM25 and embeddings joined by reciprocal rank, in its in-memory store.

Set up as in https://haystack.deepset.ai/tutorials/33_hybrid_retrieval, with the splitter's default length
(https://docs.haystack.deepset.ai/docs/documentsplitter) and without the tutorial's ranker, a second model that the other
systems do not have.
"""

from pathlib import Path

from haystack import Pipeline
from haystack.components.converters import TextFileToDocument
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.peers.systems.serving import Found, serve_system

_STORED = "documents.json"


class Haystack:
    def __init__(self, encoder: Path) -> None:
        self._document_embedder = SentenceTransformersDocumentEmbedder(model=str(encoder), progress_bar=False)
        self._text_embedder = SentenceTransformersTextEmbedder(model=str(encoder), progress_bar=False)
        self._document_embedder.warm_up()
        self._text_embedder.warm_up()
        self.token_limit: int = self._document_embedder.embedding_backend.model.max_seq_length

    def index(self, folder: Path, place: Path) -> None:
        self._use(InMemoryDocumentStore())
        indexing = Pipeline()
        indexing.add_component("converter", TextFileToDocument())
        indexing.add_component("splitter", DocumentSplitter(split_by="word", split_length=200))
        indexing.add_component("embedder", self._document_embedder)
        indexing.add_component("writer", DocumentWriter(document_store=self._documents))
        indexing.connect("converter", "splitter")
        indexing.connect("splitter", "embedder")
        indexing.connect("embedder", "writer")
        indexing.run({"converter": {"sources": sorted(folder.iterdir())}})

    def encoded(self) -> list[str]:
        return [document.content or "" for document in self._documents.filter_documents()]

    def store(self, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self._documents.save_to_disk(str(place / _STORED))

    def open(self, place: Path) -> None:
        self._use(InMemoryDocumentStore.load_from_disk(str(place / _STORED)))

    def search(self, query: str, k: int) -> list[Found]:
        found = self._asking.run(
            {
                "embedder": {"text": query},
                "meaning": {"top_k": k},
                "words": {"query": query, "top_k": k},
                "joiner": {"top_k": k},
            }
        )["joiner"]["documents"]
        return [{"document": Path(d.meta["file_path"]).name, "text": d.content or ""} for d in found]

    def _use(self, documents: InMemoryDocumentStore) -> None:
        self._documents = documents
        self._asking = Pipeline()
        self._asking.add_component("embedder", self._text_embedder)
        self._asking.add_component("meaning", InMemoryEmbeddingRetriever(documents))
        self._asking.add_component("words", InMemoryBM25Retriever(documents))
        self._asking.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        self._asking.connect("embedder.embedding", "meaning.query_embedding")
        self._asking.connect("meaning", "joiner")
        self._asking.connect("words", "joiner")


if __name__ == "__main__":
    packages = ("haystack-ai", "sentence-transformers-haystack")
    serve_system(Haystack, (*packages, "torch", "sentence-transformers", "transformers"))
