"""PostgreSQL as a database: what is translated for it, its transactions, and a server that is gone."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from embeddings.errors import ArticlesError
from embeddings.storage.database import Database, Fault
from embeddings.storage.database_place import (
    BadDatabase,
    PostgresSchema,
    index_server,
    parse_server,
    settle_database,
)
from embeddings.storage.migrations import MIGRATIONS
from embeddings.storage.opening import open_database
from embeddings.storage.postgres_migrations import POSTGRES_MIGRATIONS
from embeddings.storage.sqlite_database import migrate
from tests.postgres import NEEDS_POSTGRES, Postgres

pytestmark = NEEDS_POSTGRES

ONE = """
    CREATE TABLE words (    -- a comment? with a mark
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        word TEXT NOT NULL UNIQUE,
        bytes BLOB
    );
    INSERT INTO words (word) VALUES ('one; ?');
"""
TWO = "ALTER TABLE words RENAME COLUMN word TO term;"


class Failed(ArticlesError):
    def __init__(self, fault: Fault, details: str) -> None:
        self.fault = fault
        super().__init__(details, "")


def opened(place: PostgresSchema, *migrations: str, create: bool = False) -> Database:
    return open_database(place, migrations, Failed, create=create)


@pytest.fixture
def place(postgres: Postgres) -> PostgresSchema:
    return postgres.schema()


@pytest.fixture
def database(place: PostgresSchema) -> Iterator[Database]:
    with closing(opened(place, ONE, create=True)) as database:
        yield database


def test_statements_are_those_of_sqlite(database: Database) -> None:
    database.execute_many(
        "INSERT INTO words (word, bytes) VALUES (?, ?)", [("Straße", b"\0"), ("a\u0301", None), ("Z", b"")]
    )
    assert database.value("SELECT bytes FROM words WHERE word = ?2 AND ?1 = ?1", (1, "Straße")) == b"\0"
    # By code points, as in SQLite, not as in a dictionary.
    assert database.rows("SELECT word FROM words ORDER BY word") == [("Straße",), ("Z",), ("a\u0301",), ("one; ?",)]
    assert database.rows("SELECT word FROM words WHERE instr(casefold(word), ?) > 0 AND word != '?'", ("strass",)) == [
        ("Straße",)
    ]
    assert database.execute("UPDATE words SET bytes = NULL WHERE number > ?", (2,)) == 2
    blocks = [len(block) for block in database.blocks("SELECT * FROM words", size=3)]
    with database.reading():
        assert blocks == [len(block) for block in database.blocks("SELECT * FROM words", size=3)] == [3, 1]


def test_each_migration_runs_once_and_a_failed_one_is_rolled_back(place: PostgresSchema, database: Database) -> None:
    with pytest.raises(Failed) as failure:
        opened(place, ONE, f"{TWO} SELECT * FROM missing;")
    assert failure.value.fault is Fault.GONE and database.value("SELECT word FROM words")
    for _ in range(2):
        with closing(opened(place, ONE, TWO)) as newer:
            assert newer.rows("SELECT term FROM words") == [("one; ?",)]
    with pytest.raises(Failed, match="schema 2, this program knows 1"):
        opened(place, ONE)
    with pytest.raises(Failed, match="there is no schema"):
        opened(PostgresSchema(place.server, "missing"), ONE)


def test_programs_that_start_together_make_the_schema_once(place: PostgresSchema) -> None:
    threads = [threading.Thread(target=lambda: opened(place, ONE, TWO, create=True).close()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(opened(place, ONE, TWO)) as database:
        assert database.value("SELECT count(*) FROM words") == 1


def test_one_writes_at_a_time_and_readers_see_one_state(place: PostgresSchema, database: Database) -> None:
    add = "INSERT INTO words (word) VALUES (?)"
    with closing(opened(place, ONE)) as other, closing(opened(place, ONE)) as reader:
        other.execute("SET lock_timeout = '50ms'")
        with reader.reading():
            assert reader.value("SELECT count(*) FROM words") == 1
            with database.transaction():
                database.execute(add, ("two",))
                with pytest.raises(Failed) as failure, other.transaction():
                    pass
                assert failure.value.fault is Fault.BUSY
            assert reader.value("SELECT count(*) FROM words") == 1
        with pytest.raises(ZeroDivisionError), other.transaction():
            other.execute(add, ("three",))
            raise ZeroDivisionError
        assert [row[0] for row in reader.rows("SELECT word FROM words ORDER BY number")] == ["one; ?", "two"]


def test_a_server_that_is_killed_is_out_of_reach_until_it_is_back(postgres: Postgres, place: PostgresSchema) -> None:
    with closing(opened(place, ONE, create=True)) as database:
        postgres.kill()
        try:
            assert not database.is_alive()
            for use in (lambda: database.value("SELECT 1"), lambda: opened(place, ONE)):
                with pytest.raises(Failed) as failure:
                    use()
                assert failure.value.fault is Fault.UNREACHABLE and "\n" not in failure.value.what
        finally:
            postgres.start()
    with closing(opened(place, ONE)) as again:
        assert again.value("SELECT word FROM words") == "one; ?"


def test_a_build_has_the_tables_and_columns_of_sqlite(place: PostgresSchema) -> None:
    with closing(open_database(place, POSTGRES_MIGRATIONS, Failed, create=True)) as database:
        here = set(
            database.rows(
                "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = ?",
                (place.name,),
            )
        )
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, MIGRATIONS)
        there = set(
            connection.execute(
                """SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
                WHERE tables.name NOT LIKE '%\\_words\\__%' ESCAPE '\\' AND tables.name != 'sqlite_sequence'"""
            )
        )
    own = {"schema_version", "vocabulary"}
    full_text = {
        (table, column) for table in ("chunk_words", "left_out_words") for column in ("rowid", "words", "terms")
    }
    assert {pair for pair in here if pair[0] not in own} - full_text == there


@pytest.mark.parametrize("url", ["postgresql://me:secret@host/news", "postgresql://me@host/news?password=secret"])
def test_a_password_in_the_name_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadDatabase, match="pgpass") as failure:
        parse_server(url)
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize(
    "url", ["", "news", "mysql://host/news", "postgresql://me:secret@host", "postgresql://host:x/news"]
)
def test_what_is_no_database_is_refused(url: str) -> None:
    with pytest.raises(BadDatabase) as failure:
        parse_server(url)
    assert "secret" not in str(failure.value)


def test_a_folder_remembers_its_database_and_refuses_another(tmp_path: Path) -> None:
    index = tmp_path / "index"
    settle_database(index, None)
    assert index_server(index) is None
    settle_database(index, "postgresql://me@host:5432/news")
    settle_database(index, "postgresql://me@host:5432/news")
    with pytest.raises(BadDatabase, match="has its database in postgresql://me@host:5432/news"):
        settle_database(index, "postgresql://me@host:5432/other")
