"""Notice that articles give different answers to one question, and show both sides, the newest first."""

from collections.abc import Sequence

from qa_app.answering.alternatives import alternatives, have_one_answer
from qa_app.answering.finding import content_words
from qa_app.answering.sections import section
from qa_app.answering.years import day_told
from qa_app.config import AnswerConfig
from qa_app.question_kinds import wants_sentences, wants_several
from qa_app.types import Candidate, Citation, Section

_DIFFERENCE = "The articles differ."
_IN_ORDER = "The articles differ; the newest comes first."
_SIDES_MOST = 4


def differing(question: str, candidates: Sequence[Candidate], config: AnswerConfig) -> list[Candidate]:
    """Return the best candidate of each article where they differ, newest first, those without a date last; [] where they agree.

    Articles differ on a question for one fact if they answer it with other words, and the best answer is likely; see
    `alternatives`. `candidates` are best first.
    """
    if candidates[0].score < config.differs or wants_several(question) or wants_sentences(question):
        return []
    sides = alternatives(content_words(question), candidates, config)
    if have_one_answer(sides):
        return []
    return sorted(sides[:_SIDES_MOST], key=lambda side: day_told(side.passage.chunk), reverse=True)


def difference(sides: Sequence[Candidate]) -> str:
    """Return the notice: of an order only where the sides have one."""
    days = [day_told(side.passage.chunk) for side in sides]
    return _IN_ORDER if all(days) and len(set(days)) > 1 else _DIFFERENCE


def side_by_side(citation: Citation) -> Section:
    """Return one side's quote under its article's title and date."""
    heading = f"{citation.title}, {citation.date or 'without a date'}"
    return section(heading, [citation])
