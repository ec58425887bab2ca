import base64
import io
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from embeddings.documents.boilerplate import Boilerplate
from embeddings.documents.document import Address, Document
from embeddings.documents.isolation import stop_isolated
from embeddings.documents.put_back import stretch_key
from embeddings.index import Index
from embeddings.sync import sync
from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.records.conversations import Conversations
from qa_app.records.receipts import receipt
from qa_app.serving.access import READ_ONLY
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.page.article import ArticleView, Marks, article_html
from qa_app.serving.service import Service
from tests.documents_made import made_document
from tests.embeddings.documents.readers.pdf_files import drawn, lines
from tests.embeddings.documents.readers.test_zip import packed
from tests.fakes import WordEncoder
from tests.rendered_html import ODD_TEXT, rendered

PDF = drawn(
    lines("The lighthouse of Vinga was lit for the first time in 1841."),
    lines("Its keeper today is Karin Holm, who also measures the weather."),
)
TEXT = "Share this\n\nThe tower is high, and it stands where the two rivers meet below the town.\n\nShare this"


class Articles:
    """A view of indexed articles, and their folder."""

    def __init__(self, place: Path, assistant: Assistant) -> None:
        self.folder = place / "articles"
        self.folder.mkdir()
        self.file = self.folder / "light.pdf"
        self.file.write_bytes(PDF)
        (self.folder / "tower.txt").write_text(TEXT)
        inner = packed({"old/mast.pdf": drawn(lines("The mast of Lomvik fell in 1907."))})
        (self.folder / "papers.zip").write_bytes(packed({"a.txt": b"Words.", "inner.zip": inner}))
        encoder = WordEncoder()
        sync(self.folder, place / "index", encoder)
        self.index = Index(place / "index", encoder)
        corpus = Corpus(self.folder, place / "index", encoder)
        self.assistant, self.conversations = replace(assistant, index=self.index), Conversations(None)
        service: Future[Service] = Future()
        service.set_result(Service(self.assistant, corpus, self.conversations))
        self.view = ArticleView(service)

    def document(self) -> Document:
        with self.index.snapshot() as snapshot:
            document = snapshot.document("light.pdf")
        assert document is not None
        return document

    def span(self, words: str) -> tuple[int, int]:
        start = self.document().text.index(words)
        return start, start + len(words)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Iterator[Articles]:
    yield Articles(tmp_path_factory.mktemp("articles"), assistant)
    stop_isolated()


@pytest.fixture
def articles(indexed: Articles) -> Iterator[Articles]:
    yield indexed
    indexed.file.unlink(missing_ok=True)
    indexed.file.write_bytes(PDF)


def marked(picture: str) -> int:
    """Return how many pixels are tinted."""
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture)))).astype(int)
    return int((pixels[:, :, 0] - pixels[:, :, 2] > 80).sum())


def test_the_article_behind_a_card(articles: Articles) -> None:
    html = articles.view.text(Address("tower.txt"), 12, 21)
    assert 'data-quotes="0" tabindex="-1">The tower</mark>' in html
    assert "no longer exists" in articles.view.text(Address("../pyproject.toml"), 0, 1)
    assert "original-page" not in articles.view.text(Address("tower.txt"), 12, 21)


def test_a_pdf_offers_its_page_with_the_quote_marked(articles: Articles) -> None:
    start, end = articles.span("Karin Holm")
    html = articles.view.text(Address("light.pdf"), start, end)
    assert 'data-page="1" data-pages="2"' in html and ">Karin Holm</mark>" in html
    second = articles.view.page(Address("light.pdf"), 1, start, end)
    assert marked(second["picture"]) > 100 and second["first_mark"] is not None
    assert second["alt"].startswith("Page 2 of 2 of") and "Marked on it: “Karin Holm”" in second["alt"]
    first = articles.view.page(Address("light.pdf"), 0, start, end)
    assert marked(first["picture"]) == 0 and first["first_mark"] is None and "Page 1 of 2" in first["alt"]
    stop_isolated()
    assert articles.view.page(Address("light.pdf"), 1, start, end) == second  # kept


@pytest.mark.parametrize(
    ("path", "page", "why"),
    [
        ("light.pdf", 2, "light.pdf has no page 3: it has 2."),
        ("light.pdf", -1, "light.pdf has no page 0: it has 2."),
        ("tower.txt", 0, "There are no pages of tower.txt."),
        ("../light.pdf", 0, "There are no pages of ../light.pdf."),
    ],
)
def test_only_pages_of_indexed_files_are_shown(articles: Articles, path: str, page: int, why: str) -> None:
    assert articles.view.page(Address(path), page, 0, 10) == {
        "refused": why,
        "picture": "",
        "alt": "",
        "first_mark": None,
    }


def test_a_changed_or_missing_file_is_said_to_be_so_and_the_text_is_shown(articles: Articles) -> None:
    start, end = articles.span("Karin Holm")
    articles.file.write_bytes(drawn(lines("Other words.")))
    html = articles.view.text(Address("light.pdf"), start, end)
    assert "light.pdf has changed since it was indexed. This is its text as it was read." in html
    assert ">Karin Holm</mark>" in html and "original-page" not in html
    articles.file.unlink()
    assert "light.pdf vanished" in articles.view.text(Address("light.pdf"), start, end)
    assert articles.view.page(Address("light.pdf"), 1, start, end)["refused"].startswith("light.pdf vanished")


