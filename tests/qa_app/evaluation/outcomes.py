"""Small outcomes and results for tests."""

from dataclasses import replace

from qa_app.evaluation.metrics.measures import measures
from qa_app.evaluation.results import Circumstances, Cited, Outcome, Place, Result

_QUOTE = "It rained."
CIRCUMSTANCES = Circumstances(
    made_at="2024-05-17T10:00:00+00:00",
    questions_file="q.jsonl",
    questions_sha256="0" * 64,
    folder="/articles",
    build="0001",
    generation=3,
    encoder="encoder 11111111",
    reader="22222222 33333333",
    threshold=0.5,
    documents=2,
    chunks=10,
)


def told(
    number: int, confidence: float, *, exact: bool, contains: bool | None = None, rank: int = 1, sentences: int = 1
) -> Outcome:
    """An answerable question with gold words and evidence; a wrong answer cites the wrong place."""
    held = exact if contains is None else contains
    return replace(
        plain(number, confidence, sentences=sentences),
        answers=("rain",),
        gold=(Place("a.txt", 3, 9),),
        exact_match=float(exact),
        f1=float(exact),
        contains=held,
        cited=held,
        first_cited=exact,
        gold_rank=rank,
    )


def unanswerable(number: int, confidence: float) -> Outcome:
    return replace(plain(number, confidence), unanswerable=True)


def plain(number: int, confidence: float, *, sentences: int = 1) -> Outcome:
    """A question that does not say what is right."""
    cited = Cited(Place("a.txt", 0, len(_QUOTE)), _QUOTE, exact=True)
    return Outcome(
        id=f"q{number}",
        question=f"Question {number}?",
        answers=(),
        unanswerable=False,
        gold=(),
        answer=f"{_QUOTE} [1]",
        short_answer="rained",
        confidence=confidence,
        citations=(cited,) * sentences,
        passages=(Place("a.txt", 0, 100),),
        latency_ms=10.0 * number,
        exact_match=None,
        f1=None,
        contains=None,
        cited=None,
        first_cited=None,
        gold_rank=None,
    )


def result(*outcomes: Outcome, threshold: float = 0.5) -> Result:
    return Result(replace(CIRCUMSTANCES, threshold=threshold), measures(outcomes, threshold), outcomes)
