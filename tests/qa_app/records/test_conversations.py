import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from embeddings.config import IndexConfig
from embeddings.storage.builds import current_build, roll_back
from embeddings.sync import reembed, sync
from qa_app.records import conversations as module
from qa_app.records.conversations import (
    ConversationGone,
    Conversations,
    ConversationsUnusable,
    Verdict,
    conversations_file,
)
from qa_app.types import Exchange
from tests.embeddings.helpers import assert_healthy
from tests.fakes import WordEncoder
from tests.qa_app.records.receipts_made import article, made, quote

TOWER = article("The tower is 90 metres high. It was built in 1911.")
RECEIPT = made(quote(TOWER, 0, 28, short=(13, 22)))
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index" / "conversations.sqlite3"


@pytest.fixture(params=["file", "memory"])
def kept(request: pytest.FixtureRequest, file: Path) -> Iterator[Conversations]:
    with closing(Conversations(file if request.param == "file" else None)) as conversations:
        yield conversations


def _conversation(kept: Conversations, *questions: str) -> tuple[str, list[str]]:
    conversation, turns = None, []
    for position, question in enumerate(questions):
        conversation, turn = kept.ask(conversation, position, question)
        kept.answered(turn, RECEIPT)
        turns.append(turn)
    assert conversation is not None
    return conversation, turns


def test_a_question_is_there_before_its_answer(kept: Conversations) -> None:
    conversation, turn = kept.ask(None, 0, " How high\nis the tower? ")
    (found,) = kept.turns(conversation)
    assert (found.id, found.position, found.question) == (turn, 0, " How high\nis the tower? ")
    assert (found.receipt, found.failure, found.feedback) == (None, None, None)
    kept.answered(turn, RECEIPT)
    assert kept.turn(turn) == kept.turns(conversation)[0]
    answered = kept.turn(turn)
    assert answered is not None and answered.receipt == RECEIPT
    (entry,) = kept.entries()
    assert (entry.id, entry.title, entry.turns) == (conversation, "How high is the tower?", 1)


def test_a_failure_is_kept_and_an_answer_takes_its_place(kept: Conversations) -> None:
    _, turn = kept.ask(None, 0, "Why?")
    kept.failed(turn, "The index is lost. Sync it.")
    found = kept.turn(turn)
    assert found is not None and (found.receipt, found.failure) == (None, "The index is lost. Sync it.")
    kept.answered(turn, RECEIPT)
    found = kept.turn(turn)
    assert found is not None and (found.receipt, found.failure) == (RECEIPT, None)


def test_asking_again_drops_what_followed_and_nothing_of_other_conversations(kept: Conversations) -> None:
    conversation, turns = _conversation(kept, "a", "b", "c")
    other, _ = _conversation(kept, "x", "y", "z")
    same, turn = kept.ask(conversation, 1, "b, edited")
    assert same == conversation
    assert [t.question for t in kept.turns(conversation)] == ["a", "b, edited"]
    assert len(kept.turns(other)) == 3
    kept.answered(turns[2], RECEIPT)  # the answer of a dropped turn comes late
    assert kept.turn(turns[2]) is None
    assert [t.receipt is None for t in kept.turns(conversation)] == [False, True]
    assert kept.turns(conversation)[1].id == turn


def test_ids_cannot_be_guessed(kept: Conversations) -> None:
    ids = [each for number in range(20) for each in kept.ask(None, 0, str(number))]
    assert len(set(ids)) == 40 and all(len(each) == 24 and int(each, 16) >= 0 for each in ids)


def test_a_conversation_that_is_gone_begins_anew(kept: Conversations) -> None:
    conversation, _ = _conversation(kept, "a", "b")
    kept.delete(conversation)
    kept.delete(conversation)
    fresh, turn = kept.ask(conversation, 2, "c")
    assert fresh != conversation and [t.id for t in kept.turns(fresh)] == [turn]
    assert kept.turns(conversation) == () and len(kept.entries()) == 1


def test_exchanges_are_what_a_follow_up_refers_to(kept: Conversations) -> None:
    conversation, first = kept.ask(None, 0, "How high is it?")
    kept.answered(first, made(quote(TOWER, 0, 28, short=(13, 22)), quote(TOWER, 29, 50, 2), question="searched"))
    _, second = kept.ask(conversation, 1, "And why?")
    kept.failed(second, "lost")
    kept.ask(conversation, 2, "Who built it?")
    text = "The tower is 90 metres high. [1]\n\nIt was built in 1911. [2]"
    told = (
        Exchange("How high is it?", "searched", text, "90 metres", ("Title of a.txt",)),
        Exchange("And why?", "And why?", ""),
    )
    assert kept.exchanges(conversation, 2) == told
    assert kept.exchanges(conversation, 1) == told[:1]
    assert kept.exchanges(None, 5) == () == kept.exchanges("gone", 5)


