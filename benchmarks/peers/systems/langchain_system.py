"""LangChain: recursive splitter with 1,000 characters and an overlap of 200, vectors in FAISS.

Set up as in https://docs.langchain.com/oss/python/langchain/knowledge-base (splitter settings),
https://docs.langchain.com/oss/python/integrations/vectorstores/faiss (store) and
https://docs.langchain.com/oss/python/integrations/embeddings/sentence_transformers (encoder).
"""

from pathlib import Path

from langchain_community.document_loaders import TextLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.peers.systems.serving import Found, serve_system


class LangChain:
    def __init__(self, encoder: Path) -> None:
        self._embeddings = HuggingFaceEmbeddings(model_name=str(encoder), model_kwargs={"device": "cpu"})
        self.token_limit: int = self._embeddings._client.max_seq_length
        self._texts: list[str] = []

    def index(self, folder: Path, place: Path) -> None:
        documents = [d for file in sorted(folder.iterdir()) for d in TextLoader(file, encoding="utf-8").load()]
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        chunks = splitter.split_documents(documents)
        self._store = FAISS.from_documents(chunks, self._embeddings)
        self._texts = [chunk.page_content for chunk in chunks]

    def encoded(self) -> list[str]:
        return self._texts

    def store(self, place: Path) -> None:
        self._store.save_local(str(place))

    def open(self, place: Path) -> None:
        # The documents are stored as a pickle; `store` wrote it a moment ago, so it is safe to load.
        self._store = FAISS.load_local(str(place), self._embeddings, allow_dangerous_deserialization=True)

    def search(self, query: str, k: int) -> list[Found]:
        found = self._store.similarity_search(query, k=k)
        return [{"document": Path(d.metadata["source"]).name, "text": d.page_content} for d in found]


if __name__ == "__main__":
    packages = ("langchain", "langchain-community", "langchain-huggingface", "langchain-text-splitters")
    serve_system(LangChain, (*packages, "torch", "sentence-transformers", "transformers", "faiss-cpu"))
