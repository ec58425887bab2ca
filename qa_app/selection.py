"""From a reader's candidates to the ones that make the answer, or to an abstention."""

from collections.abc import Sequence
from dataclasses import replace

from qa_app.answer_matching import normalised
from qa_app.config import AnswerConfig
from qa_app.question_kinds import wants_sentences, wants_several
from qa_app.types import Candidate

ABSTENTION = "The articles don't say."
DOUBT = "Not sure that the articles say this. The closest sentences:"


def select(question: str, candidates: Sequence[Candidate], config: AnswerConfig) -> list[Candidate]:
    """Return the candidates that answer, in the order in which to show them; none means abstain.

    `candidates` come best first. A question that wants one fact gets the best, what says the same words elsewhere, and its
    rivals while none is sure. One that wants more gets several. Articles stand by their best sentence, sentences in the
    order of their article.
    """
    if not candidates or candidates[0].score < config.threshold:
        return []
    best = candidates[0]
    if wants_several(question):
        chosen = _rivals(candidates, config.several_share)[: config.several_most]
    else:
        chosen = [best, *_supporting(candidates, config.support_share)[: config.support_most]]
        if best.score < config.sure:
            rivals = _rivals(candidates, config.unsure_share)[: config.unsure_most]
            chosen += [candidate for candidate in rivals if candidate not in chosen]
    if wants_sentences(question):
        chosen = [replace(candidate, short=None) for candidate in chosen]
    articles = list(dict.fromkeys(candidate.passage.chunk.document for candidate in chosen))
    return sorted(chosen, key=lambda candidate: (articles.index(candidate.passage.chunk.document), candidate.start))


def _rivals(candidates: Sequence[Candidate], share: float) -> list[Candidate]:
    return [candidate for candidate in candidates if candidate.score >= share * candidates[0].score]


def _supporting(candidates: Sequence[Candidate], share: float) -> list[Candidate]:
    """Return the other candidates that say the same words as the best."""
    words = normalised(candidates[0].short_answer or "")
    rivals = _rivals(candidates, share)[1:]
    return [candidate for candidate in rivals if words and normalised(candidate.short_answer or "") == words]
