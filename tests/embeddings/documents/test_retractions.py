import pytest

from embeddings.documents.retractions import retracts
from tests.embeddings.documents.structure import units


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("That is wrong.", True),
        ("This was an error.", True),
        ("The figure is not correct.", True),
        ("It turned out to be false.", True),
        ("That is a long way.", False),
        ("This was a mistake of the mayor, who had trusted the old map of the harbour office.", False),
        ("The bridge is wrong for carts.", False),
    ],
)
def test_a_sentence_that_takes_back_the_one_before(sentence: str, expected: bool) -> None:
    assert retracts(sentence) == expected


def test_what_is_taken_back_is_one_unit_with_the_sentence_that_does() -> None:
    text = "On Monday we wrote that the pier had cost 3 million. That is wrong. It cost 2 million."
    assert units(text) == ["On Monday we wrote that the pier had cost 3 million. That is wrong.", "It cost 2 million."]
