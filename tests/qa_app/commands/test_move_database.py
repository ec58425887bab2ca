"""`python -m qa_app move-database`: from SQLite files to PostgreSQL and back, equal to the last row; killed, and refused."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from embeddings.documents.document import Document
from embeddings.documents.put_back import stretch_keys
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.labels import set_label
from embeddings.put_back import set_read
from embeddings.storage.builds import current_build, writer_lock
from embeddings.storage.database_place import PostgresServer, index_server
from embeddings.storage.index_files import ServerFiles, open_server
from embeddings.storage.store import Store
from qa_app.__main__ import main
from qa_app.accounts import Role, accounts_place
from qa_app.assistant import open_assistant
from qa_app.pipeline import answer
from qa_app.records.conversations import Conversations, conversations_place
from qa_app.records.conversations_database import ConversationsUnusable
from qa_app.records.receipts import receipt
from qa_app.threshold import store_threshold
from tests.embeddings.helpers import assert_healthy, contents
from tests.postgres import NEEDS_POSTGRES, Postgres
from tests.qa_app.accounts.fast import PASSWORD, fast_accounts
from tests.qa_app.test_threshold import FITTED

pytestmark = NEEDS_POSTGRES

QUESTION = "what rainwater system does Arkadag use?"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def index(seed_index: Path, encoder: SentenceEncoder, tmp_path: Path) -> Path:
    """An index of the seeds in files of its own, with something of all that people have done."""
    index = tmp_path / "index"
    shutil.copytree(seed_index, index)
    decided = _leaving_out(index)
    for keys, is_read in ((stretch_keys(decided), True), (stretch_keys(decided)[1:], False)):
        set_read(index, encoder, decided.address, keys, is_read=is_read)
    set_label(index, "visits", ["Arkadag_delegation_visits_Kazan.txt"], is_set=True)
    store_threshold(FITTED, index)
    with closing(fast_accounts(accounts_place(index))) as accounts:
        accounts.add("Ada", Role.ADMIN, PASSWORD)
        accounts.log_in("Ada", PASSWORD)
        accounts.tokens.remove(_number_of(accounts.tokens.make(accounts.person("Ada").id, Role.READER, "", None)))
    return index


def _number_of(token: str) -> int:
    return 1  # of the first one


def _leaving_out(index: Path) -> Document:
    """Return an article that leaves several stretches out."""
    with closing(Store(current_build(index).database)) as store:
        documents = (store.document(*address) for address in store.addresses())
        return next(found for found in documents if found and len(stretch_keys(found)) > 1)


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.database().url


def move(index: Path, to: str) -> int:
    return main(["move-database", "--to", to, "--index", str(index)])


def rows(index: Path) -> dict[str, list[str]]:
    """Return every row of every SQLite file of an index, and all its small files; not through the code that copies them."""
    found = {file.name: [file.read_text()] for file in index.glob("*.json")}
    for file in index.rglob("*.sqlite*"):
        if file.suffix in (".sqlite", ".sqlite3"):
            found |= {f"{file.relative_to(index)} {table}": lines for table, lines in _tables(file)}
    return found


def _tables(file: Path) -> Iterator[tuple[str, list[str]]]:
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%words\\__%' ESCAPE '\\'"
        )
        for (name,) in names.fetchall():
            columns = "rowid, *" if name.endswith("_words") else "*"
            yield name, sorted(map(repr, connection.execute(f"SELECT {columns} FROM {name}")))


def test_all_of_an_index_moves_to_postgres_and_back(
    index: Path, url: str, encoder: SentenceEncoder, postgres: Postgres
) -> None:
    assistant = open_assistant(index, encoder=encoder)
    with closing(Conversations(conversations_place(index))) as kept:
        view = kept.turns.ask(None, 0, QUESTION)
        first = answer(assistant, QUESTION)
        with assistant.index.snapshot() as snapshot:
            kept.turns.answered(view.last_turn, receipt(first, assistant, snapshot))
        turn = kept.turns.get(view.last_turn)
        assert turn and kept.saved_quotes.save(turn, 1)
        kept.feedback.give(turn.id, "right", "so it is")
        kept_turns = kept.turns.of(view.conversation)
        before, articles = rows(index), contents(index)

        assert move(index, url) == 0
        assert not list(index.rglob("*.sqlite*")) and contents(index) == articles
        with pytest.raises(ConversationsUnusable, match="Nothing more is kept until the program is started again"):
            kept.turns.ask(None, 0, QUESTION)
    assert answer(assistant, QUESTION).text == first.text  # it has noticed
    assert_healthy(index, encoder)
    with closing(Conversations(conversations_place(index))) as there:
        assert there.turns.of(view.conversation) == kept_turns and there.feedback.all()[0].note == "so it is"
    with closing(fast_accounts(accounts_place(index))) as accounts:
        assert accounts.log_in("Ada", "not hers") is None and accounts.all()[0].sessions == 1

    assert move(index, postgres.database().url) == 0  # from one database to another
    assert move(index, "local") == 0
    assert rows(index) == before and answer(assistant, QUESTION).text == first.text
    assert_healthy(index, encoder)
    server = open_server(PostgresServer(url))
    assert server.builds() == [] and ServerFiles(server).names("*") == []


@pytest.mark.parametrize("moment", ["_copy_files", "_leave"])
def test_a_move_to_postgres_that_is_killed_is_made_again(index: Path, url: str, moment: str) -> None:
    before = rows(index)
    program = f"""if True:
        import os, signal, sys
        from embeddings import move_database
        from qa_app.commands.move_database import add_move_database
        from qa_app.__main__ import main
        move_database.{moment} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        main(sys.argv[1:])
    """
    command = [sys.executable, "-c", program, "move-database", "--to", url, "--index", str(index)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    if moment == "_copy_files":  # everything was copied, but the old place is in use
        assert index_server(index) is None and rows(index) == before
        assert move(index, url) == 0
    assert index_server(index) == PostgresServer(url)
    assert move(index, "local") == 0  # over what the killed one has left there
    assert rows(index) == before and not list(index.glob("moving*"))


def test_a_move_to_postgres_is_refused_where_something_is_and_while_another_writes(
    index: Path, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(index, other)
    with writer_lock(index):
        assert move(index, url) == 1 and "Another process is writing" in capsys.readouterr().err
    assert move(index, "local") == 1 and "in its own folder already" in capsys.readouterr().err
    assert move(other, url) == 0
    before = rows(index)
    assert move(index, url) == 1 and f"Something is in {url} already" in capsys.readouterr().err
    assert rows(index) == before and contents(index) == contents(other)
