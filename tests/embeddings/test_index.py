import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.doctor import examine
from embeddings.documents.chunks import encoder_input
from embeddings.encoders.encoder import Vectors
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import IndexMismatch, IndexMissing, IndexUnwritable
from embeddings.index import Index, open_record, recorded_encoder, recorded_folders
from embeddings.storage.builds import current_build, roll_back, writer_lock
from embeddings.storage.store import Store
from embeddings.sync import create_index, reembed, sync
from tests.embeddings.helpers import SMALL, article, mounted_read_only, write
from tests.fakes import WordEncoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for subject in ("bridge", "canal", "dam"):
        write(tmp_path / "articles", f"{subject}.txt", article(subject))
    return tmp_path / "articles"


@pytest.fixture
def index(folder: Path, tmp_path: Path) -> Index:
    sync(folder, tmp_path / "index", WordEncoder(), SMALL)
    return Index(tmp_path / "index", WordEncoder())


def paths(index: Index) -> list[str]:
    with index.snapshot() as snapshot:
        return [entry.path for entry in snapshot.documents()]


def build_of(index: Index) -> str:
    with index.snapshot() as snapshot:
        return snapshot.build_name


def test_what_is_not_indexed_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        Index(tmp_path, WordEncoder())


def test_an_index_of_another_model_is_refused_with_the_command(index: Index) -> None:
    with pytest.raises(IndexMismatch, match=r"python -m embeddings reembed FOLDER --index"):
        Index(index.path, WordEncoder("others"))


def test_the_record_tells_encoder_and_folder(index: Index, folder: Path) -> None:
    assert recorded_encoder(index.path) == WordEncoder().identity
    assert open_record(index.path).chunking == SMALL.chunking
    assert [each.path for each in recorded_folders(index.path)] == [folder]


def test_the_nearest_chunk_is_found_with_its_exact_words(index: Index) -> None:
    with index.snapshot() as snapshot:
        hit = snapshot.dense_search(snapshot.encode_query("The canal of paragraph 2 was opened in spring"), 1)[0]
        (chunk,) = snapshot.chunks([hit.chunk_id])
        document = snapshot.document(chunk.document)
    assert document is not None
    assert (chunk.document, chunk.title) == ("canal.txt", "Canal")
    assert chunk.text == document.text[chunk.start : chunk.end] == article("canal").split("\n\n")[1]


def test_cosines_are_those_of_the_search(index: Index) -> None:
    with index.snapshot() as snapshot:
        query = snapshot.encode_query("the canal in spring")
        hits = snapshot.dense_search(query, 9)
        assert snapshot.cosines(query, [hit.chunk_id for hit in hits]) == pytest.approx([hit.score for hit in hits])
        assert len(hits) == snapshot.size() == 9


def test_words_are_found_best_first_with_scores_above_zero(index: Index) -> None:
    with index.snapshot() as snapshot:
        hits = snapshot.lexical_search("canal paragraph 2", 20)
        found = snapshot.chunks([hit.chunk_id for hit in hits])
    assert found[0].text == article("canal").split("\n\n")[1]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert min(hit.score for hit in hits) > 0


@given(st.text(max_size=40))
def test_any_query_gives_chunks_or_nothing(seed_index: Path, encoder: SentenceEncoder, query: str) -> None:
    with Index(seed_index, WordEncoderOf(encoder)).snapshot() as snapshot:
        hits = snapshot.lexical_search(query, 3)
        assert len(snapshot.chunks([hit.chunk_id for hit in hits])) == len(hits)


