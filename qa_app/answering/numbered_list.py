"""Count the items of a numbered list whose number the reader took for the answer: "how many steps does the recipe have?"."""

import re

from embeddings.index import Snapshot
from qa_app.answering.list_items import siblings
from qa_app.answering.reply import Reply
from qa_app.citations import citations_of, cite
from qa_app.rendering.readable import counted
from qa_app.types import Candidate

_HOW_MANY = re.compile(r"\bhow\s+many\b|\bnumber\s+of\b", re.IGNORECASE)


def counted_reply(question: str, best: Candidate, snapshot: Snapshot) -> Reply | None:
    """Return the whole list with the number of its items; None unless a number is asked for and the best answer is an item's own."""
    if not _HOW_MANY.search(question) or best.short is None or best.short[0] != best.start:
        return None
    if not (best.short_answer or "").rstrip(".)").isdigit():
        return None
    cited = cite(siblings(best, snapshot), snapshot)
    if not cited:
        return None
    return Reply(
        kind="list",
        text="\n\n".join(citation.numbered for _, citation in cited),
        short_answer=str(len(cited)),
        citations=citations_of(cited),
        notice=f"The list has {counted(len(cited), 'item')}: counted, not stated.",
    )
