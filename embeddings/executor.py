"""What reads and encodes for a sync: this process (`InProcess`), or a cluster (`embeddings.cluster`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.encoders.encoder import Encoder, Vectors
from embeddings.preparing import Outcome, RawFile, prepare


class Executor(Protocol):
    """Reads and encodes, in order. It takes as many items ahead as keep it busy, and no more, so that memory is bounded."""

    def prepare(self, files: Iterable[RawFile | Outcome]) -> Iterator[Outcome]:
        """Yield the outcome of each file. One that has its outcome already comes as that, and is passed on."""
        ...

    def encode(self, groups: Iterable[Sequence[str]]) -> Iterator[Vectors]:
        """Yield the vectors of each group of texts, (len(group), dimension)."""
        ...


@dataclass(frozen=True)
class InProcess:
    """Does the work here, one item at a time: the plain loop."""

    encoder: Encoder

    def prepare(self, files: Iterable[RawFile | Outcome]) -> Iterator[Outcome]:
        return (prepare(file) if isinstance(file, RawFile) else file for file in files)

    def encode(self, groups: Iterable[Sequence[str]]) -> Iterator[Vectors]:
        return map(self.encoder.encode_documents, groups)
