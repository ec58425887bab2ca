"""In a large corpus the words are searched in a file of their own; here more than twelve chunks are many."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from embeddings.doctor import examine
from embeddings.index import Index
from embeddings.storage import ann, vector_cache
from embeddings.storage.builds import current_build
from embeddings.storage.lexical import match_expression, query_words
from embeddings.storage.store import Store
from embeddings.storage.vector_cache import words_file
from embeddings.storage.word_cache import open_words, read_word_stamp
from embeddings.sync import sync
from tests.embeddings.helpers import SMALL, article, write
from tests.embeddings.storage.test_vector_cache import DAMAGES
from tests.fakes import WordEncoder

ENCODER = WordEncoder()
QUESTION = "Which bridge and tower were built of stone near the harbour?"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose index, beside it, is large."""
    monkeypatch.setattr(ann, "EXACT_MOST", 12)
    monkeypatch.setattr(ann, "_LISTS", 4)
    monkeypatch.setattr(ann, "_PROBES", 4)
    for subject in ("bridge", "canal", "dam", "tower", "river", "lake", "mill"):
        write(tmp_path / "articles", f"{subject}.txt", article(subject))
    update(tmp_path / "articles")
    return tmp_path / "articles"


def update(folder: Path) -> None:
    sync(folder, index_of(folder), ENCODER, SMALL)


def index_of(folder: Path) -> Path:
    return folder.with_name("index")


def file_of(folder: Path) -> Path:
    return words_file(current_build(index_of(folder)).vectors_file)


def found(folder: Path, served: Index | None = None) -> dict[int, float]:
    with (served or Index(index_of(folder), ENCODER)).snapshot() as snapshot:
        return {hit.chunk_id: hit.score for hit in snapshot.lexical_search(QUESTION, 99)}


def by_fts5(folder: Path) -> dict[int, float]:
    with closing(Store(current_build(index_of(folder)).database)) as store:
        words = match_expression(query_words(QUESTION, store.languages()))
        return {hit.chunk_id: hit.score for hit in store.match_words(words, 99, store.count_chunks())}


def test_it_is_made_for_a_large_corpus_and_finds_what_fts5_does(folder: Path) -> None:
    assert file_of(folder).exists()
    assert found(folder) == pytest.approx(by_fts5(folder), rel=1e-4)
    for path in list(folder.iterdir())[:5]:
        path.unlink()
    update(folder)
    assert not file_of(folder).exists()
    assert found(folder) == pytest.approx(by_fts5(folder))


@pytest.mark.parametrize("rewritten", [True, False])
def test_changes_are_found_whether_the_file_is_rewritten_or_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch, rewritten: bool
) -> None:
    if not rewritten:
        monkeypatch.setattr(vector_cache, "STALE_SHARE", 10)
    served, before = Index(index_of(folder), ENCODER), file_of(folder).read_bytes()
    write(folder, "harbour.txt", article("harbour"))
    (folder / "tower.txt").unlink()
    update(folder)
    expected = by_fts5(folder)
    assert (file_of(folder).read_bytes() != before) is rewritten
    for index in (served, Index(index_of(folder), ENCODER)):
        scores = found(folder, index)
        assert scores.keys() == expected.keys()
        if rewritten:  # otherwise the words of what was removed count as well
            assert scores == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_not_used_and_is_found_by_doctor(folder: Path, damage: Callable[[Path], object]) -> None:
    expected = found(folder)
    damage(file_of(folder))
    stamp = read_word_stamp(file_of(folder))
    assert stamp is None or open_words(file_of(folder), stamp.generation, stamp.identity) is None
    assert found(folder) == pytest.approx(expected, rel=1e-4)
    bad = [finding.detail for finding in examine(index_of(folder)) if not finding.ok]
    assert bad == ([] if stamp is None else [f"{file_of(folder).name} beside it is damaged"])
    update(folder)
    assert all(finding.ok for finding in examine(index_of(folder)))


def test_an_index_of_an_older_program_gets_the_file_with_the_next_sync(folder: Path) -> None:
    expected = found(folder)
    file_of(folder).unlink()
    assert found(folder) == pytest.approx(expected, rel=1e-4)
    update(folder)
    assert file_of(folder).exists()
