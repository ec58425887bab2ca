"""Draft example questions that the corpus answers."""

from collections.abc import Iterator
from itertools import islice

from embeddings.documents.document import Document
from embeddings.index import Snapshot
from qa_app.assistant import Assistant
from qa_app.evaluation.drafting.drafts import Draft, draft_questions
from qa_app.pipeline import answer

_SAMPLED_DOCUMENTS = 12
# Drafts that are tried for each example that is wanted.
_TRIED = 2
_LONGEST_CHARS = 90
_SAID = " say about "
"""Stands in a draft about a name, before the name."""


def example_questions(assistant: Assistant, count: int) -> list[str]:
    """Return at most `count` questions drafted from sampled articles, each surely enough answered from what it was drafted from."""
    with assistant.index.snapshot() as snapshot:
        documents = list(_sampled(snapshot))
    drafts = draft_questions(documents, _SAMPLED_DOCUMENTS * count)
    titles = [document.title for document in documents]
    answerable = [draft for draft in drafts if not draft.unanswerable and len(_as_asked(draft)) <= _LONGEST_CHARS]
    facts_first = sorted(answerable, key=lambda draft: not draft.answers)
    questions: list[str] = []
    for draft in facts_first[: _TRIED * count]:
        if len(questions) == count:
            break
        question = _as_asked(draft)
        if _is_answered(assistant, question, draft):
            questions.append(question)
    # Few sentences of a small corpus make a question, but each of its articles can be summarized.
    summaries = (f"What is “{title}” about?" for title in titles if len(title) <= _LONGEST_CHARS)
    wanted = (question for question in summaries if answer(assistant, question).kind == "summary")
    return [*questions, *islice(wanted, count - len(questions))]


def _as_asked(draft: Draft) -> str:
    """Return the question as somebody would ask it who does not know which article answers."""
    _, said, name = draft.question.rpartition(_SAID)
    return draft.question if draft.answers or not said else f"What do the articles{said}{name}"


def _is_answered(assistant: Assistant, question: str, draft: Draft) -> bool:
    found = answer(assistant, question)
    if found.abstained or found.doubtful:
        return False
    return any(
        citation.start < place.end and place.start < citation.end and place.document == str(citation.address)
        for citation in found.citations
        for place, _ in draft.evidence
    )


def _sampled(snapshot: Snapshot) -> Iterator[Document]:
    """Yield articles from all over the index."""
    addresses = snapshot.addresses()
    step = max(1, len(addresses) // _SAMPLED_DOCUMENTS)
    for address in addresses[::step][:_SAMPLED_DOCUMENTS]:
        document = snapshot.document(*address)
        if document is not None:
            yield document
