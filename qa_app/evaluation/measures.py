"""Measure answers against a question file; no network, no language model as judge."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from embeddings.index import Snapshot
from qa_app.assistant import Assistant
from qa_app.citations import is_exact
from qa_app.pipeline import answer
from qa_app.question_files import Gold, Question
from qa_app.short_answers import exact_match, f1
from qa_app.values import Answer


@dataclass(frozen=True)
class Measure:
    """One figure with what it was counted over."""

    name: str
    value: float
    count: int
    unit: str = "share"
    """"share" (0..1), "mean" or "ms"."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Result:
    question: Question
    answer: Answer
    spans: tuple[tuple[str, int, int], ...]
    """The evidence by place: document, [start, end); only what could be placed."""
    exact: bool
    """Every quote stands at its place in the stored text."""


def evaluate(assistant: Assistant, questions: Iterable[Question]) -> list[Measure]:
    """Answer every question and return the figures for which the file says enough."""
    results = []
    for question in questions:
        found = answer(assistant, question.question)
        with assistant.index.snapshot() as snapshot:
            spans = tuple(place for gold in question.evidence if (place := _place(gold, snapshot)))
            exact = all(is_exact(citation, snapshot.document(citation.document)) for citation in found.citations)
        results.append(_Result(question, found, spans, exact))
    return list(_measures(results))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error, 0..1: how far confidence and share of right answers lie apart.

    The mean over bins of equal width, by how many answers each holds (Guo et al. 2017, arXiv 1706.04599, equation 5).

    Args:
        confidences: 0..1.
        right: whether each answer is.
        bins: how many.
    """
    held: dict[int, list[tuple[float, bool]]] = {}
    for confidence, is_right in zip(confidences, right, strict=True):
        held.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, is_right))
    apart = sum(abs(sum(confidence - is_right for confidence, is_right in pairs)) for pairs in held.values())
    return apart / len(confidences) if confidences else 0.0


def table(measures: Sequence[Measure]) -> str:
    """Return the figures as text, one a line."""
    width = max((len(measure.name) for measure in measures), default=0)
    return "\n".join(f"{m.name:<{width}}  {_shown(m)}  of {m.count}" for m in measures)


def _shown(measure: Measure) -> str:
    return {"share": f"{measure.value:8.1%}", "mean": f"{measure.value:8.2f}", "ms": f"{measure.value:5.0f} ms"}[
        measure.unit
    ]


def contains(text: str, answer_words: str) -> bool:
    """Tell whether `answer_words` stand in `text` as whole words, whatever the case and the spaces."""
    pattern = r"\s+".join(re.escape(word) for word in answer_words.split())
    return bool(pattern) and bool(re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))


def _measures(results: Sequence[_Result]) -> Iterable[Measure]:
    answerable = [r for r in results if not r.question.unanswerable]
    yield from _share(
        "answer contains a gold answer",
        [any(contains(r.answer.text, a) for a in r.question.answers) for r in answerable if r.question.answers],
    )
    told = [r for r in answerable if r.question.answers]
    if told:
        words = [(r.answer.short_answer or "", r.question.answers) for r in told]
        yield Measure("short answer, exact match", sum(exact_match(*pair) for pair in words) / len(words), len(words))
        yield Measure("short answer, F1", sum(f1(*pair) for pair in words) / len(words), len(words))
    placed = [r for r in answerable if r.spans]
    yield from _share(
        "a citation holds gold evidence",
        [any(_covers(c.document, c.start, c.end, r.spans) for c in r.answer.citations) for r in placed],
    )
    yield from _share(
        "the first citation holds it",
        [any(_covers(c.document, c.start, c.end, r.spans) for c in r.answer.citations[:1]) for r in placed],
    )
    answered = [r for r in answerable if not r.answer.abstained]
    if answered:
        sentences = sum(len(r.answer.citations) for r in answered) / len(answered)
        yield Measure("sentences in an answer", sentences, len(answered), "mean")
    for k in (1, 3, 5):
        yield from _share(
            f"gold evidence in the first {k}",
            [
                any(_covers(p.chunk.document, p.chunk.start, p.chunk.end, r.spans) for p in r.answer.passages[:k])
                for r in placed
            ],
        )
    yield from _share("answerable, abstained", [r.answer.abstained for r in answerable])
    yield from _share("unanswerable, abstained", [r.answer.abstained for r in results if r.question.unanswerable])
    yield from _share("quotes exact", [r.exact for r in results if r.answer.citations])
    if results:
        yield Measure(
            "median time of an answer", median(r.answer.timings_ms["total"] for r in results), len(results), "ms"
        )


def _share(name: str, hits: Sequence[bool]) -> Iterable[Measure]:
    if hits:
        yield Measure(name, sum(hits) / len(hits), len(hits))


def _place(gold: Gold, snapshot: Snapshot) -> tuple[str, int, int] | None:
    if gold.start is not None and gold.end is not None:
        return gold.document, gold.start, gold.end
    document = snapshot.document(gold.document)
    if document is None or not gold.quote or (start := document.text.find(gold.quote)) < 0:
        return None
    return gold.document, start, start + len(gold.quote)


def _covers(document: str, start: int, end: int, spans: Sequence[tuple[str, int, int]]) -> bool:
    """Tell whether [start, end) holds one of the spans whole, or lies in it."""
    return any(document == d and ((start <= s and e <= end) or (s <= start and end <= e)) for d, s, e in spans)
