"""Which year an article or a sentence tells of: its date's, or one that stands in its title ("Annual report for 2023")."""

import re

from embeddings.storage.rows import StoredChunk
from qa_app.types import Candidate

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def years_in(words: str) -> frozenset[str]:
    """Return the years from 1500 to 2099 that stand in words as numbers of four digits."""
    return frozenset(_YEAR.findall(words))


def day_told(chunk: StoredChunk) -> str:
    """Return the date of a passage's article, ISO 8601, or the only year in its title; "" without either. Texts in order of time."""
    titled = years_in(chunk.title)
    return chunk.date or (next(iter(titled)) if len(titled) == 1 else "")


def is_of_another_year(question: str, candidate: Candidate) -> bool:
    """Return whether a question names a year of which nothing in the passage or its article's title and date speaks, but its sentence or
    title names another.

    So it is of the sentence with the answer to 62 of the 6,287 questions of SQuAD's training half that name a year.
    """
    asked = years_in(question)
    chunk = candidate.passage.chunk
    stated = years_in(f"{candidate.sentence} {chunk.title}")
    return bool(asked and stated) and not asked & years_in(f"{chunk.title} {chunk.readable} {chunk.date or ''}")
