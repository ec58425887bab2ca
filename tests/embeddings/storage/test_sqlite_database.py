import multiprocessing
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from embeddings.errors import ArticlesError
from embeddings.storage.database import Fault
from embeddings.storage.sqlite_database import SqliteDatabase
from tests.embeddings.helpers import mounted_read_only

ONE = """
    CREATE TABLE words (    -- a comment; with a semicolon
        word TEXT PRIMARY KEY
    );
    INSERT INTO words VALUES ('one;');
"""
TWO = "ALTER TABLE words RENAME COLUMN word TO term;"


class Failed(ArticlesError):
    def __init__(self, fault: Fault, details: str) -> None:
        self.fault = fault
        super().__init__(details, "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "words.sqlite"


@contextmanager
def opened(file: Path | None, *migrations: str, create: bool = False) -> Iterator[SqliteDatabase]:
    with closing(SqliteDatabase(file, migrations, Failed, create=create)) as database:
        yield database


def fault(file: Path, *migrations: str, create: bool = False) -> tuple[Fault, str]:
    with pytest.raises(Failed) as failure, opened(file, *migrations, create=create):
        pass
    return failure.value.fault, failure.value.what


def test_an_in_memory_database_has_the_schema() -> None:
    with opened(None, ONE, TWO) as database:
        assert database.rows("SELECT term FROM words") == [("one;",)]


def test_each_migration_runs_once_and_later_ones_on_existing_data(file: Path) -> None:
    with opened(file, ONE, create=True) as database:
        database.execute("INSERT INTO words VALUES ('two')")
    for _ in range(2):
        with opened(file, ONE, TWO) as database:
            assert database.rows("SELECT term FROM words ORDER BY term") == [("one;",), ("two",)]


def test_a_failed_migration_is_rolled_back(file: Path) -> None:
    with opened(file, ONE, create=True):
        pass
    assert fault(file, ONE, f"{TWO}\nSELECT * FROM missing;") == (Fault.UNUSABLE, "no such table: missing")
    with opened(file, ONE) as database:
        assert database.value("SELECT word FROM words") == "one;"


def test_a_migration_that_recreates_a_table_keeps_the_rows_that_refer_to_it(file: Path) -> None:
    first = """
        CREATE TABLE a (id INTEGER PRIMARY KEY);
        CREATE TABLE b (a INTEGER REFERENCES a (id) ON DELETE CASCADE);
        INSERT INTO a VALUES (1);
        INSERT INTO b VALUES (1);
    """
    again = """
        CREATE TABLE new (id INTEGER PRIMARY KEY, more TEXT);
        INSERT INTO new SELECT id, 'more' FROM a;
        DROP TABLE a;
        ALTER TABLE new RENAME TO a;
    """
    with opened(file, first, create=True):
        pass
    with opened(file, first, again) as database:
        assert database.rows("SELECT * FROM b") == [(1,)]
        database.execute("DELETE FROM a")
        assert database.rows("SELECT * FROM b") == []


def _open(file: Path) -> None:
    with opened(file, ONE, TWO, create=True) as database:
        assert database.value("SELECT count(*) FROM words") == 1


def test_several_processes_can_create_the_same_file_at_once(file: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.map(_open, [file] * 24)


def test_faults_are_distinguished(tmp_path: Path, file: Path) -> None:
    assert fault(file, ONE) == (Fault.UNUSABLE, "unable to open database file")
    file.touch()
    assert fault(file, ONE) == (Fault.DAMAGED, "it is empty")
    file.write_bytes(b"not SQLite" * 1000)
    assert fault(file, ONE) == (Fault.DAMAGED, "file is not a database")
    newer = tmp_path / "newer.sqlite"
    with opened(newer, ONE, TWO, create=True):
        assert fault(newer, ONE) == (Fault.NEWER, "schema 2, this program knows 1")


def test_a_file_locked_by_another_process_is_busy(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.storage.sqlite_database.BUSY_TIMEOUT_S", 0.05)
    with opened(file, ONE, create=True) as one, opened(file, ONE) as other, one.transaction():
        with pytest.raises(Failed) as failure, other.transaction():
            pass
        assert failure.value.fault is Fault.BUSY
        assert other.value("SELECT word FROM words") == "one;"  # reading does not wait


def test_a_failed_transaction_changes_nothing(file: Path) -> None:
    with opened(file, ONE, create=True) as database:
        with pytest.raises(ZeroDivisionError), database.transaction():
            database.execute("INSERT INTO words VALUES ('two')")
            raise ZeroDivisionError
        with database.transaction():
            database.execute_many("INSERT INTO words VALUES (?)", [("three",), ("four",)])
        assert list(database.blocks("SELECT word FROM words ORDER BY rowid", size=2)) == [
            [("one;",), ("three",)],
            [("four",)],
        ]


def test_a_bug_in_a_statement_is_not_reported_as_a_fault_of_the_file() -> None:
    with opened(None, ONE) as database, pytest.raises(sqlite3.ProgrammingError):
        database.rows("SELECT ?", ())


# -- read-only files and folders

_AS_NOBODY = """
import os, sys
sys.path.insert(0, os.getcwd())
from pathlib import Path
from tests.embeddings.storage.test_sqlite_database import ONE, TWO, Failed
from embeddings.storage.sqlite_database import SqliteDatabase
os.setgroups([]), os.setgid(65534), os.setuid(65534)
try:
    database = SqliteDatabase(Path(sys.argv[1]), (ONE, TWO)[: int(sys.argv[2])], Failed)
    print(database.is_read_only, database.is_frozen, database.rows("SELECT * FROM words"))
    database.execute("DELETE FROM words")
except Failed as error:
    print(error.fault.name, error.what)
"""


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A database in a folder that the user `nobody` can read, but only its owner can write."""
    if os.name != "posix" or os.getuid() != 0:
        pytest.skip("only root can become another user")
    with TemporaryDirectory() as folder:  # pytest's own is closed to other users
        file = Path(folder) / "words.sqlite"
        file.parent.chmod(0o755)
        with opened(file, ONE, create=True):
            pass
        yield file


def as_nobody(file: Path, migrations: int = 1) -> list[str]:
    command = [sys.executable, "-c", _AS_NOBODY, str(file), str(migrations)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


REFUSED = "UNUSABLE attempt to write a readonly database"


def test_a_file_in_a_read_only_folder_can_be_read(read_only: Path) -> None:
    assert [path.name for path in read_only.parent.iterdir()] == [read_only.name]
    assert as_nobody(read_only) == ["True True [('one;',)]", REFUSED]


def test_commits_of_a_running_writer_are_read_there(read_only: Path) -> None:
    with opened(read_only, ONE) as database:
        database.execute("INSERT INTO words VALUES ('two')")
        assert as_nobody(read_only) == ["True False [('one;',), ('two',)]", REFUSED]


def test_the_log_of_a_killed_writer_is_read_or_refused_but_not_ignored(read_only: Path) -> None:
    killed = f"""
import os, sqlite3
connection = sqlite3.connect({str(read_only)!r}, isolation_level=None)
connection.execute("INSERT INTO words VALUES ('two')")
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", killed])
    assert as_nobody(read_only) == ["True False [('one;',), ('two',)]", REFUSED]
    read_only.with_name("words.sqlite-shm").unlink()
    assert as_nobody(read_only) == [
        "UNUSABLE its last changes are in words.sqlite-wal, which can be read only in a writable folder"
    ]


def test_a_change_to_a_frozen_file_is_a_fault(file: Path) -> None:
    """A bind mount shows the same file at two places, read-only at one of them."""
    shown = file.parent / "shown"
    original = file.parent / "original"
    original.mkdir()
    with opened(original / file.name, ONE, create=True):
        pass
    with mounted_read_only(original, shown), opened(shown / file.name, ONE) as database:
        with database.reading():
            assert database.value("SELECT word FROM words") == "one;"
        with pytest.raises(Failed) as failure, database.reading(), opened(original / file.name, ONE) as writer:
            writer.execute("DELETE FROM words")
        assert failure.value.fault is Fault.BUSY


def test_an_old_schema_that_cannot_be_migrated_is_refused(read_only: Path) -> None:
    assert as_nobody(read_only, migrations=2) == ["OUTDATED schema 1, this program needs 2"]


def test_a_read_only_file_in_a_writable_folder_can_be_read(read_only: Path) -> None:
    read_only.chmod(0o444)
    read_only.parent.chmod(0o777)
    assert as_nobody(read_only) == ["True False [('one;',)]", REFUSED]


def test_a_file_on_a_read_only_file_system_can_be_read(tmp_path: Path) -> None:
    with opened(tmp_path / "words.sqlite", ONE, create=True):
        pass
    with mounted_read_only(tmp_path), opened(tmp_path / "words.sqlite", ONE) as database:
        assert database.is_frozen and database.rows("SELECT * FROM words") == [("one;",)]
