import pytest

from embeddings.documents.readers.numerals import numeral


@pytest.mark.parametrize(
    ("number", "style", "label"),
    [
        (4, "1", "4"),
        (4, "01", "04"),
        (1, "a", "a"),
        (26, "a", "z"),
        (27, "A", "AA"),
        (4, "i", "iv"),
        (1994, "I", "MCMXCIV"),
        (0, "i", "0"),
        (0, "a", "0"),
    ],
)
def test_numerals(number: int, style: str, label: str) -> None:
    assert numeral(number, style) == label
