"""Tables are read by their structure: the named cell, and the row with the highest or lowest value."""

from pathlib import Path

import pytest

from embeddings.encoders.sentence_encoder import SentenceEncoder
from embeddings.sync import sync
from qa_app.answering.tables import SCORE
from qa_app.assistant import Assistant, open_assistant
from qa_app.pipeline import answer
from tests.embeddings.helpers import write

PEAKS = """# Peaks of the Orn range

| Peak | Height (m) | First climbed | Hut | Oldest route (hours) |
|---|---|---|---|---|
| Grey Horn | 2,140 | 1871 | yes | 7.5 |
| Little Orn | 1,985 | 1902 | no | 4 |
| Saddle | 2,310 | 1866 | no | 9 |
| Tooth | 2,055 | 1921 | yes | 6.5 |
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    place: Path = tmp_path_factory.mktemp("tables")
    write(place / "files", "peaks.md", PEAKS)
    write(
        place / "files",
        "club.txt",
        "title: The climbing club\n\nThe club of Ornby has 40 members. Its oldest member is 91.\n",
    )
    sync(place / "files", place / "index", encoder)
    return open_assistant(place / "index", encoder=encoder)


@pytest.mark.parametrize(
    ("question", "peak"),
    [
        ("Which peak is the highest?", "Saddle"),
        ("What is the lowest peak of the Orn range?", "Little Orn"),
        ("Which peak has the longest route?", "Saddle"),
    ],
)
def test_the_row_with_the_highest_or_lowest_value(assistant: Assistant, question: str, peak: str) -> None:
    found = answer(assistant, question)
    assert (found.short_answer, found.confidence) == (peak, SCORE)
    assert found.citations[0].quote.startswith(f"| {peak}") or found.citations[0].quote.startswith(peak)


@pytest.mark.parametrize(
    "question",
    [
        "Which peak with a hut is the highest?",  # a condition
        "Which peak in Norway is the highest?",  # not the table's
        "Which peak is the most beautiful?",
        "Who is the oldest member?",
    ],
)
def test_what_the_table_alone_does_not_tell_is_left_to_the_reader(assistant: Assistant, question: str) -> None:
    assert answer(assistant, question).confidence != SCORE


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the height of Little Orn?", "1,985"),
        ("When was Tooth first climbed?", "1921"),
        ("How many hours does the route on Grey Horn take?", "7.5"),
    ],
)
def test_the_cell_of_the_named_row_and_column(assistant: Assistant, question: str, words: str) -> None:
    assert answer(assistant, question).short_answer == words
