"""Build results for tests."""

from collections.abc import Sequence

from qa_app.evaluation.results import Circumstances, Cited, Measure, Outcome, Place, Result

TEXTS = {"harbour.txt": "The harbour was built in 1841. It has two piers. Karin Holm keeps the light."}
BUILT, PIERS, KEEPER = (Place("harbour.txt", 0, 30), Place("harbour.txt", 31, 48), Place("harbour.txt", 49, 76))


def outcome(
    confidence: float,
    *,
    contains: bool | None = True,
    exact: float | None = None,
    unanswerable: bool = False,
    answers: tuple[str, ...] = ("1841",),
    gold: tuple[Place, ...] = (BUILT,),
    cited: Place = BUILT,
    is_cited: bool | None = True,
    question: str = "When was the harbour built?",
    quote: str | None = None,
    latency_ms: float = 100.0,
) -> Outcome:
    """Return the outcome of a question with answers and evidence, or of an unanswerable one."""
    has_answers = not unanswerable and bool(answers)
    words = TEXTS[cited.document][cited.start : cited.end] if quote is None else quote
    return Outcome(
        id="q1",
        question=question,
        answers=() if unanswerable else answers,
        unanswerable=unanswerable,
        gold=() if unanswerable else gold,
        answer=f"{words} [1]",
        short_answer="1841",
        confidence=confidence,
        citations=(Cited(cited, words, True),),
        passages=(cited,),
        latency_ms=latency_ms,
        exact_match=(float(bool(contains)) if exact is None else exact) if has_answers else None,
        f1=float(bool(contains)) if has_answers else None,
        contains=contains if has_answers else None,
        cited=None if unanswerable else is_cited,
        first_cited=None if unanswerable else is_cited,
        gold_rank=None if unanswerable else 1,
    )


def result(outcomes: Sequence[Outcome], *, threshold: float = 0.5, build: str = "0001", generation: int = 1) -> Result:
    circumstances = Circumstances(
        made_at="2026-01-02T03:04:05+00:00",
        questions_file="questions.jsonl",
        questions_sha256="ab" * 32,
        folder="articles",
        build=build,
        generation=generation,
        encoder="mini 01234567",
        reader="89abcdef",
        threshold=threshold,
        documents=1,
        chunks=3,
    )
    measures = (
        Measure("contains", 0.75, 0.5, 1.0, 4),
        Measure("MRR", 0.5, 0.25, 0.75, 4, "score"),
        Measure("latency p50", 120.4, 100.0, 150.0, 5, "ms"),
        Measure("sentences an answer", 1.5, 1.0, 2.0, 4, "mean"),
    )
    return Result(circumstances, measures, tuple(outcomes))
