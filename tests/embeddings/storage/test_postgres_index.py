"""An index, its conversations and its files in a PostgreSQL database: two servers at it, and the server killed."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from embeddings.backup import BackupFailed, backup, restore
from embeddings.doctor import examine
from embeddings.errors import DatabaseUnavailable, IndexBusy
from embeddings.index import Index
from embeddings.labels import set_label
from embeddings.storage.builds import has_index, prune, writer_lock
from embeddings.storage.database_place import settle_database
from embeddings.storage.index_files import index_files
from embeddings.sync import reembed, sync
from qa_app.records.conversations import Conversations, conversations_place, has_conversations
from qa_app.records.conversations_database import ConversationsUnusable
from qa_app.threshold import fitted_threshold, store_threshold
from tests.embeddings.helpers import SMALL, Run, assert_healthy, assert_one_line_error, contents, titled, write
from tests.fakes import WordEncoder
from tests.postgres import NEEDS_POSTGRES, Postgres
from tests.qa_app.test_threshold import FITTED

pytestmark = NEEDS_POSTGRES


class Shared:
    """Articles, and two folders of servers that share one database for them."""

    def __init__(self, place: Path, postgres: Postgres) -> None:
        self.folder, self.encoder, self.url = place / "articles", WordEncoder(), postgres.database().url
        self.one, self.two = place / "one", place / "two"
        for subject in ("canal", "harbour", "bridge"):
            write(self.folder, f"{subject}.txt", titled(f"About the {subject}", subject))
        for index in (self.one, self.two):
            settle_database(index, self.url)
        sync(self.folder, self.one, self.encoder, SMALL)


@pytest.fixture
def shared(tmp_path: Path, postgres: Postgres) -> Iterator[Shared]:
    yield Shared(tmp_path, postgres)


def found(index: Index, query: str = "pier") -> list[str]:
    with index.snapshot() as snapshot:
        hits = snapshot.lexical_search(query, 9)
        return sorted({chunk.document for chunk in snapshot.chunks([hit.chunk_id for hit in hits])})


def test_what_one_server_writes_the_other_reads(shared: Shared, tmp_path: Path) -> None:
    served = Index(shared.two, shared.encoder)
    write(shared.folder, "pier.txt", titled("About the pier", "pier"))
    sync(None, shared.one, shared.encoder, SMALL)
    assert found(served) == ["pier.txt"]
    set_label(shared.two, "secret", ["pier.txt"], is_set=True)
    assert found(Index(shared.one, shared.encoder).without(["secret"])) == []
    store_threshold(FITTED, shared.one)
    assert fitted_threshold(shared.two, FITTED.encoder, FITTED.reader) == FITTED.threshold
    with closing(Conversations(conversations_place(shared.one))) as kept:
        view = kept.turns.ask(None, 0, "Which\0 pier?")
    assert has_conversations(shared.two)
    with closing(Conversations(conversations_place(shared.two))) as kept:
        assert kept.turns.of(view.conversation)[0].question == "Which\ufffd pier?"
    for index in (shared.one, shared.two):  # of which the second has made no FAISS file of its own yet
        assert_healthy(index, shared.encoder)
    sync(shared.folder, tmp_path / "in_files", shared.encoder, SMALL)
    assert contents(tmp_path / "in_files") == contents(shared.two)


def test_one_process_writes_at_a_time(shared: Shared) -> None:
    with writer_lock(shared.one), pytest.raises(IndexBusy, match="Another process is writing"):
        sync(None, shared.two, shared.encoder, SMALL)
    assert sync(None, shared.two, shared.encoder, SMALL).unchanged == 3


def test_a_build_is_read_to_the_end_while_others_replace_and_delete_it(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.storage.index_server._DROP_PATIENCE", "100ms")
    with Index(shared.two, shared.encoder).snapshot() as snapshot:
        other = WordEncoder("other words", dimension=48)
        reembed(None, shared.one, other, SMALL)
        with writer_lock(shared.one):
            prune(shared.one)
        assert snapshot.lexical_search("canal", 3) and snapshot.document("canal.txt")
    with writer_lock(shared.one):
        assert [build.name for build in prune(shared.one)] == ["0001"] and prune(shared.one) == []
    assert found(Index(shared.two, other), "canal") == ["canal.txt"]
    assert not index_files(shared.one).names("builds/0001/*")


def test_a_killed_server_is_told_and_found_again(shared: Shared, postgres: Postgres) -> None:
    index = Index(shared.one, shared.encoder)
    with closing(Conversations(conversations_place(shared.one))) as kept:
        kept.turns.ask(None, 0, "Which pier?")
        postgres.kill()
        try:
            with pytest.raises(
                DatabaseUnavailable, match=r"postgresql://.* is out of reach .* Start the PostgreSQL server"
            ):
                found(index)
            with pytest.raises(ConversationsUnusable, match="Start the PostgreSQL server"):
                kept.turns.ask(None, 0, "Which pier?")
            with pytest.raises(DatabaseUnavailable):
                has_index(shared.two)
            with pytest.raises(DatabaseUnavailable):
                sync(None, shared.one, shared.encoder, SMALL)
        finally:
            postgres.start()
        assert found(index, "canal") == ["canal.txt"]
        assert [entry.title for entry in kept.entries()] == ["Which pier?"]
    assert_healthy(shared.one, shared.encoder)


def test_the_commands(shared: Shared, run: Run, tmp_path: Path) -> None:
    index = ("--index", str(tmp_path / "three"))
    assert run("status", *index, "--database", shared.url)[0] == 0
    assert_one_line_error(
        run("status", *index, "--database", f"{shared.url}_other"), f"has its database in {shared.url}, not in"
    )
    assert_one_line_error(run("status", *index, "--database", "postgresql://me:secret@host/news"), "~/.pgpass")
    assert_one_line_error(run("backup", "kept.zip", *index), f"pg_dump --format=custom --file=kept.dump {shared.url}")
    with pytest.raises(BackupFailed, match="pg_restore"):
        restore(tmp_path / "kept.zip", shared.one)
    with pytest.raises(BackupFailed):
        backup(shared.one, tmp_path / "kept.zip")
    assert {finding.check for finding in examine(shared.one, shared.encoder.identity)} > {"PostgreSQL", "full text"}
