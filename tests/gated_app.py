"""`python app.py`, controlled by lines on standard input.

The encoder waits for the first line: "go" or "hold" loads it; any other word makes loading fail. After "hold", it encodes the
first group of texts at once and waits for a second line before the next group.
"""

import argparse
import sys
from collections.abc import Sequence

from embeddings.encoders.choice import chosen_encoder
from embeddings.encoders.encoder import EncoderIdentity, Vectors
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import ModelUnavailable
from qa_app.serving import command


class _HeldEncoder(SentenceEncoder):
    _groups = 0

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self._groups += 1
        if self._groups == 2:
            sys.stdin.readline()
        return super().encode_documents(texts)


def _load(arguments: argparse.Namespace, recorded: EncoderIdentity | None) -> SentenceEncoder:
    word = sys.stdin.readline().strip()
    if word not in ("go", "hold"):
        raise ModelUnavailable(f"The encoder is {word}.", "Install it again.")
    return _HeldEncoder() if word == "hold" else chosen_encoder(arguments, recorded)


if __name__ == "__main__":
    command.chosen_encoder = _load  # type: ignore[assignment, attr-defined]
    command.main()
