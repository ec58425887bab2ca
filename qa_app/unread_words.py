"""Say so when the words of an unanswered question stand in what was left out of a document."""

import shlex

from embeddings.index import Snapshot
from embeddings.storage.lexical import query_words
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.rendering.readable import listed

_NAMED_MOST = 3


def unread_notice(question: str, snapshot: Snapshot) -> str | None:
    """Return which documents have the question's words in a part that is not read, and how to have it read, or None."""
    words = [word for word in query_words(question) if word not in FUNCTION_WORDS]
    paths = [str(each) for each in snapshot.addresses_leaving_out(words, _NAMED_MOST)] if words else []
    if not paths:
        return None
    return (
        f"Its words stand in a part of {listed(paths)} that was left out as not the article's own. To have it read, open the"
        f" article and choose “Read this too”, or run: python -m embeddings left-out {shlex.quote(paths[0])}"
    )
