"""Answer a name or a few words that ask nothing ("BI Group", "rainwater?") with the sentences that mention them."""

import re
from collections.abc import Sequence

from embeddings.index import Snapshot
from qa_app.answering.finding import content_stems, stems
from qa_app.answering.reply import Reply
from qa_app.citations import citations_of, cite
from qa_app.language.function_words import AUXILIARIES
from qa_app.types import Candidate, Passage

_LONGEST_WORDS = 5
_MENTIONS_MOST = 5
_ASKS = re.compile(
    rf"\b(?:who|whom|whose|what|which|when|where|why|how|{'|'.join(AUXILIARIES)}|list|name|tell|describe|explain|give|show|compare|find)\b",
    re.IGNORECASE,
)
NOTICE = "This asks nothing in particular: these sentences mention it."


def is_phrase(message: str) -> bool:
    """Return whether a message is a name or a few words, and no question."""
    return len(message.split()) <= _LONGEST_WORDS and not _ASKS.search(message) and any(map(str.isalpha, message))


def mention_reply(phrase: str, passages: Sequence[Passage], snapshot: Snapshot) -> Reply | None:
    """Return the sentences of the passages that hold all words of a phrase, in some form; None if none does."""
    asked = content_stems(phrase)
    found: dict[tuple[object, int], Candidate] = {}
    for passage in passages:
        for unit in passage.chunk.units:
            if asked <= stems(unit.text):
                place = (passage.chunk.address, unit.start)
                found.setdefault(place, Candidate(passage, unit.start, unit.end, None, 1.0))
    cited = cite(list(found.values())[:_MENTIONS_MOST], snapshot)
    if not cited or not asked:
        return None
    return Reply(
        kind="several",
        text="\n\n".join(citation.numbered for _, citation in cited),
        citations=citations_of(cited),
        passages=tuple(passages),
        notice=NOTICE,
    )
