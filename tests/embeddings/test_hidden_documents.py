"""An index without the documents of some labels: nothing of them can be read, counted or found."""

import re
from pathlib import Path

import pytest

from embeddings.catalogue import Wanted
from embeddings.errors import UnreadableFile
from embeddings.index import Index, Snapshot
from embeddings.labels import set_label
from embeddings.scope import EVERYTHING, Scope
from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, article, write
from tests.fakes import WordEncoder

_SECRET = "zygomorphic"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Bridge and canal are open, one stating a label; the dam states the label Board, the pay has it from a person."""
    folder = tmp_path / "articles"
    write(folder, "bridge.txt", article("bridge"))
    write(folder, "canal.md", f"---\nlabels: [open]\n---\n\n{article('canal')}")
    secret = f"The {_SECRET} dam of {_SECRET} Dahl costs nine million."
    write(folder, "dam.md", f"---\ntitle: {_SECRET}\nauthor: {_SECRET}\nlabels: [Board]\n---\n\n{secret}\n")
    write(folder, "pay.txt", f"{_SECRET}\n\nThe {_SECRET} pay is nine million a year.\n")
    sync(folder, tmp_path / "index", WordEncoder(), SMALL)
    set_label(tmp_path / "index", "board", ["pay.txt"], is_set=True)
    return Index(tmp_path / "index", WordEncoder())


def _everything(snapshot: Snapshot) -> list[object]:
    """Return all that a snapshot tells about the words of the hidden documents."""
    query = snapshot.encode_query(_SECRET)
    hits = [*snapshot.dense_search(query, 100), *snapshot.lexical_search(_SECRET, 100)]
    for scope in (Scope(within=("dam.md", "pay.txt")), Scope(labels=("board",)), Scope(authors=(_SECRET,))):
        hits += snapshot.limited(scope).dense_search(query, 100)
        hits += snapshot.limited(scope).lexical_search(_SECRET, 100)
    everything = Wanted(scope=EVERYTHING)
    return [
        snapshot.chunks([hit.chunk_id for hit in hits]),
        snapshot.chunks(range(100)),
        snapshot.documents(),
        snapshot.documents(_SECRET),
        snapshot.catalogue(everything),
        snapshot.catalogue(Wanted(words=(_SECRET,))),
        snapshot.addresses(),
        snapshot.addresses_holding(_SECRET),
        snapshot.addresses_leaving_out([_SECRET], 10),
        snapshot.origins(),
        snapshot.words_like("zygomorfic", 10),
        snapshot.failures(),
        *(snapshot.document(path) for path in ("dam.md", "pay.txt")),
        *(snapshot.document_called(path) for path in ("dam.md", "pay.txt")),
        *(snapshot.chunks_of(path) for path in ("dam.md", "pay.txt")),
        snapshot.store.label_counts(),
    ]


def test_nothing_is_told_of_hidden_documents(index: Index) -> None:
    for labels in (["board"], ["BOARD", "none"]):
        with index.without(labels).snapshot() as snapshot:
            told = repr(_everything(snapshot)).casefold()
            for word in (_SECRET, "dam.md", "pay.txt", "board", "million"):
                assert word not in told
            assert [address.path for address in snapshot.addresses()] == ["bridge.txt", "canal.md"]
            counts = snapshot.count_documents(), snapshot.count_searched(), snapshot.count_catalogue(Wanted())
            assert counts == (2, 2, 2)
            chunk_ids = [chunk.chunk_id for path in ("bridge.txt", "canal.md") for chunk in snapshot.chunks_of(path)]
            assert snapshot.size() == len(chunk_ids)
            found = snapshot.dense_search(snapshot.encode_query("bridge"), 100)
            assert sorted(hit.chunk_id for hit in found) == chunk_ids


def test_the_whole_index_is_as_before(index: Index) -> None:
    with index.without(["board"]).snapshot(), index.snapshot() as whole:
        assert "million" in repr(_everything(whole)) and whole.count_documents() == 4
    with index.without(["no such label"]).snapshot() as same:
        assert same.count_documents() == 4


def test_a_label_hides_from_the_next_snapshot_on_and_its_end_shows_again(index: Index) -> None:
    partial = index.without(["board"])
    for is_set in (True, False, True):
        set_label(index.path, "Board", ["bridge.txt"], is_set=is_set)
        with partial.snapshot() as snapshot:
            assert (snapshot.document("bridge.txt") is None) == is_set
            assert snapshot.count_documents() == (1 if is_set else 2)


def test_a_file_that_failed_is_not_told_to_those_from_whom_something_is_hidden(index: Index) -> None:
    store = Store(current_build(index.path).database)
    store.put_failure("broken.pdf", "articles", UnreadableFile("broken", "mend it"))
    store.close()
    with index.snapshot() as whole, index.without(["board"]).snapshot() as partial:
        assert len(whole.failures()) == 1 and partial.failures() == []


def test_vectors_are_shared_and_stay_whole(index: Index, tmp_path: Path) -> None:
    partial = index.without(["board"])
    write(tmp_path / "articles", "extra.txt", article("extra"))
    sync(tmp_path / "articles", index.path, WordEncoder(), SMALL)
    with partial.snapshot() as first, index.snapshot() as whole:  # the partial one is the first to see the change
        assert first._vectors is whole._vectors and first.document("extra.txt")
        query = whole.encode_query(_SECRET)
        found = whole.chunks([hit.chunk_id for hit in whole.dense_search(query, 4)])
        assert set(re.findall(r"dam.md|pay.txt", repr(found))) == {"dam.md", "pay.txt"}
