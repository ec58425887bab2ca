"""Notice that articles give different answers to one question, and show both sides, the newest first."""

from collections.abc import Sequence

from embeddings.documents.stemming import porter_stem
from embeddings.storage.lexical import query_words
from qa_app.answer_matching import normalised
from qa_app.answering.finding import content_words
from qa_app.answering.sections import section
from qa_app.config import AnswerConfig
from qa_app.question_kinds import wants_sentences, wants_several
from qa_app.types import Candidate, Citation, Section

DIFFERENCE = "The articles differ; the newest comes first."
_SIDES_MOST = 4


def differing(question: str, candidates: Sequence[Candidate], config: AnswerConfig) -> list[Candidate]:
    """Return the best candidate of each article where they differ, newest first, those without a date last; [] where they agree.

    Articles differ on a question for one fact if they answer it with other words of the same sort, both likely, and both have
    all that the question names that either has. `candidates` are best first.
    """
    best = candidates[0]
    if best.score < config.differs or wants_several(question) or wants_sentences(question):
        return []
    asked = content_words(question)
    named = _named(asked, best)
    sides: list[Candidate] = []
    for candidate in candidates:
        articles = {side.passage.chunk.address for side in sides}
        if candidate.score < config.differs_share * best.score or candidate.passage.chunk.address in articles:
            continue
        if not sides or (_named(asked, candidate) >= named and _answers_alike(candidate, best)):
            sides.append(candidate)
    answers = {normalised(side.short_answer or "") for side in sides}
    if len(answers) < 2:
        return []
    return sorted(sides[:_SIDES_MOST], key=lambda side: side.passage.chunk.date or "", reverse=True)


def side_by_side(citation: Citation) -> Section:
    """Return one side's quote under its article's title and date."""
    heading = f"{citation.title}, {citation.date or 'without a date'}"
    return section(heading, [citation])


def _named(asked: Sequence[str], candidate: Candidate) -> int:
    """Return how many of the question's words stand in the candidate's passage or its title."""
    chunk = candidate.passage.chunk
    held = set(query_words(f"{chunk.title} {chunk.readable}"))
    stems = {porter_stem(word) for word in held}
    return sum(porter_stem(word) in stems for word in asked)


def _answers_alike(one: Candidate, other: Candidate) -> bool:
    """Return whether two short answers are of one sort, a number or none, and neither is a part of the other."""
    words, others = normalised(one.short_answer or ""), normalised(other.short_answer or "")
    if not words or not others:
        return False
    if words != others and (words in others or others in words):
        return False
    return any(map(str.isdigit, words)) == any(map(str.isdigit, others))
