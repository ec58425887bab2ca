"""Say what an unanswered question names that no article holds, and which article is closest."""

import re
from collections.abc import Sequence

from embeddings.catalogue import Wanted
from embeddings.index import Snapshot
from qa_app.language.function_words import FUNCTION_WORDS
from qa_app.language.names import NAME_PATTERN
from qa_app.types import Passage

# A capital at the start of a question is a question word's.
_NAMED = re.compile(rf"(?<=\s)(?:{NAME_PATTERN})|\b\d[\d.,]*\d\b|\b\d\b")
_NAMED_MOST = 3


def missing_notice(question: str, passages: Sequence[Passage], snapshot: Snapshot) -> str | None:
    """Return the names and numbers of a question that no article holds, and the closest article, in a line; None if there is neither."""
    missing = missing_names(question, snapshot)
    said = []
    if missing:
        said.append(f"No article holds {' or '.join(f'“{name}”' for name in missing[:_NAMED_MOST])}.")
    if passages:
        said.append(f"The closest passage is in “{passages[0].chunk.title}”.")
    return " ".join(said) or None


def missing_names(question: str, snapshot: Snapshot) -> list[str]:
    """Return the names and numbers of a question of which a word is in no article, without words that are."""
    found = []
    for match in _NAMED.finditer(question):
        words = [
            word for word in re.findall(r"[^\W_]+(?:[.,-][^\W_]+)*", match[0]) if word.lower() not in FUNCTION_WORDS
        ]
        absent = [word for word in words if not snapshot.count_catalogue(Wanted(snapshot.scope, phrase=word))]
        if absent:
            found.append(match[0] if absent == words else " ".join(absent))
    return list(dict.fromkeys(found))
