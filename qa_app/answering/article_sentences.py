"""The sentences of an article, to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.storage.rows import StoredChunk
from qa_app.types import Candidate, Passage

# Of shorter sentences few say something by themselves.
_FEWEST_CHARACTERS = 25


@dataclass(frozen=True)
class Sentence:
    chunk: StoredChunk
    start: int
    end: int
    text: str

    @property
    def candidate(self) -> Candidate:
        passage = Passage(self.chunk, dense=0.0, lexical=None, fused=0.0)
        return Candidate(passage, self.start, self.end, None, 1.0)


def sentences_of(chunks: Sequence[StoredChunk], fewest: int = _FEWEST_CHARACTERS) -> list[Sentence]:
    """Return the sentences of an article once, in order, without those of fewer characters; rows, fields and questions say little by themselves."""
    found: dict[int, Sentence] = {}
    for chunk in chunks:
        for unit in chunk.units:
            if not unit.is_apart and not unit.is_question and len(unit.text) >= fewest:
                found.setdefault(unit.start, Sentence(chunk, unit.start, unit.end, unit.text))
    if not found:
        found = {
            unit.start: Sentence(chunk, unit.start, unit.end, unit.text) for chunk in chunks for unit in chunk.units
        }
    return [found[start] for start in sorted(found)]
