import logging
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.index import Index
from embeddings.sync import sync
from qa_app.assistant import Assistant
from qa_app.citations import cite, is_exact, page_of
from qa_app.config import RetrievalConfig
from qa_app.retrieval import retrieve
from qa_app.types import Candidate, Citation
from tests.documents_made import made_document
from tests.fakes import WordEncoder
from tests.qa_app.values_made import passage

QUESTION = "what rainwater system does Arkadag use?"


def _statements(assistant: Assistant) -> list[Candidate]:
    with assistant.index.snapshot() as snapshot:
        return assistant.reader.read(QUESTION, retrieve(snapshot, QUESTION, assistant.config.retrieval))


def test_every_quote_is_at_its_offsets_in_the_file_itself(assistant: Assistant, seeds: Path) -> None:
    with assistant.index.snapshot() as snapshot:
        cited = cite(_statements(assistant), snapshot, 0.5)
    assert len(cited) >= 10
    for _, citation in cited:
        text = (seeds / citation.document).read_text(encoding="utf-8")
        assert text[citation.start : citation.end] == citation.quote


def test_numbers_start_at_one_and_two_candidates_from_one_sentence_share_theirs(assistant: Assistant) -> None:
    first, second, *_ = _statements(assistant)
    with assistant.index.snapshot() as snapshot:
        cited = cite([first, second, replace(first, short=(first.start, first.start + 3))], snapshot, 0.5)
    assert [citation.n for _, citation in cited] == [1, 2, 1]


def test_a_short_answer_is_marked_if_it_is_right_surely_enough(assistant: Assistant) -> None:
    first, *_ = _statements(assistant)
    unsure, sure = replace(first, words_score=0.49), replace(first, words_score=0.5)
    with assistant.index.snapshot() as snapshot:
        marked = [cite([one], snapshot, 0.5)[0][1].short for one in (unsure, sure)]
    assert first.short is not None
    assert marked == [None, first.short]


def test_a_quote_that_is_not_in_the_article_is_withheld_and_logged(
    assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, *_ = _statements(assistant)
    chunk = first.passage.chunk
    forged = replace(first, passage=replace(first.passage, chunk=replace(chunk, text=chunk.text.upper())))
    with caplog.at_level(logging.ERROR), assistant.index.snapshot() as snapshot:
        cited = cite([forged, second], snapshot, 0.5)
    assert [(c.n, c.start, c.end) for _, c in cited] == [(1, second.start, second.end)]
    assert "quote withheld" in caplog.text


def test_a_quote_of_a_removed_article_is_withheld(assistant: Assistant) -> None:
    first, *_ = _statements(assistant)
    gone = replace(first, passage=replace(first.passage, chunk=replace(first.passage.chunk, document="gone.txt")))
    with assistant.index.snapshot() as snapshot:
        assert cite([gone], snapshot, 0.5) == []


def test_a_changed_article_no_longer_holds_an_old_quote(tmp_path: Path) -> None:
    folder, index = tmp_path / "articles", tmp_path / "index"
    folder.mkdir()
    file = folder / "a.txt"
    file.write_text("The tower is 90 metres high. It was built in 1911.")
    encoder = WordEncoder()
    sync(folder, index, encoder)
    opened = Index(index, encoder)
    with opened.snapshot() as snapshot:
        chunk = snapshot.chunks_of("a.txt")[0]
        passage = retrieve(snapshot, "tower", RetrievalConfig())[0]
        _, citation = cite([Candidate(passage, 0, 28, None, 0.9)], snapshot, 0.5)[0]
        assert citation.quote == chunk.text[:28] == "The tower is 90 metres high."
    file.write_text("The tower is 91 metres high. It was built in 1911.")
    sync(folder, index, encoder)
    with opened.snapshot() as snapshot:
        assert not is_exact(citation, snapshot.document("a.txt"))


@pytest.mark.parametrize(("position", "page"), [(0, 1), (9, 1), (10, 2), (25, 3)])
def test_pages_start_at_one(position: int, page: int) -> None:
    document = made_document("x" * 30, "a.pdf", page_starts=(0, 10, 25))
    assert page_of(document, position) == page


def test_a_format_without_pages_has_none() -> None:
    assert page_of(made_document("x"), 0) is None


def test_the_short_answer_is_found_in_passage_and_quote() -> None:
    text = "It rained. The tower is 90 metres high."
    found = Candidate(passage(text, start=100), 111, 139, (124, 133), 0.9)
    assert (found.sentence, found.short_answer) == ("The tower is 90 metres high.", "90 metres")
    quoted = Citation(1, "a.txt", "A", None, 111, 139, found.sentence, None, 100, 139, found.short)
    assert quoted.short_in_quote == (13, 22)


def test_there_may_be_no_short_answer() -> None:
    found = Candidate(passage("It rained."), 0, 10, None, 0.9)
    quoted = Citation(1, "a.txt", "A", None, 0, 10, found.sentence, None, 0, 10)
    assert (found.short_answer, quoted.short_in_quote) == (None, None)
