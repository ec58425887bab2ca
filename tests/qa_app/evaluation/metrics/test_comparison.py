from dataclasses import replace

import pytest

from qa_app.evaluation.metrics.comparison import HEADLINES, Comparison, NothingInCommon, compare
from qa_app.evaluation.results import Outcome
from tests.qa_app.evaluation.outcomes import result, told, unanswerable


def run(right: int, *, of: int = 40, refused: int = 10) -> list[Outcome]:
    """`of` answerable questions, the first ones right, and ten unanswerable ones, the first ones refused at 0.5."""
    answered = [told(i, 0.9, exact=i < right, rank=1 if i < right else 0) for i in range(of)]
    return answered + [unanswerable(100 + i, 0.1 if i < refused else 0.9) for i in range(10)]


def verdicts(comparison: Comparison) -> dict[str, str | None]:
    return {change.name: change.verdict for change in comparison.changes if change.name in HEADLINES}


def test_equal_runs() -> None:
    comparison = compare(result(*run(30)), result(*run(30)))
    assert not comparison.is_loss
    assert set(verdicts(comparison)) == set(HEADLINES)
    assert set(verdicts(comparison).values()) == {"within chance"}
    assert all((c.now - c.before, c.low, c.high) == (0, 0, 0) for c in comparison.changes)
    assert (comparison.better, comparison.worse, comparison.circumstances) == ((), (), ())
    assert comparison.compared == 50


def test_a_clearly_worse_run_is_a_loss() -> None:
    comparison = compare(result(*run(30)), result(*run(15)))
    assert comparison.is_loss
    assert verdicts(comparison) == {
        "exact match": "worse",
        "contains": "worse",
        "gold in 5": "worse",
        "cited": "worse",
        "unanswerable abstained": "within chance",
        "risk": "worse",
    }
    (change,) = [c for c in comparison.changes if c.name == "contains"]
    assert (change.before, change.now) == (30 / 40, 15 / 40)
    assert change.low < 15 / 40 - 30 / 40 < change.high < 0
    assert [one.id for one in comparison.worse] == [f"q{i}" for i in range(15, 30)]
    assert {(one.before, one.now) for one in comparison.worse} == {("right", "wrong")}
    assert comparison.better == ()


def test_a_clearly_better_run_is_not_a_loss() -> None:
    comparison = compare(result(*run(15)), result(*run(30)))
    assert not comparison.is_loss
    assert verdicts(comparison)["contains"] == verdicts(comparison)["risk"] == "better"
    assert len(comparison.better) == 15 and not comparison.worse


def test_a_slightly_worse_run_is_within_chance() -> None:
    comparison = compare(result(*run(30)), result(*run(28)))
    assert not comparison.is_loss
    assert set(verdicts(comparison).values()) == {"within chance"}
    assert len(comparison.worse) == 2


def test_answering_what_cannot_be_answered_is_a_loss() -> None:
    comparison = compare(result(*run(30)), result(*run(30, refused=1)))
    assert comparison.is_loss
    assert verdicts(comparison)["unanswerable abstained"] == "worse"
    assert {(one.before, one.now) for one in comparison.worse} == {("right", "wrong")}


def test_each_result_counts_at_its_own_threshold() -> None:
    comparison = compare(result(*run(30), threshold=0.5), result(*run(30), threshold=0.95))
    assert verdicts(comparison)["contains"] == "worse"
    assert {(one.before, one.now) for one in comparison.worse} == {("right", "withheld")}
    assert comparison.circumstances == ("threshold: 0.5 before, 0.95 now",)


def test_having_many_headlines_does_not_make_a_loss_likelier() -> None:
    # Five of forty lost: significant for one figure (p = 0.01), but not for one of six headlines.
    now = [replace(outcome, exact_match=0.0) if i < 5 else outcome for i, outcome in enumerate(run(40))]
    comparison = compare(result(*run(40)), result(*now))
    (change,) = [c for c in comparison.changes if c.name == "exact match"]
    assert change.high < 0
    assert change.verdict == "within chance"


def test_equally_right_answers_are_ranked_by_f1() -> None:
    before = [replace(told(1, 0.9, exact=False, contains=True), f1=0.4), replace(told(2, 0.9, exact=False), f1=0.5)]
    now = [replace(before[0], f1=0.6), replace(before[1], f1=0.2)]
    comparison = compare(result(*before), result(*now))
    assert [(one.id, one.f1_before, one.f1_now) for one in comparison.better] == [("q1", 0.4, 0.6)]
    assert [(one.id, one.f1_before, one.f1_now) for one in comparison.worse] == [("q2", 0.5, 0.2)]


def test_turned_answers_come_before_those_that_changed_in_f1() -> None:
    before = [replace(told(1, 0.9, exact=True), f1=1.0), told(2, 0.9, exact=True)]
    now = [replace(before[0], f1=0.1), told(2, 0.9, exact=False)]
    assert [one.id for one in compare(result(*before), result(*now)).worse] == ["q2", "q1"]


def test_questions_in_one_result_only_are_named_and_not_compared() -> None:
    edited = replace(told(2, 0.9, exact=False), question="Generated anew?")
    before = result(told(1, 0.9, exact=True), told(2, 0.9, exact=True), told(3, 0.9, exact=True))
    comparison = compare(before, result(told(1, 0.9, exact=True), edited, told(4, 0.9, exact=True)))
    assert comparison.compared == 1
    assert (comparison.only_before, comparison.only_now) == (("q2", "q3"), ("q2", "q4"))


def test_results_without_a_common_question_cannot_be_compared() -> None:
    with pytest.raises(NothingInCommon):
        compare(result(told(1, 0.9, exact=True)), result(told(2, 0.9, exact=True)))


def test_different_circumstances_and_gold_are_reported() -> None:
    before, now = result(told(1, 0.9, exact=True)), result(replace(told(1, 0.9, exact=True), answers=("snow",)))
    now = replace(now, circumstances=replace(now.circumstances, encoder="other 99999999", documents=3))
    said = "; ".join(compare(before, now).circumstances)
    assert "encoder: encoder 11111111 before, other 99999999 now" in said
    assert "3 articles, 10 chunks" in said
    assert "gold answers: changed for 1" in said
