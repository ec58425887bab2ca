"""From a reader's statements to the ones that make the answer, or to an abstention."""

from collections.abc import Sequence

from qa_app.config import AnswerConfig
from qa_app.questions import wants_several
from qa_app.values import Statement

ABSTENTION = "The articles don't say."


def select(question: str, statements: Sequence[Statement], config: AnswerConfig) -> list[Statement]:
    """Return the statements that answer, in the order in which to show them; none means abstain.

    `statements` come best first. A question that wants one fact gets the best, and its rivals while none is sure. One
    that wants more gets several. Articles stand by their best sentence, sentences in the order of their article.
    """
    if not statements or statements[0].score < config.threshold:
        return []
    best = statements[0].score
    if wants_several(question):
        most, share = config.several_most, config.several_share
    elif best < config.sure:
        most, share = config.unsure_most, config.unsure_share
    else:
        most, share = 1, 1.0
    chosen = [statement for statement in statements if statement.score >= share * best][:most]
    articles = list(dict.fromkeys(statement.passage.chunk.document for statement in chosen))
    return sorted(chosen, key=lambda statement: (articles.index(statement.passage.chunk.document), statement.start))
