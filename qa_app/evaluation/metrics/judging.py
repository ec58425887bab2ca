"""One question answered and judged against what its line says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.errors import ArticlesError
from embeddings.index import Snapshot
from qa_app.answer_matching import contains, exact_match, f1
from qa_app.assistant import Assistant
from qa_app.citations import is_exact
from qa_app.evaluation.question_files import Gold, Question
from qa_app.evaluation.results import Cited, Outcome, Place
from qa_app.pipeline import answer
from qa_app.retrieval import search
from qa_app.rewriting import exchanges
from qa_app.types import Answer

# Ranks of gold evidence are looked for among so many passages.
RANKED = 10


class NotPlaced(ArticlesError):
    """Evidence that does not stand in the corpus."""


def without_abstention(assistant: Assistant) -> Assistant:
    """Return the assistant with a threshold of 0: what a threshold withholds follows from the confidence."""
    config = replace(assistant.config, answer=replace(assistant.config.answer, threshold=0.0))
    return replace(assistant, config=config)


def places_of(gold: Gold, snapshot: Snapshot) -> tuple[Place, ...]:
    """Return where a piece of evidence stands: its place, every occurrence of its quote, or the document as a whole.

    Raises:
        NotPlaced: it stands nowhere in the corpus; the message says why.
    """
    document = snapshot.document(gold.document)
    if document is None:
        raise NotPlaced(f"there is no article {gold.document}", "Name a path of: python -m embeddings list")
    if gold.start is not None and gold.end is not None:
        if gold.end > len(document.text):
            raise NotPlaced(
                f"[{gold.start}, {gold.end}) goes beyond {gold.document}, which has {len(document.text)} characters",
                "Mend the offsets.",
            )
        if gold.quote is not None and document.text[gold.start : gold.end] != gold.quote:
            raise NotPlaced(
                f"the quote does not stand at [{gold.start}, {gold.end}) of {gold.document}", "Mend the offsets."
            )
        return (Place(gold.document, gold.start, gold.end),)
    if gold.quote is None:
        return (Place(gold.document, 0, len(document.text)),)
    places = tuple(Place(gold.document, i, i + len(gold.quote)) for i in _occurrences(gold.quote, document.text))
    if not places:
        raise NotPlaced(f"{gold.document} does not hold the quote “{gold.quote[:60]}”", "Copy it from the article.")
    return places


def judge(question: Question, gold: Sequence[Place], assistant: Assistant, snapshot: Snapshot) -> Outcome:
    """Answer a question and say what of the answer is right.

    Args:
        question: a line of a question file; with a history it is answered as a follow-up.
        gold: its evidence, placed.
        assistant: with abstention switched off (`without_abstention`).
        snapshot: to rank further passages and to check the quotes.

    Raises:
        AnswerFailed: it could not be answered, for a reason that is not the articles'.
    """
    found = answer(assistant, question.question, exchanges(question.history))
    citations = tuple(
        Cited(Place(c.document, c.start, c.end), c.quote, is_exact(c, snapshot.document(c.document)))
        for c in found.citations
    )
    passages = _ranked(found, assistant, snapshot)
    told = bool(question.answers)
    asked_for = bool(gold) and not question.unanswerable
    quotes = "\n".join(cited.quote for cited in citations)  # not the answer's text: its [1] is no answer
    hits = [holds(cited.place, gold) for cited in citations]
    return Outcome(
        id=str(question.id),
        question=question.question,
        answers=question.answers,
        unanswerable=question.unanswerable,
        gold=tuple(gold),
        answer=found.text,
        short_answer=found.short_answer,
        confidence=found.confidence,
        citations=citations,
        passages=passages,
        latency_ms=found.timings_ms["total"],
        exact_match=exact_match(found.short_answer, question.answers) if told and found.short_answer else _zero(told),
        f1=f1(found.short_answer, question.answers) if told and found.short_answer else _zero(told),
        contains=any(contains(quotes, words) for words in question.answers) if told else None,
        cited=any(hits) if asked_for else None,
        first_cited=any(hits[:1]) if asked_for else None,
        gold_rank=_rank(passages, gold) if asked_for else None,
    )


def right(outcome: Outcome) -> bool | None:
    """Tell whether a person would call the answer right, were it given; None where the line says nothing.

    With answers: the quoted sentences hold one of them. Else with evidence: it is cited. No answer to an unanswerable
    question is.
    """
    if outcome.unanswerable:
        return False
    return outcome.contains if outcome.answers else outcome.cited


def given(outcome: Outcome, threshold: float) -> bool:
    """Tell whether a person would get the answer at a threshold, 0..1; one without a citation is none."""
    return bool(outcome.citations) and outcome.confidence >= threshold


def _zero(told: bool) -> float | None:
    return 0.0 if told else None


def _ranked(found: Answer, assistant: Assistant, snapshot: Snapshot) -> tuple[Place, ...]:
    """Return what was read, best first, and behind it what the search would have brought next."""
    further = search(snapshot, found.searched_for, RANKED, assistant.config.retrieval)
    chunks = [passage.chunk for passage in (*found.passages, *further)]
    places = dict.fromkeys(Place(chunk.document, chunk.start, chunk.end) for chunk in chunks)
    return tuple(places)[: max(RANKED, len(found.passages))]


def _rank(passages: Sequence[Place], gold: Sequence[Place]) -> int:
    return next((rank for rank, place in enumerate(passages, start=1) if holds(place, gold)), 0)


def holds(place: Place, gold: Sequence[Place]) -> bool:
    """Tell whether a stretch holds a piece of evidence whole, or lies in it."""
    return any(
        place.document == g.document
        and ((place.start <= g.start and g.end <= place.end) or (g.start <= place.start and place.end <= g.end))
        for g in gold
    )


def _occurrences(words: str, text: str) -> Iterator[int]:
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + 1)
