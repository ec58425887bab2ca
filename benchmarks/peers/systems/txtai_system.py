"""txtai: paragraphs from its Textractor, hybrid search with stored content, default weights (half and half).

Set up as in https://neuml.github.io/txtai/pipeline/data/textractor and
https://neuml.github.io/txtai/embeddings/configuration/general (`hybrid`). No Textractor backend: the articles are plain
text. txtai loads the encoder with its own pooling and reads as many tokens as the tokenizer allows, 512;
sentence-transformers reads 256.
"""

from pathlib import Path

from txtai import Embeddings
from txtai.pipeline import Textractor

from benchmarks.peers.systems.serving import Found, serve_system


class Txtai:
    def __init__(self, encoder: Path) -> None:
        self._textractor = Textractor(paragraphs=True, backend=None)
        self._embeddings = Embeddings(path=str(encoder), hybrid=True, content=True)
        self.token_limit: int = self._embeddings.model.model.maxlength
        self._texts: list[str] = []

    def index(self, folder: Path, place: Path) -> None:
        rows = [
            (f"{file.name}#{n}", paragraph)
            for file in sorted(folder.iterdir())
            for n, paragraph in enumerate(self._textractor(str(file)))
        ]
        self._embeddings.index(rows)
        self._texts = [text for _, text in rows]

    def encoded(self) -> list[str]:
        return self._texts

    def store(self, place: Path) -> None:
        self._embeddings.save(str(place))

    def open(self, place: Path) -> None:
        self._embeddings.load(str(place))

    def search(self, query: str, k: int) -> list[Found]:
        rows = self._embeddings.search(query, k)
        return [{"document": row["id"].rpartition("#")[0], "text": row["text"]} for row in rows]


if __name__ == "__main__":
    serve_system(Txtai, ("txtai", "torch", "transformers", "faiss-cpu"))
