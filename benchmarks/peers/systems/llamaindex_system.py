"""LlamaIndex with its defaults: sentences packed into 1,024 tokens of its own tokenizer, vectors in its simple store.

Set up as in https://developers.llamaindex.ai/python/framework/getting_started/starter_example_local/,
https://developers.llamaindex.ai/python/examples/embeddings/huggingface/ (encoder) and
https://developers.llamaindex.ai/python/framework/understanding/rag/storing/ (storing). Only the retriever is used: the
query engine would need a language model.
"""

from pathlib import Path

from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import MetadataMode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from benchmarks.peers.systems.serving import Found, serve_system


class LlamaIndex:
    def __init__(self, encoder: Path) -> None:
        self._encoder = HuggingFaceEmbedding(model_name=str(encoder), device="cpu")
        self.token_limit: int = self._encoder.max_length

    def index(self, folder: Path, place: Path) -> None:
        documents = SimpleDirectoryReader(str(folder)).load_data()
        self._index = VectorStoreIndex.from_documents(documents, embed_model=self._encoder)

    def encoded(self) -> list[str]:
        return [node.get_content(metadata_mode=MetadataMode.EMBED) for node in self._index.docstore.docs.values()]

    def store(self, place: Path) -> None:
        self._index.storage_context.persist(persist_dir=str(place))

    def open(self, place: Path) -> None:
        stored = StorageContext.from_defaults(persist_dir=str(place))
        self._index = load_index_from_storage(stored, embed_model=self._encoder)

    def search(self, query: str, k: int) -> list[Found]:
        found = self._index.as_retriever(similarity_top_k=k).retrieve(query)
        return [{"document": n.node.metadata["file_name"], "text": n.node.get_content()} for n in found]


if __name__ == "__main__":
    packages = ("llama-index-core", "llama-index-embeddings-huggingface")
    serve_system(LlamaIndex, (*packages, "torch", "sentence-transformers", "transformers"))
