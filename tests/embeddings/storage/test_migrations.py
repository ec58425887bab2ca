"""Open and migrate indexes of earlier versions, which are kept in tests/data."""

import json
import shutil
from pathlib import Path

import pytest

from embeddings.documents.document import Address
from embeddings.errors import IndexMismatch
from embeddings.index import Index
from embeddings.storage.builds import current_build
from embeddings.storage.migrations import MIGRATIONS
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import read_stamp
from tests.embeddings.helpers import contents, mounted_read_only, search
from tests.fakes import WordEncoder

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(params=["index_schema_1"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an index with that schema, made with `SMALL`: two articles, a deleted one and an empty file."""
    shutil.copytree(DATA / request.param, tmp_path, dirs_exist_ok=True)
    return tmp_path / "index"


def test_everything_in_an_old_index_is_found(index: Path) -> None:
    articles = index.parent / "articles"
    with Index(index, WordEncoder()).snapshot() as snapshot:
        ferry, mill = snapshot.documents()
        assert (ferry.path, ferry.title, ferry.date, ferry.source) == (
            "Ferry.txt",
            "The ferry at Lower Ford",
            "2024-05-17",
            "Valley Post",
        )
        assert (ferry.boilerplate_pieces, mill.boilerplate_pieces) == (4, 1)
        for entry in (ferry, mill):
            document = snapshot.document(entry.path)
            assert document and document.text == (articles / entry.path).read_text(encoding="utf-8")
            assert entry.chunks and entry.chunks == len(snapshot.chunks_of(entry.path))
        document = snapshot.document("Ferry.txt")
        assert document and {piece.reason for piece in document.boilerplate} == {"header", "navigation"}
        (hit, *_) = snapshot.lexical_search("petrović bought", 3)
        assert "Ana Petrović in 1987" in snapshot.chunks([hit.chunk_id])[0].text
        assert snapshot.addresses_leaving_out(["follow"], 3) == [Address("Ferry.txt")]
        assert [failure.path for failure in snapshot.failures()] == ["Empty.txt"]
        assert snapshot.size() == ferry.chunks + mill.chunks
        assert snapshot.generation == 5
    found = search(index, WordEncoder(), "The ferry at Lower Ford was built in 1911.", 1)
    assert found[0][0] == "Ferry.txt" and found[0][2] > 0.7


def test_a_migrated_index_has_the_current_schema(index: Path, tmp_path: Path) -> None:
    upgraded = Store(current_build(index).database)
    new = Store(tmp_path / "articles.sqlite", create=True)
    for table in (
        "build",
        "folders",
        "documents",
        "chunks",
        "vectors",
        "removed_chunks",
        "failures",
        "chunk_words",
        "put_back",
        "labels",
        "left_out_words",
    ):
        columns = f"PRAGMA table_info({table})"
        assert upgraded._database.rows(columns) == new._database.rows(columns)
    assert upgraded._database.value("PRAGMA user_version") == len(MIGRATIONS)
    upgraded.close()
    new.close()
    assert contents(index)


def test_the_faiss_file_of_an_old_index_is_used_and_not_rebuilt(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rebuild(*_: object) -> None:
        pytest.fail("rebuilt")

    stamp_file = current_build(index).vectors_file.with_suffix(".json")
    assert "identity" not in json.loads(stamp_file.read_text())
    stamp = read_stamp(current_build(index).vectors_file)
    assert stamp and stamp.identity == ""
    monkeypatch.setattr("embeddings.storage.vector_cache.rebuilt", rebuild)
    with Index(index, WordEncoder()).snapshot() as snapshot:
        assert snapshot.size()


def test_a_read_only_old_index_is_refused_with_the_next_step(index: Path) -> None:
    with mounted_read_only(index), pytest.raises(IndexMismatch, match=r"older program .*Open it once in"):
        Index(index, WordEncoder())