class WordEncoderOf(WordEncoder):
    """Passes for `encoder`, for searches by word alone."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        super().__init__()
        self._identity = encoder.identity


def test_chunks_come_in_the_order_asked_without_those_that_are_gone(index: Index) -> None:
    with index.snapshot() as snapshot:
        ids = [hit.chunk_id for hit in snapshot.lexical_search("canal", 3)]
        asked = [ids[2], 10**9, ids[0]]
        assert [chunk.chunk_id for chunk in snapshot.chunks(asked)] == [ids[2], ids[0]]
        assert snapshot.chunks([]) == []


def test_the_chunks_of_a_document_come_in_its_order(index: Index) -> None:
    with index.snapshot() as snapshot:
        assert [chunk.text for chunk in snapshot.chunks_of("dam.txt")] == article("dam").split("\n\n")
        assert snapshot.chunks_of("unknown.txt") == []


def test_a_snapshot_keeps_its_generation_while_the_folder_is_synced(index: Index, folder: Path) -> None:
    with index.snapshot() as snapshot:
        generation, query = snapshot.generation, snapshot.encode_query("the dam in spring")
        before = snapshot.dense_search(query, 20)
        (folder / "dam.txt").unlink()
        write(folder, "tower.txt", article("tower"))
        sync(folder, index.path, WordEncoder(), SMALL)
        with index.snapshot() as newer:
            assert newer.generation > generation
            assert newer.document("dam.txt") is None
            assert newer.lexical_search("tower", 5)
        assert snapshot.generation == generation
        assert snapshot.dense_search(query, 20) == before
        assert len(snapshot.chunks([hit.chunk_id for hit in before])) == 9
        assert snapshot.document("dam.txt") is not None
        assert snapshot.lexical_search("tower", 5) == []
    assert paths(index) == ["bridge.txt", "canal.txt", "tower.txt"]


def test_a_snapshot_outlives_the_switch_to_another_build_and_its_rollback(index: Index, folder: Path) -> None:
    with index.snapshot() as snapshot:
        first, query = snapshot.build_name, snapshot.encode_query("the dam in spring")
        before = snapshot.dense_search(query, 20)
        (folder / "dam.txt").unlink()
        reembed(folder, index.path, WordEncoder(), SMALL)
        assert paths(index) == ["bridge.txt", "canal.txt"]
        assert build_of(index) != first == snapshot.build_name
        assert snapshot.dense_search(query, 20) == before
        assert len(snapshot.chunks([hit.chunk_id for hit in before])) == 9
    roll_back(index.path)
    assert paths(index) == ["bridge.txt", "canal.txt", "dam.txt"]
    assert build_of(index) == first


def test_a_served_index_notices_that_it_was_made_anew_by_another_model(index: Index, folder: Path) -> None:
    reembed(folder, index.path, WordEncoder("others"), SMALL)
    with pytest.raises(IndexMismatch), index.snapshot():
        pytest.fail("vectors of two models mixed")


def test_threads_see_whole_generations_while_the_folder_changes(index: Index, folder: Path) -> None:
    """Each round replaces one article; a state with neither or both of old and new is one that never was."""

    def look(_: int) -> None:
        with index.snapshot() as snapshot:
            documents = [entry.path for entry in snapshot.documents()]
            hits = snapshot.dense_search(snapshot.encode_query("paragraph opened in spring"), 100)
            chunks = snapshot.chunks([hit.chunk_id for hit in hits])
            assert len(hits) == len(chunks) == snapshot.size() == 3 * len(documents)
            assert {chunk.document for chunk in chunks} == set(documents)

    def change() -> None:
        for number in range(10):
            write(folder, "dam.txt", article(f"dam number {number}"))
            sync(folder, index.path, WordEncoder(), SMALL)

    with ThreadPoolExecutor(5) as threads:
        changing = threads.submit(change)
        while not changing.done():
            list(threads.map(look, range(4)))
        changing.result()
    look(0)


def test_the_seeds_are_searched_by_meaning(seed_index: Path, encoder: SentenceEncoder) -> None:
    with Index(seed_index, encoder).snapshot() as snapshot:
        query = snapshot.encode_query("How does the town catch water from the sky?")
        best = snapshot.dense_search(query, 10)
        (chunk,) = snapshot.chunks([best[0].chunk_id])
    assert "rainwater collection system" in chunk.text
    assert np.all(np.diff([hit.score for hit in best]) <= 0)


def cosines_are_true(index: Index, query: str) -> bool:
    """Compare each hit's score with the cosine of its own words."""
    with index.snapshot() as snapshot:
        vector = snapshot.encode_query(query)
        hits = snapshot.dense_search(vector, 20)
        chunks = snapshot.chunks([hit.chunk_id for hit in hits])
        assert len(chunks) == len(hits) == snapshot.size() == snapshot.store.count_chunks()
        true = WordEncoder().encode_documents([encoder_input(chunk.title, chunk.text) for chunk in chunks]) @ vector
        return [hit.score for hit in hits] == pytest.approx(true.tolist(), abs=1e-3)


