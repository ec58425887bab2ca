import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from embeddings.storage.database_place import DatabasePlace
from qa_app.records import conversations_database as module
from qa_app.records.conversations import Conversations
from qa_app.records.conversations_database import MIGRATIONS, ConversationsDatabase, ConversationsUnusable
from tests.qa_app.records.conversations_made import RECEIPT, talked

ROOT = Path(__file__).resolve().parents[3]


def test_only_its_owner_may_read_the_file(file: Path) -> None:
    with closing(Conversations(file)) as kept:
        kept.turns.ask(None, 0, "a secret")
        modes = {stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()}
    assert modes == {0o600}


_DIES = """
import os, sys
from pathlib import Path
from qa_app.records.conversations import Conversations
kept = Conversations(Path(sys.argv[1]))
kept.turns.ask(None, 0, "asked before the crash")
os.kill(os.getpid(), 9)
"""


def test_a_crash_loses_no_question(file: Path) -> None:
    assert subprocess.run([sys.executable, "-c", _DIES, str(file)], cwd=ROOT, check=False).returncode == -9
    with closing(Conversations(file)) as kept:
        assert [entry.title for entry in kept.entries()] == ["asked before the crash"]


@pytest.mark.parametrize("is_replaced", [False, True])
def test_nothing_is_said_to_be_kept_in_a_file_that_is_gone(file: Path, is_replaced: bool) -> None:
    with closing(Conversations(file)) as kept:
        view = kept.turns.ask(None, 0, "a question")
        if is_replaced:
            with closing(Conversations(file.with_name("other"))) as other:
                other.turns.ask(None, 0, "another question")
            file.with_name("other").replace(file)
        else:
            shutil.rmtree(file.parent)
        with pytest.raises(ConversationsUnusable, match="was deleted or replaced"):
            kept.turns.ask(view, 1, "another question")
        with pytest.raises(ConversationsUnusable, match="was deleted or replaced"):
            kept.entries()


def _ask_many(file: Path, name: str) -> None:
    with closing(Conversations(file)) as kept:
        view = None
        for position in range(10):
            view = kept.turns.ask(view, position, f"{name} {position}")


def test_several_processes_and_threads_can_write_at_once_from_the_start(file: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_ask_many, args=(file, f"process {number}")) for number in range(3)]
    for process in processes:
        process.start()
    with closing(Conversations(file)) as kept:

        def ask(name: str) -> None:
            view = None
            for position in range(10):
                view = kept.turns.ask(view, position, f"{name} {position}")
                kept.turns.answered(view.last_turn, RECEIPT)
                assert len(kept.turns.of(view.conversation)) == position + 1

        threads = [threading.Thread(target=ask, args=(f"thread {number}",)) for number in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0, 0, 0]
        assert sorted(entry.turns for entry in kept.entries()) == [10] * 7


def test_it_waits_for_a_file_that_another_process_is_creating(file: Path) -> None:
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
        view, _ = talked(kept, "a", "b")
        before = kept.turns.of(view.conversation)
        with pytest.raises(ConversationsUnusable):
            kept.turns.ask(view, 0, None)  # type: ignore[arg-type]
        assert kept.turns.of(view.conversation) == before
        kept.turns.ask(view, 2, "c")
        assert len(kept.turns.of(view.conversation)) == 3


@pytest.mark.parametrize("damage", [b"no database at all, " * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_refused_and_not_changed(file: Path, damage: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    with pytest.raises(ConversationsUnusable, match="damaged") as refused:
        Conversations(file)
    assert str(file) in refused.value.what and "move it away" in refused.value.next_step
    assert file.read_bytes() == damage


def test_a_file_of_a_newer_program_is_refused_and_not_changed(file: Path) -> None:
    with closing(Conversations(file)) as kept:
        talked(kept, "a")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = file.read_bytes()
    with pytest.raises(ConversationsUnusable, match="newer program") as refused:
        Conversations(file)
    assert "Update this program" in refused.value.next_step and file.read_bytes() == before


def test_a_database_of_another_program_is_refused(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE turns (something TEXT)")
    with pytest.raises(ConversationsUnusable):
        Conversations(file)
    with closing(sqlite3.connect(file)) as connection:
        assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["turns"]


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConversationsUnusable, match="cannot be stored"):
        Conversations(tmp_path / "file" / "conversations.sqlite3")


def _at(version: int, file: Path) -> sqlite3.Connection:
    """Create a file like a program that has only the first `version` migrations."""
    file.parent.mkdir()
    connection = sqlite3.connect(file, isolation_level=None)
    for script in MIGRATIONS[:version]:
        connection.executescript(script)
    connection.execute(f"PRAGMA user_version = {version}")
    return connection


def test_gaps_between_positions_are_closed(file: Path) -> None:
    with closing(_at(1, file)) as old:
        for conversation, positions in {"c": (2, 3, 7), "d": (0, 1)}.items():
            old.execute("INSERT INTO conversations VALUES (?, 'Towers', '2026')", (conversation,))
            for position in positions:
                old.execute(
                    "INSERT INTO turns (id, conversation, position, question, asked_at) VALUES (?, ?, ?, 'Why?', '2026')",
                    (f"{conversation}{position}", conversation, position),
                )
    with closing(Conversations(file)) as kept:
        assert [(turn.id, turn.position) for turn in kept.turns.of("c")] == [("c2", 0), ("c3", 1), ("c7", 2)]
        assert [(turn.id, turn.position) for turn in kept.turns.of("d")] == [("d0", 0), ("d1", 1)]


def test_a_later_schema_keeps_the_data(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Conversations(file)) as kept:
        (conversation, _), turns = talked(kept, "a", "b")
        kept.feedback.give(turns[0], "right")
        before = kept.entries(), kept.turns.of(conversation), kept.feedback.all()
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE turns ADD COLUMN language TEXT;"))
    with closing(Conversations(file)) as kept:
        assert (kept.entries(), kept.turns.of(conversation), kept.feedback.all()) == before


def test_who_waits_for_a_database_that_is_being_deleted_is_told(place: DatabasePlace | None) -> None:
    if place is None:
        return
    with (
        closing(Conversations(place)) as kept,
        closing(ConversationsDatabase(place)) as other,
        ThreadPoolExecutor(1) as thread,
    ):
        with other.changing() as database:
            asked = thread.submit(kept.turns.ask, None, 0, "Is it there?")
            time.sleep(0.1)
            assert not asked.done()
            database.delete()
        with pytest.raises(ConversationsUnusable, match="was deleted or replaced"):
            asked.result()
