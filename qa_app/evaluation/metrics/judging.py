"""Answer one question, and judge the answer against the question file's line."""

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

# Number of passages in which gold evidence is ranked.
RANKED = 10


class NotPlaced(ArticlesError):
    """The evidence is not in the corpus."""


def without_abstention(assistant: Assistant) -> Assistant:
    """Return the assistant with a threshold of 0; the confidence tells what any other threshold withholds."""
    config = replace(assistant.config, answer=replace(assistant.config.answer, threshold=0.0))
    return replace(assistant, config=config)


def places_of(gold: Gold, snapshot: Snapshot) -> tuple[Place, ...]:
    """Return where a piece of evidence is: its place, every occurrence of its quote, or the whole document.

    Raises:
        NotPlaced: it is not in the corpus; the message says why.
    """
    document = snapshot.document_called(gold.document)
    if document is None:
        raise NotPlaced(f"there is no article {gold.document}", "Use a path from: python -m embeddings list")
    name = str(document.address)
    if gold.start is not None and gold.end is not None:
        if gold.end > len(document.text):
            raise NotPlaced(
                f"[{gold.start}, {gold.end}) is past the end of {gold.document}, which has {len(document.text)} characters",
                "Correct the offsets.",
            )
        if gold.quote is not None and document.text[gold.start : gold.end] != gold.quote:
            raise NotPlaced(
                f"the quote is not at [{gold.start}, {gold.end}) of {gold.document}", "Correct the offsets."
            )
        return (Place(name, gold.start, gold.end),)
    if gold.quote is None:
        return (Place(name, 0, len(document.text)),)
    places = tuple(Place(name, i, i + len(gold.quote)) for i in _occurrences(gold.quote, document.text))
    if not places:
        raise NotPlaced(f"{gold.document} does not contain the quote “{gold.quote[:60]}”", "Copy it from the article.")
    return places


def judge(question: Question, gold: Sequence[Place], assistant: Assistant, snapshot: Snapshot) -> Outcome:
    """Answer a question and judge the answer.

    Args:
        question: a line of a question file; with a history it is answered as a follow-up.
        gold: the places of its evidence.
        assistant: with abstention switched off (`without_abstention`).
        snapshot: to rank further passages and to check the quotes.

    Raises:
        AnswerFailed: something went wrong, so that there is no answer.
    """
    found = answer(assistant, question.question, exchanges(question.history))
    citations = tuple(
        Cited(Place(str(c.address), c.start, c.end), c.quote, is_exact(c, snapshot.document(*c.address)))
        for c in found.citations
    )
    passages = _ranked(found, assistant, snapshot)
    short = found.short_answer
    has_answers = bool(question.answers)
    has_gold = bool(gold) and not question.unanswerable
    quotes = "\n".join(cited.quote for cited in citations)  # not the answer's text: its [1] could pass for an answer
    hits = [holds(cited.place, gold) for cited in citations]
    return Outcome(
        id=str(question.id),
        question=question.question,
        answers=question.answers,
        unanswerable=question.unanswerable,
        gold=tuple(gold),
        answer=found.text,
        short_answer=short,
        confidence=found.confidence,
        citations=citations,
        passages=passages,
        latency_ms=found.timings_ms["total"],
        exact_match=exact_match(short, question.answers) if has_answers and short else _zero(has_answers),
        f1=f1(short, question.answers) if has_answers and short else _zero(has_answers),
        contains=any(contains(quotes, words) for words in question.answers) if has_answers else None,
        cited=any(hits) if has_gold else None,
        first_cited=any(hits[:1]) if has_gold else None,
        gold_rank=_rank(passages, gold) if has_gold else None,
    )


def right(outcome: Outcome) -> bool | None:
    """Return whether the answer, if given, is right; None if the question's line does not say what is right.

    With gold answers, the quoted sentences must contain one of them. With evidence only, it must be cited. Any answer to
    an unanswerable question is wrong.
    """
    if outcome.unanswerable:
        return False
    return outcome.contains if outcome.answers else outcome.cited


def given(outcome: Outcome, threshold: float) -> bool:
    """Return whether the user gets the answer at a threshold, 0..1; without a citation, never."""
    return bool(outcome.citations) and outcome.confidence >= threshold


def _zero(has_answers: bool) -> float | None:
    return 0.0 if has_answers else None


def _ranked(found: Answer, assistant: Assistant, snapshot: Snapshot) -> tuple[Place, ...]:
    """Return the passages that were read, best first, and then those that the search ranks next."""
    further = search(snapshot, found.searched_for, RANKED, assistant.config.retrieval)
    chunks = [passage.chunk for passage in (*found.passages, *further)]
    places = dict.fromkeys(Place(str(chunk.address), chunk.start, chunk.end) for chunk in chunks)
    return tuple(places)[: max(RANKED, len(found.passages))]


def _rank(passages: Sequence[Place], gold: Sequence[Place]) -> int:
    return next((rank for rank, place in enumerate(passages, start=1) if holds(place, gold)), 0)


def holds(place: Place, gold: Sequence[Place]) -> bool:
    """Return whether a place contains a whole piece of evidence, or lies inside one."""
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
