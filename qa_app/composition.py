"""From a reader's statements to the ones that make the answer, or to an abstention."""

from collections.abc import Sequence

from qa_app.config import AnswerConfig
from qa_app.questions import wants_several
from qa_app.values import Statement

ABSTENTION = "The articles don't say."


def select(question: str, statements: Sequence[Statement], config: AnswerConfig) -> list[Statement]:
    """Return the statements that answer, in the order in which to show them; none means abstain.

    One for a question that wants one fact. Several for one that wants more: articles by their best sentence, sentences
    in the order of the article.
    """
    if not statements or statements[0].score < config.threshold:
        return []
    best = statements[0]
    if not wants_several(question):
        return [best]
    enough = max(config.threshold, best.score * config.statement_share)
    chosen = [statement for statement in statements if statement.score >= enough][: config.most_statements]
    articles = list(dict.fromkeys(statement.passage.chunk.document for statement in chosen))
    return sorted(chosen, key=lambda statement: (articles.index(statement.passage.chunk.document), statement.start))
