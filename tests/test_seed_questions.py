"""The forty questions about the seeds: how many are answered correctly, citations included.

A question about one fact is right if a sentence with that fact is cited; a question about several facts, if at least half
of the sentences that a person would cite are. docs/results/quality.md has the results.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from qa_app.answer_matching import f1, normalised
from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.types import Answer

_FILE = Path(__file__).parent / "data" / "seed_questions.jsonl"
_QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> dict[str, Answer]:
    return {question["id"]: answer(assistant, question["question"]) for question in _QUESTIONS}


def _is_right(question: dict[str, Any], found: Answer) -> bool:
    cited = {(citation.document, citation.quote) for citation in found.citations}
    hits = [(gold["document"], gold["quote"]) in cited for gold in question["evidence"]]
    return 2 * sum(hits) >= len(hits)


def test_at_least_26_of_the_30_answerable_questions_are_right(answers: dict[str, Answer]) -> None:
    answerable = [question for question in _QUESTIONS if not question.get("unanswerable")]
    wrong = [question["question"] for question in answerable if not _is_right(question, answers[question["id"]])]
    assert len(answerable) == 30
    assert len(wrong) <= 4, wrong


def test_the_first_question_is_right(answers: dict[str, Answer]) -> None:
    found = answers["seed-01"]
    assert "rainwater collection system" in found.citations[0].quote
    assert normalised(found.short_answer or "") == "rainwater collection system"
    assert not found.doubtful


def test_most_questions_for_one_fact_have_a_right_short_answer(answers: dict[str, Answer]) -> None:
    facts = [q for q in _QUESTIONS if q["kind"] == "fact" and not q.get("unanswerable")]
    right = [q for q in facts if f1(answers[q["id"]].short_answer or "", q["answers"]) >= 0.5]
    assert len(right) >= 8, [q["question"] for q in facts if q not in right]


def test_every_quote_is_exact_against_the_file(answers: dict[str, Answer], seeds: Path) -> None:
    for found in answers.values():
        for citation in found.citations:
            text = (seeds / citation.document).read_text(encoding="utf-8")
            assert text[citation.start : citation.end] == citation.quote
