"""A minimal system to measure: paragraphs ranked by how many of the query's words they contain, stored as JSON."""

import json
import sys
from pathlib import Path

from benchmarks.peers.systems.serving import Found, serve_system


class WordOverlap:
    token_limit = 256

    def __init__(self, encoder: Path) -> None:
        self._paragraphs: list[Found] = []

    def index(self, folder: Path, place: Path) -> None:
        print("libraries print what they like")
        if not any(folder.iterdir()):
            raise ValueError("nothing to index\nat all")
        self._paragraphs = [
            {"document": file.name, "text": text}
            for file in sorted(folder.iterdir())
            for text in file.read_text().split("\n\n")
        ]

    def encoded(self) -> list[str]:
        return [paragraph["text"] for paragraph in self._paragraphs]

    def store(self, place: Path) -> None:
        place.write_text(json.dumps(self._paragraphs))

    def open(self, place: Path) -> None:
        self._paragraphs = json.loads(place.read_text())

    def search(self, query: str, k: int) -> list[Found]:
        if query == "crash":
            print("the last words", file=sys.stderr, flush=True)
            sys.stderr.close()
            raise SystemExit(7)
        words = set(query.lower().split())
        return sorted(self._paragraphs, key=lambda p: -len(words & set(p["text"].lower().split())))[:k]


if __name__ == "__main__":
    serve_system(WordOverlap, ("pytest",))
