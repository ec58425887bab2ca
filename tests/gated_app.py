"""`python app.py` whose loading waits for a line on standard input: "go" loads the encoder, another word is its failure."""

import sys

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ModelUnavailable
from qa_app.serving import command


def _load(name: str, *, download: bool) -> SentenceEncoder:
    word = sys.stdin.readline().strip()
    if word != "go":
        raise ModelUnavailable(f"The encoder is {word}.", "Install it again.")
    return SentenceEncoder(name, download=download)


if __name__ == "__main__":
    command.SentenceEncoder = _load  # type: ignore[assignment,attr-defined]
    sys.exit(command.main())
