"""`python app.py` whose loading waits for a line on standard input: "go" loads the encoder, another word is its failure."""

import sys

import app
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ModelUnavailable


def _load(name: str, *, download: bool) -> SentenceEncoder:
    word = sys.stdin.readline().strip()
    if word != "go":
        raise ModelUnavailable(f"The encoder is {word}.", "Install it again.")
    return SentenceEncoder(name, download=download)


if __name__ == "__main__":
    app.SentenceEncoder = _load  # type: ignore[assignment,attr-defined]
    app.main()
