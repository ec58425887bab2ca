"""One item of a list brings its others; an article's date is no item."""

from pathlib import Path

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.answering.list_items import siblings
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from qa_app.types import Candidate, Passage
from tests.embeddings.helpers import write

TRIP = """# Packing for the ridge walk

*3 May 2024*

Bring these things:

- a rope of thirty metres
- two water bottles
  - one may be of glass
- a whistle

Start before six.

1. Wake the others.
2. Lock the hut.
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    place: Path = tmp_path_factory.mktemp("items")
    write(place / "files", "trip.md", TRIP)
    sync(place / "files", place / "index", encoder)
    return open_assistant(place / "index", encoder=encoder)


def quotes_beside(assistant: Assistant, words: str) -> list[str]:
    with assistant.index.snapshot() as snapshot:
        for chunk in snapshot.chunks_of("trip.md"):
            for unit in chunk.units:
                if words in unit.text:
                    passage = Passage(chunk, dense=0.0, lexical=None, fused=0.0)
                    found = siblings(Candidate(passage, unit.start, unit.end, None, 0.5), snapshot)
                    return [each.sentence for each in found]
    raise AssertionError(words)


def test_the_items_of_the_same_depth_in_one_list(assistant: Assistant) -> None:
    things = ["a rope of thirty metres", "two water bottles", "a whistle"]
    assert quotes_beside(assistant, "rope") == quotes_beside(assistant, "whistle") == things
    assert quotes_beside(assistant, "Lock") == ["1. Wake the others.", "2. Lock the hut."]


def test_prose_has_no_items(assistant: Assistant) -> None:
    assert quotes_beside(assistant, "Start before") == []


def test_a_question_for_all_of_a_list_gets_all_of_it(assistant: Assistant) -> None:
    found = answer(assistant, "Which things should walkers bring for the ridge walk?")
    quotes = [citation.quote for citation in found.citations]
    assert {"a rope of thirty metres", "two water bottles", "a whistle"} <= set(quotes)
    assert not any("2024" in quote for quote in quotes)
