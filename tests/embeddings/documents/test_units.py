import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.blocks import Block, Kind, Skip
from embeddings.documents.units import Part, Unit, cuts, parts_of, row_unit, shown_words, unit_of

TABLE = "Hut | *Price*\nRed | 20 crowns\nBlue | "
HEADER = Block(Kind.TABLE_HEADER, 0, 13, cells=((0, 3), (6, 13)), skips=((6, 7, ""), (12, 13, "")))
RED = Block(Kind.TABLE_ROW, 14, 29, cells=((14, 17), (20, 29)))
BLUE = Block(Kind.TABLE_ROW, 30, 36, cells=((30, 34), (37, 37)))


@st.composite
def texts_with_skips(draw: st.DrawFn) -> tuple[str, int, int, list[Skip]]:
    """Return a text, a stretch of it, and skips inside the stretch."""
    text = draw(st.text("ab c\n*é👍", min_size=1, max_size=40))
    edges = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=10)))
    start, *inner, end = edges
    pairs = zip(inner[::2], inner[1::2], strict=False)
    return text, start, end, [(a, b, draw(st.sampled_from(["", " ", "&"]))) for a, b in pairs]


@given(texts_with_skips())
def test_parts_are_the_text_with_each_skip_replaced(made: tuple[str, int, int, list[Skip]]) -> None:
    text, start, end, skips = made
    expected, position = "", start
    for first, last, replacement in skips:
        expected += text[position:first] + (replacement if first < end else "")
        position = last
    parts = parts_of(text, start, end, skips)
    assert "".join(part.words for part in parts) == expected + text[position:end]
    assert all(part.words == text[slice(*part.span)] for part in parts if part.span)


@given(texts_with_skips(), st.data())
def test_cuts_are_stretches_of_what_is_read(made: tuple[str, int, int, list[Skip]], data: st.DataObject) -> None:
    text, start, end, skips = made
    parts = parts_of(text, start, end, skips)
    read = "".join(part.words for part in parts)
    edges = sorted(data.draw(st.lists(st.integers(0, len(read)), min_size=2, max_size=8)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    found = list(cuts(parts, spans))
    assert ["".join(part.words for part in own) for own in found] == [read[first:last] for first, last in spans]
    assert all(part.words == text[slice(*part.span)] for own in found for part in own if part.span)


def test_an_empty_skip_adds_words() -> None:
    assert parts_of("2024", 0, 4, [(0, 0, "Published: ")]) == (Part("Published: ", None), Part("2024", (0, 4)))


def test_skips_outside_the_stretch_are_ignored() -> None:
    assert parts_of("*a* b *c*", 4, 5, [(0, 1, ""), (2, 3, ""), (6, 7, "x"), (8, 9, "")]) == (Part("b", (4, 5)),)


def test_a_unit_reaches_from_its_first_to_its_last_words() -> None:
    unit = unit_of((Part(" ", (0, 1)), Part("a", (1, 2)), Part("&", None), Part("b", (7, 8)), Part("\n", (8, 9))))
    assert unit
    assert (unit.start, unit.end) == (1, 8)


def test_words_of_our_own_alone_are_no_unit() -> None:
    assert unit_of((Part("Published: ", None), Part(" ", (3, 4)))) is None


def test_a_row_is_read_with_the_names_of_its_columns() -> None:
    unit = row_unit(TABLE, RED, HEADER)
    assert unit
    assert unit.text == "Hut: Red; Price: 20 crowns"
    assert (TABLE[unit.start : unit.end], unit.is_apart, unit.is_row) == ("Red | 20 crowns", True, True)


def test_an_empty_cell_is_not_read() -> None:
    unit = row_unit(TABLE, BLUE, HEADER)
    assert unit
    assert unit.text == "Hut: Blue"
    assert unit.is_row


def test_a_row_without_header_is_read_cell_by_cell() -> None:
    unit = row_unit(TABLE, RED, None)
    assert unit
    assert unit.text == "Red; 20 crowns"


def test_a_row_without_words_is_no_unit() -> None:
    assert row_unit(" | ", Block(Kind.TABLE_ROW, 0, 3, cells=((0, 0), (3, 3))), None) is None


def test_the_names_of_columns_are_read_with_a_row_but_not_quoted() -> None:
    unit = row_unit(TABLE, RED, HEADER)
    assert unit
    assert [part.words for part in unit.parts if unit.is_inside(part)] == ["Red", "20 crowns"]


@pytest.mark.parametrize(
    ("words", "asks"), [("Who?", True), ("“Who?”", True), ("**Who?**", True), ("谁？", True), ("Who? Ann.", False)]
)
def test_a_question_ends_with_its_mark(words: str, asks: bool) -> None:
    assert Unit(0, len(words), (Part(words, (0, len(words))),)).is_question == asks


def test_shown_words_are_in_one_line_without_markup() -> None:
    text = "See the\n[map](x) of it."
    unit = unit_of(parts_of(text, 0, len(text), [(8, 9, ""), (12, 16, "")]))
    assert unit
    assert shown_words(unit, 0, len(text)) == "See the map of it."
    assert shown_words(unit, 4, 12) == "the map"
    assert shown_words(unit, 12, 16) == ""


def test_shown_cells_are_separated() -> None:
    unit = row_unit(TABLE, RED, HEADER)
    assert unit
    assert shown_words(unit, unit.start, unit.end) == "Red | 20 crowns"
    assert shown_words(unit, 20, 22) == "20"
