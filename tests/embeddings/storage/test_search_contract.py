"""What every store promises to a question: one suite over FAISS with FTS5, a Milvus server, PostgreSQL, and both of these."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from embeddings.doctor import examine
from embeddings.errors import SearchUnavailable
from embeddings.index import Index
from embeddings.labels import set_label
from embeddings.move import move
from embeddings.scope import EVERYTHING, Scope
from embeddings.storage import ann, milvus_server
from embeddings.storage.builds import current_build, prune, roll_back, writer_lock
from embeddings.storage.database_place import PostgresServer, settle_database
from embeddings.storage.milvus_cache import MilvusCache
from embeddings.storage.search_place import BadPlace, MilvusPlace, parse_place, read_search_record, settle_place
from embeddings.sync import reembed, sync
from tests.embeddings.helpers import SMALL, Run, article, assert_healthy, assert_one_line_error, titled, write
from tests.fakes import WordEncoder
from tests.milvus import NEEDS_MILVUS, MilvusLite
from tests.postgres import NEEDS_POSTGRES, Postgres

_HITS = 12
DRIFT = 0.05
"""A collection's weights of words hold the mean length of the chunks that it was made with."""
_SUBJECTS = "bridge canal dam tower river lake mill harbour ferry market school garden".split()
_QUERIES = ("the canal of paragraph 2", "ferries and harbours", "Мосты через реку", "spring", "nothing of this kind")
_SCOPES = (
    EVERYTHING,
    Scope(labels=("water",)),
    Scope(within=("old",)),
    Scope(languages=("ru",)),
    Scope(after="2024-01-01"),
    Scope(labels=("unknown",)),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusLite]:
    server = MilvusLite(tmp_path_factory.mktemp("milvus"))
    yield server
    server.kill()


class Place(NamedTuple):
    """Where an index is searched, and where its database is; None is its own folder."""

    store: MilvusPlace | None = None
    database: PostgresServer | None = None

    def settle(self, index: Path) -> None:
        """Let an index that does not exist yet be there."""
        settle_database(index, self.database.url if self.database else None)
        settle_place(index, str(self.store) if self.store else None, is_new=True)


_PLACES = (
    "local",
    pytest.param("milvus", marks=NEEDS_MILVUS),
    pytest.param("postgres", marks=NEEDS_POSTGRES),
)
ALL_PLACES = (*_PLACES, pytest.param("postgres_milvus", marks=[NEEDS_POSTGRES, NEEDS_MILVUS]))


