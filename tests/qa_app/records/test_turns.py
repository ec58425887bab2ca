import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qa_app.records import turns as module
from qa_app.records.conversations import Conversations
from qa_app.records.turns import View
from qa_app.types import Exchange
from tests.qa_app.records.conversations_made import RECEIPT, TOWER, talked
from tests.qa_app.records.receipts_made import made, quote


def test_a_question_is_there_before_its_answer(kept: Conversations) -> None:
    conversation, turn = kept.turns.ask(None, 0, " How high\nis the tower? ")
    (found,) = kept.turns.of(conversation)
    assert (found.id, found.position, found.question) == (turn, 0, " How high\nis the tower? ")
    assert (found.receipt, found.failure, found.feedback) == (None, None, None)
    kept.turns.answered(turn, RECEIPT)
    assert kept.turns.get(turn) == kept.turns.of(conversation)[0]
    answered = kept.turns.get(turn)
    assert answered is not None and answered.receipt == RECEIPT
    (entry,) = kept.entries()
    assert (entry.id, entry.title, entry.turns) == (conversation, "How high is the tower?", 1)


def test_a_failure_is_kept_and_an_answer_takes_its_place(kept: Conversations) -> None:
    _, turn = kept.turns.ask(None, 0, "Why?")
    kept.turns.failed(turn, "The index is lost. Sync it.")
    found = kept.turns.get(turn)
    assert found is not None and (found.receipt, found.failure) == (None, "The index is lost. Sync it.")
    kept.turns.answered(turn, RECEIPT)
    found = kept.turns.get(turn)
    assert found is not None and (found.receipt, found.failure) == (RECEIPT, None)


def test_asking_again_drops_what_followed_and_nothing_of_other_conversations(kept: Conversations) -> None:
    view, turns = talked(kept, "a", "b", "c")
    conversation = view.conversation
    (other, _), _ = talked(kept, "x", "y", "z")
    same, turn = kept.turns.ask(view, 1, "b, edited")
    assert same == conversation
    assert [t.question for t in kept.turns.of(conversation)] == ["a", "b, edited"]
    assert len(kept.turns.of(other)) == 3
    kept.turns.answered(turns[2], RECEIPT)  # the answer of a dropped turn comes late
    assert kept.turns.get(turns[2]) is None
    assert [t.receipt is None for t in kept.turns.of(conversation)] == [False, True]
    assert kept.turns.of(conversation)[1].id == turn


def test_ids_cannot_be_guessed(kept: Conversations) -> None:
    ids = [each for number in range(20) for each in kept.turns.ask(None, 0, str(number))]
    assert len(set(ids)) == 40 and all(len(each) == 24 and int(each, 16) >= 0 for each in ids)


def test_a_conversation_that_is_gone_begins_anew(kept: Conversations) -> None:
    view, _ = talked(kept, "a", "b")
    conversation = view.conversation
    kept.delete(conversation)
    kept.delete(conversation)
    fresh, turn = kept.turns.ask(view, 2, "c")
    assert fresh != conversation and [t.id for t in kept.turns.of(fresh)] == [turn]
    assert kept.turns.of(conversation) == () and len(kept.entries()) == 1


def test_exchanges_are_what_a_follow_up_refers_to(kept: Conversations) -> None:
    first = kept.turns.ask(None, 0, "How high is it?")
    kept.turns.answered(
        first.last_turn, made(quote(TOWER, 0, 28, short=(13, 22)), quote(TOWER, 29, 50, 2), question="searched")
    )
    second = kept.turns.ask(first, 1, "And why?")
    kept.turns.failed(second.last_turn, "lost")
    third = kept.turns.ask(second, 2, "Who built it?")
    text = "The tower is 90 metres high. [1]\n\nIt was built in 1911. [2]"
    told = (
        Exchange("How high is it?", "searched", text, "90 metres", ("Title of a.txt",)),
        Exchange("And why?", "And why?", ""),
    )
    assert kept.turns.exchanges_before(third.last_turn, 3) == told
    assert kept.turns.exchanges_before(third.last_turn, 1) == told[1:]
    assert kept.turns.exchanges_before(second.last_turn, 3) == told[:1]
    assert kept.turns.exchanges_before(first.last_turn, 3) == () == kept.turns.exchanges_before("gone", 3)