@pytest.mark.parametrize("idle", [True, False], ids=["an open file", "no open file"])
def test_an_index_deleted_and_made_again_in_its_place_is_a_new_one(index: Index, folder: Path, idle: bool) -> None:
    """Chunk ids and generations begin again: kept vectors of the old one must not be joined to them."""
    query = "The canal of paragraph 2 was opened in spring"
    assert cosines_are_true(index, query)
    if not idle:  # a failed question's connection is closed: the system may give the new file the old one's number
        with pytest.raises(ZeroDivisionError), index.snapshot():
            raise ZeroDivisionError
    shutil.rmtree(index.path)
    for subject in ("bridge", "canal", "dam"):
        (folder / f"{subject}.txt").unlink()
    others = ["abbey", "brook", "cliff", "forest", "harbour", "meadow", "orchard", "quarry"]
    for subject in others:
        write(folder, f"{subject}.txt", article(subject))
    create_index(folder, index.path, WordEncoder(), SMALL)
    assert cosines_are_true(index, query)
    encoder = Looking(lambda: cosines_are_true(index, query))
    sync(folder, index.path, encoder, SMALL)
    assert encoder.seen and all(encoder.seen)
    assert paths(index) == [f"{subject}.txt" for subject in others]


class Looking(WordEncoder):
    """Looks at something in the middle of a sync, before each group is encoded."""

    def __init__(self, look: Callable[[], bool]) -> None:
        super().__init__()
        self._look = look
        self.seen: list[bool] = []

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self.seen.append(self._look())
        return super().encode_documents(texts)


def test_a_reader_that_slept_while_removals_were_forgotten_sees_no_removed_chunk(index: Index, folder: Path) -> None:
    for number in range(6):
        write(folder, "dam.txt", article(f"dam number {number}"))
        sync(folder, index.path, WordEncoder(), SMALL)
    with index.snapshot() as snapshot:
        assert snapshot.store.removals_forgotten() == snapshot.generation
        assert snapshot.size() == snapshot.store.count_chunks()
    assert cosines_are_true(index, "the dam in spring")


@pytest.mark.parametrize("logged", [False, True], ids=["closed", "with a log left"])
def test_an_index_on_a_read_only_file_system_is_searched_and_found_healthy(
    folder: Path, tmp_path: Path, logged: bool
) -> None:
    place = tmp_path / "index"
    sync(folder, place, WordEncoder(), SMALL)
    writer = Store(current_build(place).database) if logged else None
    if writer:
        with writer.transaction():
            pass
    with mounted_read_only(place):
        index = Index(place, WordEncoder())
        for _ in range(2):
            assert cosines_are_true(index, "the canal in spring")
            with index.snapshot() as snapshot:
                assert snapshot.lexical_search("canal", 3) and snapshot.store.is_frozen is not logged
        findings = {finding.check: finding for finding in examine(place, WordEncoder().identity)}
        assert all(finding.ok for finding in findings.values())
        assert findings["full text"].detail == "not checked, because the index is read-only"
        with pytest.raises(IndexUnwritable, match="Read-only file system"), writer_lock(place):
            pytest.fail("written")
    if writer:
        writer.close()
