"""From a reader's statements to the ones that make the answer, or to an abstention."""

from collections.abc import Sequence
from dataclasses import replace

from qa_app.answer_matching import normalised
from qa_app.config import AnswerConfig
from qa_app.question_kinds import wants_sentences, wants_several
from qa_app.types import Statement

ABSTENTION = "The articles don't say."
DOUBT = "Not sure that the articles say this. The closest sentences:"


def select(question: str, statements: Sequence[Statement], config: AnswerConfig) -> list[Statement]:
    """Return the statements that answer, in the order in which to show them; none means abstain.

    `statements` come best first. A question that wants one fact gets the best, what says the same words elsewhere, and its
    rivals while none is sure. One that wants more gets several. Articles stand by their best sentence, sentences in the
    order of their article.
    """
    if not statements or statements[0].score < config.threshold:
        return []
    best = statements[0]
    if wants_several(question):
        chosen = _rivals(statements, config.several_share)[: config.several_most]
    else:
        chosen = [best, *_supporting(statements, config.support_share)[: config.support_most]]
        if best.score < config.sure:
            rivals = _rivals(statements, config.unsure_share)[: config.unsure_most]
            chosen += [statement for statement in rivals if statement not in chosen]
    if wants_sentences(question):
        chosen = [replace(statement, short=None) for statement in chosen]
    articles = list(dict.fromkeys(statement.passage.chunk.document for statement in chosen))
    return sorted(chosen, key=lambda statement: (articles.index(statement.passage.chunk.document), statement.start))


def _rivals(statements: Sequence[Statement], share: float) -> list[Statement]:
    return [statement for statement in statements if statement.score >= share * statements[0].score]


def _supporting(statements: Sequence[Statement], share: float) -> list[Statement]:
    """Return the other statements that say the same words as the best."""
    words = _words(statements[0])
    return [statement for statement in _rivals(statements, share)[1:] if words and _words(statement) == words]


def _words(statement: Statement) -> str:
    if statement.short is None:
        return ""
    chunk = statement.passage.chunk
    return normalised(chunk.text[statement.short[0] - chunk.start : statement.short[1] - chunk.start])
