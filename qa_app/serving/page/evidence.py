"""Render the evidence of an answer as HTML: a card for each citation, then the passages that were not cited."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.documents.shown import shown_text
from embeddings.index import Snapshot
from qa_app.records.feedback import VERDICTS, Feedback
from qa_app.records.verification import Verified
from qa_app.rendering.html import render
from qa_app.serving.page.notices import hint, waiting
from qa_app.typed_limits import as_typed
from qa_app.types import Answer

EMPTY = hint("Ask a question: the exact words behind the answer will appear here.")


@dataclass(frozen=True)
class Card:
    """A verified quote, with the rest of its passage if the quote is still in its place."""

    verified: Verified
    before: str = ""
    after: str = ""


def searching_html(searched_for: str) -> str:
    """Return the panel for a running search."""
    return waiting(f"Searching the articles for “{searched_for}” …")


def evidence_html(
    answer: Answer, answer_id: str, verified: Sequence[Verified], said: Feedback | None, snapshot: Snapshot
) -> str:
    """Return the panel of an answer.

    Args:
        answer: the answer.
        answer_id: its id in links and buttons.
        verified: each quote as it is in `snapshot`; a quote that is no longer there is withheld.
        said: the user's feedback.
        snapshot: the articles as they are now.
    """
    cited = {(c.address, c.passage_start) for c in answer.citations}
    return render(
        "page/evidence.html",
        answer=answer,
        searched_for=f"{answer.searched_for} {as_typed(answer.scope)}".strip(),
        answer_id=answer_id,
        cards=[_card(quote, snapshot) for quote in verified],
        uncited=[p for p in answer.passages if (p.chunk.address, p.chunk.start) not in cited],
        said=said,
        verdicts=VERDICTS,
    )


def _card(quote: Verified, snapshot: Snapshot) -> Card:
    citation = quote.citation
    document = snapshot.document(*citation.address) if quote.state == "there" else None
    if document is None:
        return Card(quote)
    before = shown_text(document, citation.passage_start, citation.start)
    return Card(quote, before, shown_text(document, citation.end, citation.passage_end))
