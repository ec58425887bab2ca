from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.document import Address, Document
from embeddings.index import Index
from embeddings.storage.builds import current_build
from embeddings.storage.store import Store
from embeddings.sync import sync
from qa_app.records.receipts import Receipt
from qa_app.records.verification import Verified, holds, verify
from qa_app.types import Quoted
from tests.fakes import WordEncoder
from tests.qa_app.records.receipts_made import Articles, article, made, quote

TOWER = "The tower is 90 metres high. It was built in 1911."
BEFORE = article(TOWER)
RECEIPT = made(quote(BEFORE, 0, 28))


def _now(*documents: Document, receipt: Receipt = RECEIPT) -> Verified:
    (found,) = verify(receipt, Articles(*documents))
    place = found.now
    if place is not None:  # a place that is returned contains the words
        (held,) = (document for document in documents if document.path == place.document)
        assert held.text[place.start : place.end] == found.citation.quote
    return found


def test_there() -> None:
    found = _now(BEFORE)
    assert (found.state, found.article_changed) == ("there", False)
    assert found.now is not None and (found.now.document, found.now.start, found.now.end) == ("a.txt", 0, 28)


def test_there_in_an_article_that_changed_after_the_quote() -> None:
    found = _now(article(TOWER + " It fell in 1950."))
    assert (found.state, found.article_changed) == ("there", True)


def test_moved_within_the_article_to_the_nearest_place() -> None:
    words = "The tower is 90 metres high."
    receipt = made(quote(article("x" * 100 + words), 100, 128))
    found = _now(article(words + "-" * 60 + words + "-" * 200 + words), receipt=receipt)
    assert found.state == "moved" and found.now is not None and found.now.start == 88


@pytest.mark.parametrize(
    ("text", "start"),
    [("ab" + "-" * 18 + "ab", 20), ("-ab" + "-" * 27 + "ab", 1), ("-----ab" + "-" * 18 + "ab", 5)],
)
def test_the_nearest_place_is_before_or_after_and_of_two_the_earlier(text: str, start: int) -> None:
    receipt = made(quote(article("." * 15 + "ab"), 15, 17))
    found = _now(article(text), receipt=receipt)
    assert found.now is not None and found.now.start == start


def test_moved_to_another_article_preferably_one_with_the_same_text() -> None:
    copy, longer = article(TOWER, "z.txt"), article(f"News. {TOWER}", "b.txt")
    found = _now(longer, copy)
    assert (found.state, found.article_changed) == ("moved", True)
    assert found.now is not None and found.now.document == "z.txt"
    only = _now(longer, article("Nothing.", "c.txt"))
    assert only.now is not None and (only.now.document, only.now.start) == ("b.txt", 6)


def test_the_article_itself_is_preferred_to_others() -> None:
    found = _now(article(f"News. {TOWER}"), article(TOWER, "b.txt"))
    assert found.now is not None and (found.now.document, found.now.start) == ("a.txt", 6)


def test_words_under_another_heading_are_not_there() -> None:
    text = "Prices of 2024\n\nBoats cost 12 euros."
    cited = quote(article(text), 16, 36)
    receipt = made(replace(cited, citation=replace(cited.citation, context=(Quoted("heading", 0, 14, text[:14]),))))
    assert _now(article(text), receipt=receipt).state == "there"
    assert _now(article(f"News.\n\n{text}"), receipt=receipt).state == "moved"
    assert _now(article(text.replace("2024", "2025")), receipt=receipt).state == "changed"


def test_changed() -> None:
    found = _now(article("The tower is 91 metres high. It was built in 1911."))
    assert (found.state, found.now, found.article_changed) == ("changed", None, True)


def test_gone() -> None:
    found = _now(article("Something else.", "b.txt"))
    assert (found.state, found.now, found.article_changed) == ("gone", None, True)


def test_an_altered_quote_of_an_unchanged_article_is_distinguished_from_a_changed_article() -> None:
    forged = made(quote(article(TOWER.replace("90", "99")), 0, 28))
    true_sum = RECEIPT.quotes[0].text_sha256
    forged = made(type(forged.quotes[0])(forged.quotes[0].citation, true_sum))
    found = _now(BEFORE, receipt=forged)
    assert (found.state, found.article_changed) == ("changed", False)


def test_holds_while_every_quote_is_found_somewhere() -> None:
    two = made(quote(BEFORE, 0, 28), quote(BEFORE, 29, 50, 2))
    assert holds(verify(two, Articles(article(TOWER, "b.txt"))))
    assert not holds(verify(two, Articles(article(TOWER[:28]))))
    assert holds(verify(made(), Articles()))


@given(st.text("ab ", max_size=8), st.text("ab ", max_size=30), st.integers(0, 20), st.integers(1, 6))
def test_the_place_is_the_nearest_occurrence_of_the_words_if_there_is_one(
    before: str, now: str, start: int, length: int
) -> None:
    text = (before + "ab ba " * 6)[: start + length]
    found = _now(article(now), receipt=made(quote(article(text), start, start + length)))
    words = found.citation.quote
    starts = [i for i in range(len(now)) if now.startswith(words, i)]
    assert (found.now is not None) == bool(starts)
    if found.now is not None:
        assert found.now.start == min(starts, key=lambda i: (abs(i - start), i))
        assert (found.state == "there") == (found.now.start == start)


def test_a_store_and_a_snapshot_are_searched_alike(tmp_path: Path) -> None:
    folder, index, encoder = tmp_path / "articles", tmp_path / "index", WordEncoder()
    folder.mkdir()
    (folder / "a.txt").write_text("The tower is 91 metres high. It stands in Lund, says 100 % of them_all.")
    (folder / "b.txt").write_text(f"Ünder another name: {TOWER}")
    sync(folder, index, encoder)
    with Index(index, encoder).snapshot() as snapshot:
        here = verify(RECEIPT, snapshot)
    with closing(Store(current_build(index).database)) as store:
        assert verify(RECEIPT, store) == here
        assert store.addresses_holding("100 % of them_all") == [Address("a.txt")]
        assert store.addresses_holding("the tower") == []  # case matters
    (found,) = here
    assert found.state == "moved" and found.now is not None
    assert (found.now.document, found.now.start) == ("b.txt", 20)
