from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.documents.document import Address
from embeddings.documents.put_back import stretch_key
from embeddings.index import Index, Snapshot
from embeddings.put_back import set_read
from embeddings.sync import sync
from qa_app.assistant import Assistant
from qa_app.pipeline import answer
from qa_app.unread_words import unread_notice
from tests.embeddings.helpers import article, write
from tests.fakes import WordEncoder

NOTICE = "Sign up for our newsletter and get the tide tables of Vinga by mail every week."
QUESTION = "Who gets the tide tables of Vinga by mail?"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    encoder = WordEncoder()
    for name in ("harbour", "port of Vinga"):
        write(tmp_path / "articles", f"{name}.txt", f"{article(name)}\n\n{NOTICE}\n\nShare this")
    write(tmp_path / "articles", "mill.txt", article("mill"))
    sync(tmp_path / "articles", tmp_path / "index", encoder)
    return Index(tmp_path / "index", encoder)


@pytest.fixture
def snapshot(index: Index) -> Iterator[Snapshot]:
    with index.snapshot() as snapshot:
        yield snapshot


def test_an_abstention_names_the_documents_that_leave_its_words_out(index: Index, assistant: Assistant) -> None:
    asked = replace(assistant, index=index)
    found = answer(asked, QUESTION)
    assert found.abstained and found.text == "The articles don't say."
    assert found.notice and "in a part of harbour.txt and port of Vinga.txt that was left out" in found.notice
    assert found.notice.endswith("python -m embeddings left-out harbour.txt")
    for path in ("harbour.txt", "port of Vinga.txt"):
        set_read(index.path, index.encoder, Address(path), [stretch_key(NOTICE)], is_read=True)
    assert answer(asked, QUESTION).notice is None


@pytest.mark.parametrize(
    "question",
    [
        "Who has the tide tables?",  # "has" is no content word
        "Where does the newsletter of Vinga name the tides and the table?",  # one word of many may be missing
        "newsletters",
    ],
)
def test_words_are_compared_by_their_stems(snapshot: Snapshot, question: str) -> None:
    assert unread_notice(question, snapshot)


@pytest.mark.parametrize(
    "question",
    [
        "Who was the first to read a newsletter in Kiel?",  # only one of its words
        "Was the harbour opened in spring?",  # read words
        "What was it?",  # no content word
        'Who owns the "mill"? NEAR( *',
    ],
)
def test_other_questions_have_no_notice(snapshot: Snapshot, question: str) -> None:
    assert unread_notice(question, snapshot) is None


def test_words_of_another_language_are_compared_by_its_stems(index: Index) -> None:
    prose = "Старая мельница стоит на берегу реки. Её построили в начале прошлого века, и она работает до сих пор."
    folder = index.path.parent / "articles"
    write(folder, "мельница.txt", f"{prose}\n\nShare this\n\nКонтактные телефоны\n\nFollow us on X")
    sync(folder, index.path, index.encoder)
    with index.snapshot() as snapshot:
        document = snapshot.document("мельница.txt")
        assert document and document.language == "ru"
        assert any("телефоны" in document.text[each.start : each.end] for each in document.boilerplate)
        assert unread_notice("контактный телефон", snapshot)
        assert unread_notice("старые мельницы", snapshot) is None


def test_a_path_with_blanks_is_quoted_in_the_command(index: Index, snapshot: Snapshot) -> None:
    set_read(index.path, index.encoder, Address("harbour.txt"), [stretch_key(NOTICE)], is_read=True)
    with index.snapshot() as now:
        notice = unread_notice(QUESTION, now)
    assert notice and notice.endswith("left-out 'port of Vinga.txt'")