def test_the_last_used_conversation_stands_first(kept: Conversations) -> None:
    first, turns = _conversation(kept, "first")
    second, _ = _conversation(kept, "second")
    assert [entry.id for entry in kept.entries()] == [second, first]
    kept.answered(turns[0], RECEIPT)
    assert [entry.id for entry in kept.entries()] == [first, second]


def test_a_title_is_one_line_of_bounded_length_and_can_be_changed(kept: Conversations) -> None:
    conversation, _ = kept.ask(None, 0, "long " * 100)
    assert len(kept.entries()[0].title) <= 80 and kept.entries()[0].title.endswith("…")
    kept.rename(conversation, "  The\ntower ")
    assert kept.entries()[0].title == "The tower"
    with pytest.raises(ValueError, match="title"):
        kept.rename(conversation, " ")
    with pytest.raises(ConversationGone):
        kept.rename("gone", "x")


def test_feedback_is_kept_with_its_receipt_changed_and_taken_back(kept: Conversations) -> None:
    _, (turn,) = _conversation(kept, "a")
    kept.give_feedback(turn, "wrong answer", " it is 91 ")
    (said,) = kept.feedback()
    assert (said.turn, said.verdict, said.note, said.receipt) == (turn, "wrong answer", "it is 91", RECEIPT)
    found = kept.turn(turn)
    assert found is not None and found.feedback == said
    kept.give_feedback(turn, "right")
    assert [(f.verdict, f.note) for f in kept.feedback()] == [("right", "")]
    kept.give_feedback(turn, None)
    assert kept.feedback() == []


def test_feedback_outlives_asking_again_and_goes_with_its_conversation(kept: Conversations) -> None:
    conversation, (turn,) = _conversation(kept, "a")
    kept.give_feedback(turn, "wrong evidence")
    kept.ask(conversation, 0, "a")
    assert [f.turn for f in kept.feedback()] == [turn]
    kept.delete(conversation)
    assert kept.feedback() == []


def test_feedback_needs_an_answer_and_a_known_verdict(kept: Conversations) -> None:
    _, turn = kept.ask(None, 0, "a")
    with pytest.raises(ConversationGone, match="answer"):
        kept.give_feedback(turn, "right")
    verdict: Verdict = "splendid"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="right, wrong answer, wrong evidence"):
        kept.give_feedback(turn, verdict)
    assert kept.feedback() == []


# -- the file


def test_all_is_there_when_the_file_is_opened_again(file: Path) -> None:
    with closing(Conversations(file)) as kept:
        conversation, (turn, _) = _conversation(kept, "a", "b")
        kept.give_feedback(turn, "right", "yes")
        before = kept.entries(), kept.turns(conversation), kept.feedback()
    with closing(Conversations(file)) as kept:
        assert (kept.entries(), kept.turns(conversation), kept.feedback()) == before


def test_only_its_owner_may_read_the_file(file: Path) -> None:
    with closing(Conversations(file)) as kept:
        kept.ask(None, 0, "a secret")
        modes = {stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()}
    assert modes == {0o600}


_DIES = """
import os, sys
from pathlib import Path
from qa_app.records.conversations import Conversations
kept = Conversations(Path(sys.argv[1]))
kept.ask(None, 0, "asked before the crash")
os.kill(os.getpid(), 9)
"""


def test_a_crash_loses_no_question(file: Path) -> None:
    assert subprocess.run([sys.executable, "-c", _DIES, str(file)], cwd=ROOT, check=False).returncode == -9
    with closing(Conversations(file)) as kept:
        assert [entry.title for entry in kept.entries()] == ["asked before the crash"]


def _ask_many(file: Path, name: str) -> None:
    with closing(Conversations(file)) as kept:
        conversation = None
        for position in range(10):
            conversation, _ = kept.ask(conversation, position, f"{name} {position}")


def test_several_processes_and_threads_write_at_once_from_the_first_moment(file: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_ask_many, args=(file, f"process {number}")) for number in range(3)]
    for process in processes:
        process.start()
    with closing(Conversations(file)) as kept:

        def ask(name: str) -> None:
            conversation = None
            for position in range(10):
                conversation, turn = kept.ask(conversation, position, f"{name} {position}")
                kept.answered(turn, RECEIPT)
                assert len(kept.turns(conversation)) == position + 1

        threads = [threading.Thread(target=ask, args=(f"thread {number}",)) for number in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0, 0, 0]
        assert sorted(entry.turns for entry in kept.entries()) == [10] * 7


