"""Notice that articles give different answers to one question, and show both sides, the newest first."""

from collections.abc import Sequence

from qa_app.answering.alternatives import alternatives, have_one_answer
from qa_app.answering.finding import content_words
from qa_app.answering.sections import section
from qa_app.config import AnswerConfig
from qa_app.question_kinds import wants_sentences, wants_several
from qa_app.types import Candidate, Citation, Section

DIFFERENCE = "The articles differ; the newest comes first."
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
    return sorted(sides[:_SIDES_MOST], key=lambda side: side.passage.chunk.date or "", reverse=True)


def side_by_side(citation: Citation) -> Section:
    """Return one side's quote under its article's title and date."""
    heading = f"{citation.title}, {citation.date or 'without a date'}"
    return section(heading, [citation])
