from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.blocks import Kind
from embeddings.documents.text_builder import TextBuilder


def words_of(builder: TextBuilder) -> list[str]:
    return [builder.text[block.start : block.end] for block in builder.blocks]


def test_blocks_are_separated_by_blank_lines_and_rows_and_items_by_line_breaks() -> None:
    builder = TextBuilder()
    builder.add(Kind.HEADING, " Prices ", level=2)
    builder.add(Kind.LIST_ITEM, "adults", level=1)
    builder.add(Kind.LIST_ITEM, "children", level=1)
    builder.add(Kind.PARAGRAPH, "  ")
    builder.add_row(["Ticket", "Price"], header=True)
    builder.add_row(["Adult", "48"])
    builder.add_row(["", " "])
    builder.add_row(["A new", "table"], first=True)
    assert builder.text == "Prices\n\nadults\nchildren\n\nTicket | Price\nAdult | 48\n\nA new | table"
    assert words_of(builder) == ["Prices", "adults", "children", "Ticket | Price", "Adult | 48", "A new | table"]


def test_pages_begin_with_their_first_block() -> None:
    builder = TextBuilder()
    builder.start_page()
    builder.add(Kind.PARAGRAPH, "one")
    builder.start_page()
    builder.start_page()
    builder.add(Kind.PARAGRAPH, "three")
    assert builder.text == "one\n\nthree"
    assert builder.page_starts == [0, 5, 5]


@given(st.lists(st.lists(st.sampled_from(["", "a", "b c", " d\n e "]), min_size=1, max_size=4), max_size=6))
def test_cells_are_where_their_spans_say(rows: list[list[str]]) -> None:
    builder = TextBuilder()
    for row in rows:
        builder.add_row(row)
    found = [[builder.text[start:end] for start, end in block.cells] for block in builder.blocks]
    assert found == [[" ".join(cell.split()) for cell in row] for row in rows if any(map(str.strip, row))]
    for block in builder.blocks:
        assert all(block.start <= start <= end <= block.end for start, end in block.cells)
