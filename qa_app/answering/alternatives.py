"""Find what several articles answer to one question, to compare the answers."""

from collections.abc import Sequence

from embeddings.documents.stemming import porter_stem
from qa_app.answer_matching import are_of_one_sort, normalised
from qa_app.answering.finding import stems
from qa_app.config import AnswerConfig
from qa_app.types import Candidate


def alternatives(named_by: Sequence[str], candidates: Sequence[Candidate], config: AnswerConfig) -> list[Candidate]:
    """Return the best candidate of each article that answers as the best one does, best first.

    An article does if its answer is of the same sort, likely, and its passage has as many of the words `named_by` the question
    as the best one's. `candidates` are best first, at least one.
    """
    best = candidates[0]
    named = _named(named_by, best)
    found: list[Candidate] = []
    for candidate in candidates:
        articles = {each.passage.chunk.address for each in found}
        if candidate.score < config.differs_share * best.score or candidate.passage.chunk.address in articles:
            continue
        if not found or (_named(named_by, candidate) >= named and _answers_alike(candidate, best)):
            found.append(candidate)
    return found


def have_one_answer(candidates: Sequence[Candidate]) -> bool:
    """Return whether all short answers are the same."""
    return len({normalised(each.short_answer or "") for each in candidates}) < 2


def _named(asked: Sequence[str], candidate: Candidate) -> int:
    """Return how many of the question's words stand in the candidate's passage or its title."""
    chunk = candidate.passage.chunk
    held = stems(f"{chunk.title} {chunk.readable}")
    return sum(porter_stem(word) in held for word in asked)


def _answers_alike(one: Candidate, other: Candidate) -> bool:
    """Return whether two short answers are of one sort, a number or none, and neither is a part of the other."""
    words, others = normalised(one.short_answer or ""), normalised(other.short_answer or "")
    if not words or not others:
        return False
    if words != others and (words in others or others in words):
        return False
    return are_of_one_sort(words, others)
