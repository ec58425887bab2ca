import unicodedata

import pytest

from embeddings.storage.rows import StoredChunk
from qa_app.near_copies import distinct
from tests.documents_made import made_chunk

REPORT = (
    "The ferry Merle ran aground off the island of Sand on Tuesday night in thick fog. All 31 passengers were taken off by "
    "the lifeboat of Oddasund, and nobody was hurt, the harbour master said."
)
REWORDED = (
    "The ferry Merle ran aground off the island of Sand on Tuesday night in thick fog. All 31 passengers were taken off by "
    "the lifeboat of Oddasund, and there were no injuries, according to police."
)
OTHER = (
    "Fog has closed the harbour of Oddasund since Tuesday. A ferry with 31 people on board struck a bank and was towed free "
    "by a lifeboat; the passengers came ashore in the morning."
)


def found(*texts: str, documents: str = "") -> list[list[int]]:
    """Return the number of each distinct text with those of its copies, each text in a document of its own unless named."""
    names = documents or "abcdefgh"[: len(texts)]
    chunks = [
        made_chunk(text, document=f"{name}.txt", chunk_id=i)
        for i, (text, name) in enumerate(zip(texts, names, strict=True))
    ]
    return [[chunk.chunk_id, *(copy.chunk_id for copy in copies)] for chunk, copies in distinct(chunks)]


@pytest.mark.parametrize(
    "copy",
    [
        REPORT,
        REWORDED,
        REPORT.upper(),
        REPORT.replace(" ", "\n"),
        REPORT.replace(",", " —"),
        f"{REPORT} More follows.",
    ],
    ids=["same", "reworded", "capitals", "wrapped", "punctuation", "longer"],
)
def test_a_copy_is_listed_with_the_first(copy: str) -> None:
    assert found(REPORT, OTHER, copy) == [[0, 2], [1]]


def test_two_reports_of_one_event_are_no_copies() -> None:
    assert found(REPORT, OTHER) == [[0], [1]]


def test_reports_that_differ_in_a_figure_are_no_copies() -> None:
    assert found(REPORT, REPORT.replace("31", "33")) == [[0], [1]]


def test_passages_of_one_document_are_no_copies() -> None:
    assert found(REPORT, REPORT, documents="aa") == [[0], [1]]


def test_every_copy_goes_with_the_best_passage() -> None:
    assert found(REPORT, REWORDED, REPORT, OTHER, OTHER) == [[0, 1, 2], [3, 4]]


def test_short_passages_are_compared_too() -> None:
    assert found("It rained.", "It rained!", "It snowed.", "Rain") == [[0, 1], [2], [3]]


def test_composed_and_decomposed_letters_are_the_same() -> None:
    text = "Die Fähre lief vor der Küste auf Grund."
    assert found(text, unicodedata.normalize("NFD", text)) == [[0, 1]]


def test_no_passages_have_no_copies() -> None:
    none: list[StoredChunk] = []
    assert distinct(none) == []