def test_a_file_that_another_process_is_just_making_is_waited_for(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, other.execute, ["COMMIT"])
        timer.start()
        with closing(Conversations(file)) as kept:
            assert kept.entries() == []
        timer.join()


def test_a_failed_change_leaves_nothing_half_done(file: Path) -> None:
    with closing(Conversations(file)) as kept:
        conversation, _ = _conversation(kept, "a", "b")
        before = kept.turns(conversation)
        with pytest.raises(ConversationsUnusable):
            kept.ask(conversation, 0, None)  # type: ignore[arg-type]
        assert kept.turns(conversation) == before
        kept.ask(conversation, 2, "c")
        assert len(kept.turns(conversation)) == 3


@pytest.mark.parametrize("damage", [b"no database at all, " * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_refused_and_left_alone(file: Path, damage: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    with pytest.raises(ConversationsUnusable, match="damaged") as refused:
        Conversations(file)
    assert str(file) in refused.value.what and "move it away" in refused.value.next_step
    assert file.read_bytes() == damage


def test_a_file_of_a_newer_program_is_refused_and_left_alone(file: Path) -> None:
    with closing(Conversations(file)) as kept:
        _conversation(kept, "a")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 2")
    before = file.read_bytes()
    with pytest.raises(ConversationsUnusable, match="newer program") as refused:
        Conversations(file)
    assert "Update the program" in refused.value.next_step and file.read_bytes() == before


def test_a_database_of_another_program_is_refused(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE turns (something TEXT)")
    with pytest.raises(ConversationsUnusable):
        Conversations(file)
    with closing(sqlite3.connect(file)) as connection:
        assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["turns"]


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConversationsUnusable, match="cannot be kept"):
        Conversations(tmp_path / "file" / "conversations.sqlite3")


def test_a_broken_receipt_does_not_hide_the_other_turns(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(Conversations(file)) as kept:
        conversation, (first, second) = _conversation(kept, "a", "b")
        kept.give_feedback(first, "right")
        kept.give_feedback(second, "right")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE turns SET receipt = '{}' WHERE id = ?", (first,))
        connection.execute("UPDATE feedback SET receipt = '{}' WHERE turn = ?", (first,))
    with closing(Conversations(file)) as kept:
        broken, whole = kept.turns(conversation)
        assert broken.receipt is None and "cannot be read" in (broken.failure or "")
        assert whole.receipt == RECEIPT
        assert [f.turn for f in kept.feedback()] == [second]
    assert first in caplog.text


def test_a_server_that_keeps_nothing_forgets_the_oldest_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TURNS_IN_MEMORY", 3)
    with closing(Conversations(None)) as kept:
        old, _ = _conversation(kept, "a", "b")
        new, turns = _conversation(kept, "c", "d", "e", "f")
        assert [t.question for t in kept.turns(new)] == ["d", "e", "f"]
        assert kept.turn(turns[0]) is None and [entry.id for entry in kept.entries()] == [new]
        assert [e.question for e in kept.exchanges(new, 3)] == ["d", "e"]
        assert kept.ask(old, 2, "g")[0] != old


def test_what_is_done_to_the_index_leaves_the_conversations_alone(tmp_path: Path) -> None:
    folder, index, encoder = tmp_path / "articles", tmp_path / "index", WordEncoder()
    folder.mkdir()
    (folder / "a.txt").write_text(TOWER.text)
    file = conversations_file(index)
    with closing(Conversations(file)) as kept:  # before there is an index, and while all this is done
        conversation, turns = _conversation(kept, "a", "b")
        kept.give_feedback(turns[0], "right")
        before = kept.turns(conversation)
        sync(folder, index, encoder, IndexConfig())
        assert_healthy(index, encoder)
        (folder / "a.txt").write_text("Other words.")
        for _ in range(3):  # the third deletes the first build
            reembed(folder, index, encoder)
        roll_back(index)
        sync(folder, index, encoder, IndexConfig())
        assert_healthy(index, encoder)
        assert kept.turns(conversation) == before
    with closing(Conversations(file)) as kept:
        assert kept.turns(conversation) == before
    assert current_build(index).store_file.exists()


def test_an_index_within_its_own_articles_takes_no_conversation_for_an_article(tmp_path: Path) -> None:
    encoder = WordEncoder()
    (tmp_path / "a.txt").write_text(TOWER.text)
    with closing(Conversations(conversations_file(tmp_path / "index"))) as kept:
        _conversation(kept, "a")
        report = sync(tmp_path, tmp_path / "index", encoder)
    assert report.added == ("a.txt",) and report.skipped == ()