@pytest.fixture(params=_PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place with names that no other test has."""
    store = database = None
    if "milvus" in request.param:
        server: MilvusLite = request.getfixturevalue("server")
        store = server.place(f"t_{abs(hash(tmp_path))}")
    if "postgres" in request.param:
        postgres: Postgres = request.getfixturevalue("postgres")
        database = postgres.database()
    return Place(store, database)


class Corpus:
    """Articles in two languages, some with labels and dates, searched at a place; and an index of the same, searched locally."""

    def __init__(self, folder: Path, place: Place, wanted: WordEncoder | None = None) -> None:
        self.folder, self.index, self.other = folder / "articles", folder / "index", folder / "other"
        self.encoder = wanted or WordEncoder()
        for number, subject in enumerate(_SUBJECTS):
            inside = "old/" if number % 3 == 0 else ""
            dated = f"---\ndate: 202{number % 6}-05-17\ntags: [{'water' if number % 2 else 'land'}]\n---\n\n"
            write(self.folder, f"{inside}{subject}.md", dated + titled(f"About the {subject}", subject))
        write(self.folder, "мост.txt", "Мосты\n\nМост через реку был построен весной. Много людей приезжает на мосты.")
        place.settle(self.index)
        self.sync()

    def sync(self) -> None:
        for index in (self.index, self.other):
            sync(self.folder, index, self.encoder, SMALL)

    def check(self, tolerance: float = 1e-4) -> None:
        """Compare what both find, and let doctor look."""
        assert_same(found(self.index, self.encoder), found(self.other, self.encoder), tolerance)
        assert_healthy(self.index, self.encoder)


@pytest.fixture
def corpus(tmp_path: Path, place: Place) -> Corpus:
    return Corpus(tmp_path, place)


Found = dict[tuple[str, int], float]
"""The score of each chunk that was found, by document and start."""


def found(index: Path, encoder: WordEncoder, hidden: Sequence[str] = ()) -> list[Found]:
    """Return what is found for each query in each scope, by meaning and by words."""
    results: list[Found] = []
    with Index(index, encoder).without(hidden).snapshot() as whole:
        for snapshot in map(whole.limited, _SCOPES):
            for query in _QUERIES:
                for hits in (
                    snapshot.dense_search(snapshot.encode_query(query), _HITS),
                    snapshot.lexical_search(query, _HITS),
                ):
                    chunks = snapshot.chunks([hit.chunk_id for hit in hits])
                    places = [(str(chunk.address), chunk.start) for chunk in chunks]
                    results.append(dict(zip(places, (hit.score for hit in hits), strict=True)))
    return results


def assert_same(one: Sequence[Found], other: Sequence[Found], tolerance: float = 1e-4) -> None:
    """Check that the scores are the same; of chunks that share the least one, any may have been left out."""
    for here, there in (*zip(one, other, strict=True), *zip(other, one, strict=True)):
        assert len(here) == len(there)
        least = min(here.values()) if len(here) == _HITS else -1.0
        for place, score in here.items():
            if score > least + tolerance * abs(least) + 1e-3:
                assert there[place] == pytest.approx(score, rel=tolerance, abs=1e-3), place


@pytest.mark.parametrize("place", ALL_PLACES, indirect=True)
def test_every_store_finds_the_same(corpus: Corpus) -> None:
    corpus.check()
    assert_same(found(corpus.index, corpus.encoder, ["water"]), found(corpus.other, corpus.encoder, ["water"]))
    for index in (corpus.index, corpus.other):
        set_label(index, "water", ["мост.txt"], is_set=True)
    corpus.check()


@pytest.mark.parametrize("refreshed", [False, True], ids=["beside", "refreshed"])
def test_changes_are_found_at_once(corpus: Corpus, refreshed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("vector_cache", "milvus_cache"):
        monkeypatch.setattr(f"embeddings.storage.{module}.STALE_SHARE", 0 if refreshed else 100)
    with Index(corpus.index, corpus.encoder).snapshot() as before:
        seen = before.size(), before.dense_search(before.encode_query("harbour"), 5)
        (corpus.folder / "dam.md").unlink()
        (corpus.folder / "canal.md").rename(corpus.folder / "old" / "canal.md")
        write(corpus.folder, "old/bridge.md", titled("About the bridge", "bridge", 5))
        write(corpus.folder, "new.txt", titled("About the pier", "harbour pier"))
        corpus.sync()
        corpus.check(DRIFT)
        (corpus.folder / "new.txt").unlink()
        corpus.sync()
        corpus.check(DRIFT)
        assert (before.size(), before.dense_search(before.encode_query("harbour"), 5)) == seen or refreshed


def test_a_snapshot_stays_what_it_was_while_the_store_is_refreshed(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("vector_cache", "milvus_cache"):
        monkeypatch.setattr(f"embeddings.storage.{module}.STALE_SHARE", 0)
    with Index(corpus.index, corpus.encoder).snapshot() as before:
        query = before.encode_query("the harbour of paragraph 1")
        seen = before.dense_search(query, 8), before.lexical_search("harbour", 8)
        (corpus.folder / "harbour.md").unlink()
        write(corpus.folder, "port.txt", titled("About the harbour", "harbour"))
        corpus.sync()
        assert (before.dense_search(query, 8), before.lexical_search("harbour", 8)) == seen
    corpus.check(DRIFT)


@pytest.mark.parametrize("place", ALL_PLACES, indirect=True)
def test_another_encoder_is_switched_to_and_back(corpus: Corpus) -> None:
    served = Index(corpus.index, corpus.encoder)
    other = WordEncoder("other words", dimension=48)
    reembed(corpus.folder, corpus.index, other, SMALL)
    reembed(corpus.folder, corpus.other, other, SMALL)
    assert_same(found(corpus.index, other), found(corpus.other, other))
    assert_healthy(corpus.index, other)
    for index in (corpus.index, corpus.other):
        with writer_lock(index):
            roll_back(index)
    corpus.check(DRIFT)
    with served.snapshot() as snapshot:
        assert snapshot.dense_search(snapshot.encode_query("canal"), 1)
    for index in (corpus.index, corpus.other):
        with writer_lock(index):
            prune(index)
    write(corpus.folder, "new.txt", titled("About the pier", "pier", 9))
    corpus.sync()
    corpus.check(DRIFT)
    assert len(read_search_record(corpus.index).collections) <= 1


def test_a_large_corpus_is_searched_approximately(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ann, "EXACT_MOST", 12)
    monkeypatch.setattr(ann, "_LISTS", 4)
    monkeypatch.setattr(ann, "_PROBES", 4)
    corpus = Corpus(tmp_path, place)
    with Index(corpus.index, corpus.encoder).snapshot() as snapshot:
        assert not snapshot._vectors.is_exact
        hits = snapshot.dense_search(snapshot.encode_query("the canal of paragraph 2"), 3)
        assert snapshot.chunks([hits[0].chunk_id])[0].document == "canal.md"
        exact = snapshot.cosines(snapshot.encode_query("the canal of paragraph 2"), [hit.chunk_id for hit in hits])
        assert [hit.score for hit in hits] == exact
    bad = [finding for finding in examine(corpus.index, corpus.encoder.identity) if not finding.ok]
    assert not bad


@NEEDS_MILVUS
def test_an_index_moves_to_a_server_and_back_without_encoding(server: MilvusLite, tmp_path: Path) -> None:
    corpus, place = Corpus(tmp_path, Place()), server.place("moved")
    index, held = Index(corpus.index, corpus.encoder), corpus.encoder.encoded
    expected = found(corpus.index, corpus.encoder)
    with pytest.raises(BadPlace, match="searched on local already"):
        move(corpus.index, None)
    move(corpus.index, place)
    assert_same(found(corpus.index, corpus.encoder), expected)
    with index.snapshot() as snapshot:  # opened before
        assert type(snapshot._vectors).__name__ == "MilvusVectors"
    assert_healthy(corpus.index, corpus.encoder)
    assert not current_build(corpus.index).vectors_file.exists()
    other = server.place("moved_again")
    move(corpus.index, other)
    assert_same(found(corpus.index, corpus.encoder), expected)
    move(corpus.index, None)
    assert_same(found(corpus.index, corpus.encoder), expected)
    assert_healthy(corpus.index, corpus.encoder)
    client = milvus_server._client(place.address)
    assert not [name for name in client.list_collections() if name.startswith("moved")]
    assert corpus.encoder.encoded == held


def until_it_answers(ask: Callable[[], object]) -> None:
    """Ask until the client has found the server again, which it tries after a second, then more rarely."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            assert ask()
            return
        except SearchUnavailable:
            time.sleep(0.2)
    pytest.fail("the server was not found again")


@NEEDS_MILVUS
def test_a_server_that_is_killed_slow_or_wiped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = MilvusLite(tmp_path / "milvus")
    try:
        corpus = Corpus(tmp_path, Place(server.place()))
        expected = found(corpus.index, corpus.encoder)
        with Index(corpus.index, corpus.encoder).snapshot() as snapshot:
            query = snapshot.encode_query("canal")
            monkeypatch.setattr(milvus_server, "_SEARCH_S", 0.5)
            with server.frozen(), pytest.raises(SearchUnavailable, match="does not answer"):
                snapshot.dense_search(query, 3)
            monkeypatch.undo()
            server.kill()
            with pytest.raises(SearchUnavailable, match=r"milvus://127.* does not answer .*move --to local"):
                snapshot.dense_search(query, 3)
            findings = {finding.check: finding for finding in examine(corpus.index, corpus.encoder.identity)}
            assert not findings["Milvus"].ok and findings["folder"].ok
            shutil.copytree(corpus.index, tmp_path / "copy")
            assert move(tmp_path / "copy", None).left_behind
            assert_same(found(tmp_path / "copy", corpus.encoder), expected)
            write(corpus.folder, "new.txt", titled("About the pier", "pier"))
            with pytest.raises(SearchUnavailable):
                corpus.sync()
            server.start()
            until_it_answers(lambda: snapshot.dense_search(query, 3))
        corpus.sync()  # what could not be written is, and the articles were stored
        corpus.check(DRIFT)
        (corpus.folder / "new.txt").unlink()
        corpus.sync()
        assert_same(found(corpus.index, corpus.encoder), expected)
        client = milvus_server._client(server.place().address)
        for name in client.list_collections():
            client.drop_collection(name)
        with Index(corpus.index, corpus.encoder).snapshot() as snapshot, pytest.raises(SearchUnavailable, match="lost"):
            snapshot.dense_search(query, 3)
        findings = {finding.check: finding for finding in examine(corpus.index, corpus.encoder.identity)}
        assert not findings["Milvus"].ok and "doctor --repair" in findings["Milvus"].next_step
        corpus.sync()
        corpus.check(DRIFT)
    finally:
        server.kill()


@NEEDS_MILVUS
def test_an_update_that_is_cut_off_leaves_nothing_behind(
    server: MilvusLite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = Corpus(tmp_path, Place(server.place("cut_off")))
    monkeypatch.setattr("embeddings.storage.milvus_cache.STALE_SHARE", 0)
    write(corpus.folder, "new.txt", titled("About the pier", "harbour pier"))
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr(MilvusCache, "_write_stamp", raise_interrupt)
        corpus.sync()
    (corpus.folder / "new.txt").unlink()
    corpus.sync()
    corpus.check(DRIFT)


def raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@NEEDS_MILVUS
def test_the_commands(server: MilvusLite, run: Run, tmp_path: Path) -> None:
    index, folder = tmp_path / "index", tmp_path / "articles"
    place = str(server.place("commands"))
    write(folder, "canal.txt", titled("About the canal", "canal"))
    assert run("sync", str(folder), "--index", str(index), "--store", place)[0] == 0
    assert place in run("status", "--index", str(index))[1]
    assert_one_line_error(
        run("status", "--index", str(index), "--store", "local"), f"searched on {place}, not on local"
    )
    assert_one_line_error(run("move", "--to", "elsewhere", "--index", str(index)), "Write milvus://HOST:19530/NAME")
    assert run("move", "--to", "local", "--index", str(index), "--store", place)[:2] == (
        0,
        f"The index in {index}, 1 chunks, is searched on local now.\n",
    )
    assert run("doctor", "--index", str(index))[0] == 0


@pytest.mark.parametrize(
    ("words", "parsed"),
    [
        ("local", None),
        ("milvus://db.example.org:19530/news", MilvusPlace("db.example.org", 19530, "news")),
        ("milvus://[::1]:19530/n_1", MilvusPlace("[::1]", 19530, "n_1")),
    ],
)
def test_places(words: str, parsed: MilvusPlace | None) -> None:
    assert parse_place(words) == parsed and str(parsed or "local") == words


@pytest.mark.parametrize(
    "words", ["", "milvus", "milvus://host/news", "milvus://host:1/1x", "http://host:1/x", "milvus://h:1/a-b"]
)
def test_what_is_no_place(words: str) -> None:
    with pytest.raises(BadPlace, match=r"Write milvus://HOST:19530/NAME, or local\."):
        parse_place(words)


def test_an_empty_index_finds_nothing(tmp_path: Path, place: Place) -> None:
    write(tmp_path / "articles", "a.txt", article("canal"))
    encoder = WordEncoder()
    place.settle(tmp_path / "index")
    sync(tmp_path / "articles", tmp_path / "index", encoder, SMALL)
    (tmp_path / "articles" / "a.txt").unlink()
    sync(tmp_path / "articles", tmp_path / "index", encoder, SMALL, allow_mass_deletion=True)
    with Index(tmp_path / "index", encoder).snapshot() as snapshot:
        assert snapshot.dense_search(np.full(64, 1 / 8, np.float32), 5) == snapshot.lexical_search("canal", 5) == []
    assert_healthy(tmp_path / "index", encoder)