def test_a_broken_receipt_does_not_hide_the_other_turns(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(Conversations(file)) as kept:
        (conversation, _), (first, second) = talked(kept, "a", "b")
        kept.feedback.give(first, "right")
        kept.feedback.give(second, "right")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE turns SET receipt = '{}' WHERE id = ?", (first,))
        connection.execute("UPDATE feedback SET receipt = '{}' WHERE turn = ?", (first,))
    with closing(Conversations(file)) as kept:
        broken, whole = kept.turns.of(conversation)
        assert broken.receipt is None and "cannot be read" in (broken.failure or "")
        assert whole.receipt == RECEIPT
        assert [f.turn for f in kept.feedback.all()] == [second]
    assert first in caplog.text


def test_a_server_that_keeps_nothing_forgets_the_oldest_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TURNS_IN_MEMORY", 3)
    with closing(Conversations(None)) as kept:
        old, _ = talked(kept, "a", "b")
        view, turns = talked(kept, "c", "d", "e", "f")
        new = view.conversation
        assert [t.question for t in kept.turns.of(new)] == ["d", "e", "f"]
        assert kept.turns.get(turns[0]) is None and [entry.id for entry in kept.entries()] == [new]
        assert [e.question for e in kept.turns.exchanges_before(view.last_turn, 3)] == ["d", "e"]
        assert kept.turns.ask(old, 2, "g").conversation != old.conversation


def test_only_the_exchanges_that_are_needed_are_read(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(Conversations(file)) as kept:
        view, turns = talked(kept, *map(str, range(10)))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.executemany("UPDATE turns SET receipt = '{}' WHERE id = ?", [(turn,) for turn in turns[:7]])
    with closing(Conversations(file)) as kept:
        view = kept.turns.ask(view, 10, "and then?")
        assert [exchange.question for exchange in kept.turns.exchanges_before(view.last_turn, 3)] == ["7", "8", "9"]
        assert not kept.turns.has_ended(view.last_turn)
        assert caplog.text == ""  # a broken receipt that is read leaves a warning


def test_a_turn_ends_with_its_answer_its_failure_or_when_it_is_dropped(kept: Conversations) -> None:
    view = kept.turns.ask(None, 0, "a")
    assert not kept.turns.has_ended(view.last_turn)
    kept.turns.failed(view.last_turn, "lost")
    assert kept.turns.has_ended(view.last_turn)
    view = kept.turns.ask(view, 1, "b")
    kept.turns.answered(view.last_turn, RECEIPT)
    assert kept.turns.has_ended(view.last_turn) and kept.turns.has_ended("gone")


# -- two windows on one conversation


def _questions(kept: Conversations, view: View) -> list[str]:
    return [turn.question for turn in kept.turns.of(view.conversation)]


def test_a_window_that_is_behind_goes_on_in_a_copy(kept: Conversations) -> None:
    behind, _ = talked(kept, "a", "b")
    ahead = kept.turns.ask(behind, 2, "asked in the other window")
    kept.turns.answered(ahead.last_turn, RECEIPT)

    branch = kept.turns.ask(behind, 2, "c")
    assert branch.conversation != behind.conversation
    assert _questions(kept, ahead) == ["a", "b", "asked in the other window"]
    assert _questions(kept, branch) == ["a", "b", "c"]
    assert [turn.receipt for turn in kept.turns.of(branch.conversation)] == [RECEIPT, RECEIPT, None]
    assert {entry.title for entry in kept.entries()} == {"a"}

    assert kept.turns.ask(branch, 3, "d").conversation == branch.conversation  # each goes on where it is
    assert kept.turns.ask(ahead, 3, "e").conversation == ahead.conversation


@pytest.mark.parametrize(("position", "kept_questions"), [(0, ["again"]), (1, ["a", "again"])])
def test_a_question_edited_in_a_window_that_is_behind_replaces_nothing(
    kept: Conversations, position: int, kept_questions: list[str]
) -> None:
    behind, _ = talked(kept, "a", "b")
    ahead = kept.turns.ask(behind, 2, "asked in the other window")
    assert _questions(kept, kept.turns.ask(behind, position, "again")) == kept_questions
    assert _questions(kept, ahead) == ["a", "b", "asked in the other window"]


def test_where_the_other_window_took_turns_away_the_conversation_goes_on_without_a_gap(kept: Conversations) -> None:
    behind, _ = talked(kept, "a", "b", "c")
    shorter = kept.turns.withdraw(behind, 1)
    view = kept.turns.ask(behind, 3, "d")
    assert shorter is not None and view.conversation == shorter.conversation
    assert [(turn.question, turn.position) for turn in kept.turns.of(view.conversation)] == [("a", 0), ("d", 1)]


# -- undo


def test_a_question_is_taken_back(kept: Conversations) -> None:
    view, turns = talked(kept, "a", "b", "c")
    shown = kept.turns.withdraw(view, 2)
    assert shown == View(view.conversation, turns[1])
    assert _questions(kept, view) == ["a", "b"]
    assert kept.turns.withdraw(shown, 0) is None and kept.entries() == []


def test_a_question_that_the_window_does_not_know_is_not_taken_back(kept: Conversations) -> None:
    behind, _ = talked(kept, "a", "b")
    kept.turns.ask(behind, 2, "asked in the other window")
    assert kept.turns.withdraw(behind, 1) == behind
    assert _questions(kept, behind) == ["a", "b", "asked in the other window"]


def test_feedback_on_a_question_that_was_taken_back_stays(kept: Conversations) -> None:
    view, (turn,) = talked(kept, "a")
    kept.feedback.give(turn, "right")
    assert kept.turns.withdraw(view, 0) is None
    assert [said.turn for said in kept.feedback.all()] == [turn]
