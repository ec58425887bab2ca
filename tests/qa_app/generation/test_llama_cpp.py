"""A real model behind llama.cpp's OpenAI-compatible server, as people run it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_app.assistant import Assistant
from qa_app.generation.opening import WriterConfig, open_writer, open_writing
from qa_app.generation.writer import NOT_FOUND, WriterFailed
from qa_app.pipeline import answer
from qa_app.types import Turn
from tests.qa_app.generation.models import llama_cpp


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with llama_cpp() as address:
        yield address


def test_it_streams_words_and_says_when_it_was_stopped(url: str) -> None:
    writer = open_writer(WriterConfig(url))
    pieces: list[str] = []
    with pytest.raises(WriterFailed, match="stopped after 8 tokens"):
        pieces.extend(writer.write([Turn("user", "Count from one to a hundred in words.")], 8))
    # list.extend keeps the pieces that came before the error.
    assert "".join(pieces).strip()


def test_what_is_shown_of_its_answer_is_in_the_articles(url: str, assistant: Assistant, seeds: Path) -> None:
    found = answer(
        assistant, "what rainwater system does Arkadag use?", writing=open_writing(WriterConfig(url, "small"))
    )
    assert found.text and found.citations
    for citation in found.citations:
        text = (seeds / citation.document).read_text(encoding="utf-8")
        assert text[citation.start : citation.end] == citation.quote
    if found.writer:
        for sentence in found.sentences:
            assert (f"{sentence.text} {NOT_FOUND}" in found.text) != sentence.supported
    else:
        assert found.notice
