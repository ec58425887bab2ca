"""Select the candidates that make the answer, or abstain."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from qa_app.answer_matching import normalised
from qa_app.config import AnswerConfig
from qa_app.question_kinds import wants_sentences, wants_several
from qa_app.types import Candidate

ABSTENTION = "The articles don't say."
DOUBT = "Not sure that the articles say this. The closest sentences:"


def select(question: str, candidates: Sequence[Candidate], config: AnswerConfig) -> list[Candidate]:
    """Return the candidates that answer, in display order; an empty list means abstain.

    `candidates` are best first. A question that asks for one fact gets the best one, others with the same short answer,
    and its rivals if the best one is unsure. A question that asks for more gets several. Articles are ordered by their
    best sentence, sentences by their position in the article.
    """
    if confidence(question, candidates, config) < config.threshold or not candidates:
        return []
    candidates = _telling(question, candidates)
    best = candidates[0]
    if wants_several(question):
        chosen = _parts(candidates, config)
    else:
        chosen = [best, *_supporting(candidates, config.support_share)[: config.support_most]]
        if best.score < config.sure:
            rivals = _rivals(candidates, config.unsure_share)[: config.unsure_most]
            chosen += [candidate for candidate in rivals if candidate not in chosen]
    if wants_sentences(question):
        chosen = [replace(candidate, short=None) for candidate in chosen]
    articles = list(dict.fromkeys(candidate.passage.chunk.address for candidate in chosen))
    return sorted(chosen, key=lambda candidate: (articles.index(candidate.passage.chunk.address), candidate.start))


def confidence(question: str, candidates: Sequence[Candidate], config: AnswerConfig) -> float:
    """Return the probability, 0..1, that the answer to a question is in the candidates that answer it; 0 without any.

    For one fact, it is that of the best one. A question that asks for more is answered if one of those quoted does; they are
    taken as independent, unless even the best one hardly answers.
    """
    if not candidates:
        return 0.0
    if not wants_several(question):
        return candidates[0].score
    parts = _parts(_telling(question, candidates), config)
    return parts[0].score if parts[0].score < config.several_least else 1 - prod(1 - part.score for part in parts)


def _parts(candidates: Sequence[Candidate], config: AnswerConfig) -> list[Candidate]:
    return _rivals(candidates, config.several_share)[: config.several_most]


def _telling(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, each once; of a question for more than a fact, without an article's date, which tells nothing of it."""
    if wants_several(question) or wants_sentences(question):
        candidates = [candidate for candidate in candidates if not candidate.is_metadata] or candidates
    return _each_once(candidates)


def _each_once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without those that say the same words as a better one, as copies of an article do."""
    once: dict[str, Candidate] = {}
    for candidate in candidates:
        once.setdefault(normalised(candidate.sentence), candidate)
    return list(once.values())


def _rivals(candidates: Sequence[Candidate], share: float) -> list[Candidate]:
    return [candidate for candidate in candidates if candidate.score >= share * candidates[0].score]


def _supporting(candidates: Sequence[Candidate], share: float) -> list[Candidate]:
    """Return the other candidates with the same short answer as the best."""
    words = normalised(candidates[0].short_answer or "")
    rivals = _rivals(candidates, share)[1:]
    return [candidate for candidate in rivals if words and normalised(candidate.short_answer or "") == words]
