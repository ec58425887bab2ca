"""The number of a list's item is no answer to "how many": the items are counted."""

from pathlib import Path

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.index import Index
from embeddings.sync import sync
from qa_app.answering.numbered_list import counted_reply
from qa_app.types import Candidate, Passage
from tests.embeddings.helpers import write

ROPE = """# Checking a rope

1. Wash it in cold water.
2. Dry it in the shade.
3. Look at each metre.

It takes 2 hours.
"""


def test_the_items_are_counted_and_quoted(tmp_path: Path, encoder: SentenceEncoder) -> None:
    write(tmp_path / "files", "rope.md", ROPE)
    sync(tmp_path / "files", tmp_path / "index", encoder)
    with Index(tmp_path / "index", encoder).snapshot() as snapshot:
        (chunk,) = snapshot.chunks_of("rope.md")
        passage = Passage(chunk, dense=0.0, lexical=None, fused=0.0)
        units = {unit.text: unit for unit in chunk.units}

        def pointing_at(text: str, words: str) -> Candidate:
            start, end = units[text].start, units[text].end
            at = ROPE.index(words, start)
            return Candidate(passage, start, end, (at, at + len(words)), 0.6)

        first = pointing_at("1. Wash it in cold water.", "1")
        found = counted_reply("How many checks does a rope need?", first, snapshot)
        assert found is not None
        assert (found.short_answer, found.kind) == ("3", "list")
        assert [citation.quote[:2] for citation in found.citations] == ["1.", "2.", "3."]
        assert found.notice == "The list has 3 items: counted, not stated."

        assert counted_reply("What is first when checking a rope?", first, snapshot) is None
        assert counted_reply("How many hours does it take?", pointing_at("It takes 2 hours.", "2"), snapshot) is None
