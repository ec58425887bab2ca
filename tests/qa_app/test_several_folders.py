"""Answers from an index of several folders: two files of one path stay apart in all that is shown and kept."""

import json
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest

from embeddings.documents.document import Address
from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.errors import IndexBusy
from embeddings.folder_changes import add_folder, remove_folder
from embeddings.folders import BadFolder
from embeddings.sync import create_index, sync
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from qa_app.records.conversations import Conversations
from qa_app.records.export import answer_markdown
from qa_app.records.receipts import parse_receipt, receipt, receipt_json
from qa_app.records.verification import verify
from qa_app.rendering.answer_json import answer_json
from qa_app.serving.corpus_service import Corpus
from qa_app.serving.page.article import ArticleView
from qa_app.serving.page.library import Library
from qa_app.serving.service import Service
from qa_app.serving.startup import Opening
from qa_app.serving.tools import BadCall, read_article
from tests.embeddings.helpers import write

NORTH = "The lighthouse of Vinga was built in 1841. Its keeper was Anna Dahl.\n"
SOUTH = "The water mill of Tallow was built in 1790. Its miller was Erik Borg.\n"
WHEN = "When was the water mill of Tallow built?"


class Two:
    """A served index with the folders `north` and `south`, each with a `guide.txt`."""

    def __init__(self, place: Path, encoder: SentenceEncoder) -> None:
        self.place, self.index, self.encoder = place, place / "index", encoder
        write(place, "north/guide.txt", NORTH)
        write(place, "south/guide.txt", SOUTH)
        create_index(place / "north", self.index, encoder)
        add_folder(self.index, "south", place / "south")
        self.sync()
        self.assistant: Assistant = open_assistant(self.index, encoder=encoder)
        self.corpus = Corpus(None, self.index, encoder)
        self.service: Future[Service] = Future()
        self.service.set_result(Service(self.assistant, self.corpus, Conversations(None)))

    def sync(self) -> None:
        sync(None, self.index, self.encoder)


@pytest.fixture
def two(tmp_path: Path, encoder: SentenceEncoder) -> Iterator[Two]:
    opened = Two(tmp_path, encoder)
    yield opened
    opened.corpus.close()


def test_a_citation_says_which_folder(two: Two) -> None:
    found = answer(two.assistant, WHEN)
    assert (found.short_answer, str(found.citations[0].address)) == ("1790", "south:guide.txt")
    values = answer_json(found)
    cited = values["citations"][0]
    assert (cited["document"], cited["folder"]) == ("guide.txt", "south")
    assert SOUTH[cited["start"] : cited["end"]] == cited["quote"]
    assert {(each["document"], each["folder"]) for each in values["passages"]} == {
        ("guide.txt", "north"),
        ("guide.txt", "south"),
    }


def test_a_receipt_is_checked_against_its_own_folder(two: Two) -> None:
    found = answer(two.assistant, WHEN)
    with two.assistant.index.snapshot() as snapshot:
        kept = receipt(found, two.assistant, snapshot)
        assert parse_receipt(receipt_json(kept)) == kept
        assert "south:guide.txt" in answer_markdown(kept)
        (checked,) = verify(kept, snapshot)
        assert (checked.state, checked.article_changed) == ("there", False)
    (two.place / "south" / "guide.txt").rename(two.place / "north" / "mill.txt")
    write(two.place, "south/other.txt", "Another article. It is about boats.")
    two.sync()
    with two.assistant.index.snapshot() as snapshot:
        (checked,) = verify(kept, snapshot)
        assert checked.state == "moved" and checked.now and str(checked.now.address) == "north:mill.txt"
    remove_folder(two.index, "north")
    with two.assistant.index.snapshot() as snapshot:
        assert verify(kept, snapshot)[0].state == "gone"


def test_a_receipt_from_before_the_second_folder_finds_its_article(two: Two) -> None:
    found = answer(two.assistant, "When was the lighthouse of Vinga built?")
    with two.assistant.index.snapshot() as snapshot:
        values = json.loads(receipt_json(receipt(found, two.assistant, snapshot)))
        for quote in values["quotes"]:
            del quote["citation"]["folder"]
        assert [each.state for each in verify(parse_receipt(json.dumps(values)), snapshot)] == ["there"]


def test_the_page_opens_and_removes_the_article_of_the_folder(two: Two) -> None:
    view, library = ArticleView(two.service), _library(two)
    assert "water mill" in view.text(Address("guide.txt", "south"), 0, 3)
    assert "lighthouse" in view.text(Address("guide.txt", "north"), 0, 3)
    assert "east:guide.txt no longer exists" in view.text(Address("guide.txt", "east"), 0, 3)
    assert "south:guide.txt" in library.rows({"words": "", "offset": 0})["rows"]
    assert "south:guide.txt was moved to" in library.remove({"document": "guide.txt", "folder": "south"})
    assert (two.place / "north" / "guide.txt").exists() and not (two.place / "south" / "guide.txt").exists()
    two.corpus.wait()
    with two.assistant.index.snapshot() as snapshot:
        assert [str(each) for each in snapshot.addresses()] == ["north:guide.txt"]
    with pytest.raises(BadFolder, match="Its folders: north, south"):
        two.corpus.remove(Address("guide.txt", "east"))


def test_the_page_says_that_a_folder_is_away(two: Two) -> None:
    (two.place / "south").rename(two.place / "unplugged")
    two.sync()
    found = _library(two).rows({"words": "", "offset": 0})
    assert "The folder south cannot be read since 20" in found["library"] and "south:guide.txt" in found["rows"]


def _library(two: Two) -> Library:
    opening = Opening()
    opening.service.set_result(two.service.result())
    return Library(opening)


def test_uploads_go_to_the_first_folder_that_can_be_written(two: Two, tmp_path: Path) -> None:
    upload = write(tmp_path / "uploads", "boat.txt", "A boat is moored in the harbour.")
    two.corpus.add([upload])
    assert (two.place / "north" / "boat.txt").exists()
    (two.place / "north").rename(two.place / "unplugged")
    two.corpus.add([upload])
    assert (two.place / "south" / "boat.txt").exists()


def test_a_program_reads_the_article_of_the_folder(two: Two) -> None:
    assert read_article(two.assistant, "guide.txt", folder="south")["text"] == SOUTH
    found = read_article(two.assistant, "guide.txt")
    assert (found["text"], found["folder"]) == (NORTH, "north")
    with pytest.raises(BadCall, match="no article east:guide"):
        read_article(two.assistant, "guide.txt", folder="east")


def test_the_watcher_follows_a_folder_that_is_added_later(two: Two) -> None:
    two.corpus.watch(look_s=0.05)
    write(two.place, "west/later.txt", "A later article. It is about wells.")
    added = False
    for _ in range(400):
        if not added:
            with suppress(IndexBusy):  # while the watcher syncs
                add_folder(two.index, "west", two.place / "west")
                added = True
        with two.assistant.index.snapshot() as snapshot:
            if Address("later.txt", "west") in snapshot.addresses():
                return
        two.corpus.wait(0.05)
        two.corpus._closed.wait(0.05)
    pytest.fail("the folder was not read")