def test_a_pdf_in_an_archive_offers_its_page_too(articles: Articles) -> None:
    address = Address("papers.zip/inner.zip/old/mast.pdf")
    assert "Show the original page" in articles.view.text(address, 0, 8)
    page = articles.view.page(address, 0, 0, 8)
    assert page["alt"].endswith("Marked on it: “The mast”")
    assert "original-page" not in articles.view.text(Address("papers.zip/a.txt"), 0, 5)


def test_what_was_left_out_is_read_and_left_out_again(articles: Articles) -> None:
    html = articles.view.text(Address("tower.txt"), 0, 0)
    key = stretch_key("Share this")
    assert html.count('class="boilerplate"') == 2
    assert html.count(f'data-key="{key}" data-read="true" aria-label="Read this too: Share this"') == 1
    assert articles.view.set_read(Address("tower.txt"), key, True) == "It is read now: questions find it."
    html = articles.view.text(Address("tower.txt"), 0, 0)
    assert 'aria-label="Leave out again: Share this"' in html and 'class="boilerplate"' not in html
    assert articles.view.set_read(Address("tower.txt"), key, False) == "It is left out again."
    assert "no such stretch" in articles.view.set_read(Address("tower.txt"), "0", True)


def test_visitors_of_a_read_only_server_change_nothing(articles: Articles) -> None:
    view = ArticleView(articles.view._service, read_only=True)
    assert "set-read" not in view.text(Address("tower.txt"), 0, 0)
    assert view.set_read(Address("tower.txt"), stretch_key("Share this"), True) == READ_ONLY
    assert articles.view.text(Address("tower.txt"), 0, 0).count('class="boilerplate"') == 2


def test_a_link_out_of_the_folder_is_not_followed(articles: Articles, tmp_path: Path) -> None:
    (tmp_path / "same.pdf").write_bytes(PDF)
    articles.file.unlink()
    articles.file.symlink_to(tmp_path / "same.pdf")
    refused = articles.view.page(Address("light.pdf"), 0, 0, 10)["refused"]
    assert refused == "light.pdf is a link to a file outside the folder. Put a copy in its place."


def test_the_article_is_whole_with_the_place_marked_and_boilerplate_greyed() -> None:
    text = "Share this\nThe <b>tower</b> is high. It stands.\nFollow us"
    boilerplate = (Boilerplate(0, 10, "navigation"), Boilerplate(48, 57, "navigation"))
    html = article_html(made_document(text, boilerplate=boilerplate), Marks(((1, 11, 36),)))
    assert ">The &lt;b&gt;tower&lt;/b&gt; is high.</mark> It stands." in html
    assert html.count('class="boilerplate"') == 2 and ">Follow us</span>" in html


def test_quotes_that_overlap_are_each_marked_and_the_words_that_answer_are_bold() -> None:
    html = article_html(made_document("One two three four."), Marks(((1, 0, 13), (2, 4, 18))))
    assert 'data-quotes="1" data-first="1" tabindex="-1">One <' in html
    assert 'data-quotes="1 2" data-first="2" tabindex="-1">two three<' in html
    assert 'data-quotes="2" tabindex="-1"> four<' in html and "2 quotes in this answer" in html
    html = article_html(made_document("One two three."), Marks(((1, 0, 13),), short=((4, 7),)))
    assert ">One </mark>" in html and "<strong>two</strong></mark>" in html and "> three</mark>" in html


def test_all_quotes_of_an_answer_are_marked_and_what_else_was_read_is_folded(articles: Articles) -> None:
    with articles.index.snapshot() as snapshot:
        found = answer(articles.assistant, "tower high rivers meet town")
        assert found.citations
        made = receipt(found, articles.assistant, snapshot)
    view = articles.conversations.turns.ask(None, 0, found.question)
    articles.conversations.turns.answered(view.last_turn, made)
    html = articles.view.text(found.citations[0].address, 0, 0, view.last_turn)
    assert 'data-first="1"' in html and "in this answer" in html
    others = len({p.chunk.start for p in found.passages}) > 1 or len(found.passages) > len(found.citations)
    assert ("Also read for this answer" in html) == others


@given(st.lists(ODD_TEXT, min_size=3, max_size=3), st.data())
def test_an_article_is_shown_to_the_character(parts: list[str], data: st.DataObject) -> None:
    text, left_out = "".join(parts), (len(parts[0]), len(parts[0]) + len(parts[1]))
    spans = []
    for n in (1, 2):
        start = data.draw(st.integers(0, len(text)))
        spans.append((n, start, data.draw(st.integers(start, len(text)))))
    piece = Boilerplate(*left_out, "menu", is_read=data.draw(st.booleans()))
    document = made_document(text, title="T", boilerplate=(piece,))
    reader = rendered(article_html(document, Marks(tuple(spans)), changeable=True))
    assert reader.inside["article"] == text
    inside = [any(start <= i < end for _, start, end in spans) for i in range(len(text))]
    shown = [text[i] for i in range(len(text)) if inside[i] and (piece.is_read or not piece.start <= i < piece.end)]
    assert reader.inside["mark"] == "".join(shown)
