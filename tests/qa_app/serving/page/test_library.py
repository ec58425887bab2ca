from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.errors import ArticlesError
from embeddings.index import Index
from embeddings.scope import Scope
from embeddings.storage.rows import DocumentEntry, Failure
from embeddings.sync import sync
from qa_app.assistant import Assistant
from qa_app.records.conversations import Conversations
from qa_app.rendering.html import render
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.page.library import STEP, Library, Limits, listing_html, scope_of
from qa_app.serving.service import Service
from qa_app.serving.startup import Opening
from tests.fakes import WordEncoder

ENTRY = DocumentEntry(
    path="a&b.txt", title="<b>Towers</b>", date="2024-05-17", source=None, characters=10, chunks=2, boilerplate_pieces=3,
    indexed_at="2026-01-02T03:04:05+00:00", file_sha256="", labels=("<i>harbour",),
)  # fmt: skip


@pytest.fixture
def library(tmp_path: Path, assistant: Assistant) -> Iterator[Library]:
    """The list of 230 articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for i in range(230):
        (folder / f"{i:03}.txt").write_text(f"Tower {i}\n\nThe tower number {i} stands by the river.")
    encoder = WordEncoder()
    sync(folder, tmp_path / "index", encoder)
    corpus = Corpus(folder, tmp_path / "index", encoder)
    opening = Opening()
    opening.service.set_result(
        Service(replace(assistant, index=Index(tmp_path / "index", encoder)), corpus, Conversations(None))
    )
    yield Library(opening)
    corpus.close()


def test_a_long_list_comes_in_pages(library: Library) -> None:
    first = library.rows({"words": "", "offset": 0})
    assert first["count"] == 230 and first["rows"].count('class="row"') == STEP
    assert "Show 100 more articles of 130" in first["rows"]
    last = library.rows({"words": "", "offset": 2 * STEP})
    assert last["rows"].count('class="row"') == 30 and 'data-document="229.txt"' in last["rows"]
    assert "next-articles" not in last["rows"]
    assert library.rows({"words": "tower 22", "offset": 0})["count"] == 11
    assert "No article has “bridge”" in library.rows({"words": "bridge", "offset": 0})["rows"]


def test_labels_are_given_taken_and_limit(library: Library) -> None:
    limits: Limits = {"articles": [], "folders": [], "labels": ["river"]}
    assert library.label({"document": "001.txt", "folder": None, "label": "River", "is_set": True}) == "Labelled River."
    assert library.in_scope(limits) == 1
    assert library.rows({"words": "", "offset": 0})["labels"] == ["River"]
    library.label({"document": "001.txt", "folder": None, "label": "River", "is_set": False})
    assert library.in_scope(limits) == 0
    with pytest.raises(ArticlesError, match="cannot be a label"):
        library.label({"document": "001.txt", "folder": None, "label": "a,b", "is_set": True})


def test_only_uploads_are_added(library: Library, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Not for the index.")
    with pytest.raises(ArticlesError, match="was not uploaded"):
        library.add(str(secret))


def test_limits_name_articles_folders_and_labels() -> None:
    articles = [{"document": "a.txt", "folder": "news"}, {"document": "b.txt", "folder": None}]
    scope = scope_of({"articles": articles, "folders": ["notes"], "labels": ["x"]})  # type: ignore[typeddict-item]
    assert scope == Scope(within=("news:a.txt", "b.txt"), folders=("notes",), labels=("x",))
    assert not scope_of({"articles": [], "folders": [], "labels": []})


def test_names_titles_and_labels_are_escaped() -> None:
    html = listing_html([ENTRY], 1)
    assert "<b>Towers" not in html and "<i>" not in html and "17 May 2024" in html
    assert 'title="a&amp;b.txt"' in html and 'aria-label="Remove a&amp;b.txt"' in html


def test_a_list_that_is_only_to_be_read_has_nothing_to_remove() -> None:
    assert 'class="remove"' not in listing_html([ENTRY], 1, removable=False)
    failures = [Failure("x.txt", "x.txt is empty.", "Fill it or delete it.", "")]
    values: dict[str, object] = {"folders": [], "labels": {}, "failures": failures, "offered": None}
    assert 'data-document="x.txt"' in render("page/library.html", removable=True, **values)
    html = render("page/library.html", removable=False, **values)
    assert "x.txt is empty. Fill it or delete it." in html and 'class="remove"' not in html


def test_before_the_first_question_stand_titles_examples_and_what_is_still_read(library: Library) -> None:
    html = library.start(None)
    assert "Ask about your 230 articles" in html and "and 224 more articles" in html
    library._opening.suggestions._examples = ("Who built <it>?",)
    assert "Who built &lt;it&gt;?" in library.start(None)
