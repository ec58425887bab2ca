from pathlib import Path

import pytest

from embeddings.catalogue import Origin, Wanted
from embeddings.index import Index
from embeddings.scope import Scope
from embeddings.storage.store import Store
from embeddings.sync import sync
from tests.fakes import WordEncoder

ARTICLES = {
    "harbour.txt": "title: The harbour reopens\ndate: 2024-05-02\nsource: Evening Herald\n\nThe harbour of Lund is open. Boats pay twelve crowns.\n",
    "whales.txt": "title: Whales at sea\ndate: 2023-01-31\nauthor: Ida Dahl\n\nWhales were seen near the harbours of the north.\n",
    "mill.txt": "title: The old mill\n\nThe miller tells of low water.\n",
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    folder, index, encoder = tmp_path / "files", tmp_path / "index", WordEncoder()
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    sync(folder, index, encoder)
    with Index(index, encoder).snapshot() as snapshot:
        return snapshot.store


def _paths(store: Store, wanted: Wanted, order: str = "path") -> list[str]:
    return [entry.path for entry in store.catalogue(wanted, order)]


def test_articles_are_counted_and_listed(store: Store) -> None:
    assert store.count_catalogue(Wanted()) == 3 and store.count_dated(Wanted()) == 2
    first = store.catalogue(Wanted(), "newest", 1)[0]
    assert (first.path, first.title, first.date, first.source, first.author) == (
        "harbour.txt",
        "The harbour reopens",
        "2024-05-02",
        "Evening Herald",
        None,
    )
    assert _paths(store, Wanted(), "newest") == ["harbour.txt", "whales.txt", "mill.txt"]  # without a date: last
    assert _paths(store, Wanted(), "oldest") == ["whales.txt", "harbour.txt", "mill.txt"]


def test_words_are_found_inflected_and_phrases_whole(store: Store) -> None:
    assert _paths(store, Wanted(phrase="harbour")) == ["harbour.txt", "whales.txt"]
    assert _paths(store, Wanted(phrase="low water")) == ["mill.txt"]
    assert _paths(store, Wanted(phrase="water low")) == []
    assert _paths(store, Wanted(words=("water", "low"))) == ["mill.txt"]
    assert _paths(store, Wanted(words=("harbours", "whale"))) == ["whales.txt"]
    assert _paths(store, Wanted(title_words=("harbour",))) == ["harbour.txt"]


def test_words_are_no_query_syntax(store: Store) -> None:
    assert _paths(store, Wanted(phrase="NEAR(")) == ["whales.txt"]
    for words in ('"', "title : mill", "harb*", "-", "miller AND"):
        assert _paths(store, Wanted(phrase=words)) == []


def test_limits_hold_together(store: Store) -> None:
    assert _paths(store, Wanted(Scope(after="2024-01-01"), phrase="harbour")) == ["harbour.txt"]
    assert _paths(store, Wanted(origins=("Ida Dahl", "Evening Herald"))) == ["harbour.txt", "whales.txt"]
    assert _paths(store, Wanted(origins=("Dahl",))) == []


def test_sources_and_authors_with_their_articles(store: Store) -> None:
    assert store.origins() == [Origin("Evening Herald", False, 1), Origin("Ida Dahl", True, 1)]


def test_words_spelled_like_a_missing_one(store: Store) -> None:
    assert store.words_like("harbor", 3) == ["harbour"]
    assert store.words_like("xylophone", 3) == [] and store.words_like("?", 3) == []
