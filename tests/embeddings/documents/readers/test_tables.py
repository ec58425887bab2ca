from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.readers.tables import Cell, add_table, header_count, is_number, spread
from embeddings.documents.text_builder import TextBuilder


def grid_of(*rows: Sequence[str]) -> list[list[Cell]]:
    return [[Cell(words.strip("*"), bold=words.startswith("*")) for words in row] for row in rows]


@pytest.mark.parametrize(
    ("rows", "headers"),
    [
        ([["Who", "Fare"], ["Adult", "48"]], 1),
        ([["", "2023", "2024"], ["Boats", "4", "5"]], 1),
        ([["City", "2023"], ["Rome", "4"]], 1),
        ([["*Name", "*City"], ["Ann", "Rome"]], 1),
        ([["", "2023", ""], ["Pier", "Boats", "Guests"], ["A", "4", "40"]], 0),
        ([["", "North", "", "South"], ["Pier", "Boats", "Guests", "Boats"], ["A", "4", "40", "5"]], 2),
        ([["Adult", "48"], ["Child", "12"]], 0),
        ([["Ann", "Rome"], ["Ben", "Oslo"]], 0),
        ([["*Ann", "*Rome"], ["*Ben", "*Oslo"]], 0),
        ([["Rome", "1999"], ["Oslo", "2001"]], 0),
        ([["Who", "Fare"]], 0),
        ([], 0),
    ],
)
def test_header_rows_are_recognized_by_structure(rows: list[list[str]], headers: int) -> None:
    assert header_count(grid_of(*rows)) == headers


@pytest.mark.parametrize(
    "words",
    ["48", "48.50 €", "€48", "1 234,5", "-3", "−3 °C", "12%", "USD 12", "5 kg", "2024-03-05", "12:30", "5–7", "(5)"],
)
def test_numbers(words: str) -> None:
    assert is_number(words)


@pytest.mark.parametrize("words", ["", "Price", "4th of July street", "Q1 2024", "A4", "-"])
def test_words_are_no_numbers(words: str) -> None:
    assert not is_number(words)


def test_a_long_merged_cell_stands_in_its_first_row_only() -> None:
    grid = spread([[Cell("label", rows=2), Cell("long " * 50, rows=2), Cell("a")], [Cell("b")]])
    assert [[cell.text for cell in row] for row in grid] == [["label", "long " * 50, "a"], ["label", "", "b"]]


@given(st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=4), max_size=5))
def test_merged_cells_are_spread_over_any_grid(rows: list[list[tuple[int, int]]]) -> None:
    table = [[Cell(f"{n}.{m}", columns=a, rows=b) for m, (a, b) in enumerate(row)] for n, row in enumerate(rows)]
    grid = spread(table)
    assert len(grid) == len(rows)
    for n, row in enumerate(table):
        assert [cell.text for cell in row] == [cell.text for cell in grid[n] if cell.text.startswith(f"{n}.")]
    add_table(TextBuilder(), table)
