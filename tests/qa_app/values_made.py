"""Build small values for tests."""

from qa_app.types import Answer, Candidate, Passage
from tests.documents_made import made_chunk


def passage(text: str, *, document: str = "a.txt", start: int = 0, chunk_id: int = 1, fused: float = 0.5) -> Passage:
    chunk = made_chunk(text, document=document, start=start, chunk_id=chunk_id)
    return Passage(chunk, dense=fused, lexical=None, fused=fused)


def candidate(
    score: float,
    *,
    start: int = 0,
    end: int | None = None,
    document: str = "a.txt",
    text: str = "One. Two. Three.",
    short: tuple[int, int] | None = None,
) -> Candidate:
    return Candidate(passage(text, document=document), start, start + 4 if end is None else end, short, score)


def answered(words: str, *passages: Passage) -> Answer:
    """Return an answer by a writer, all of whose texts are `words`; its citations are left to the caller."""
    return Answer(
        question=words,
        searched_for=words,
        text=words,
        short_answer=words,
        abstained=False,
        confidence=0.9,
        threshold=0.02,
        doubtful=False,
        timings_ms={},
        build="0001",
        generation=1,
        writer=words,
        notice=words,
        citations=(),
        passages=passages,
    )
