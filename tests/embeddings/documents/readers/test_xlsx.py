import io
from datetime import datetime

import pytest
import xlsxwriter
from openpyxl import Workbook

from embeddings.documents.blocks import Kind
from embeddings.documents.readers import xlsx
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.xlsx import XlsxReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.office_files import blocks_of, cells_of, texts_of, zip_of


def read(data: bytes) -> Extracted:
    (extracted,) = XlsxReader().read(data, "a.xlsx")
    return extracted


def written(*sheets: list[list[object]], merged: str = "") -> bytes:
    """Return a workbook written by XlsxWriter; a cell is a value, or a value and its number format."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    workbook.set_properties({"title": "Fares", "author": "Ann", "created": datetime(2024, 3, 5)})
    for rows in sheets:
        sheet = workbook.add_worksheet()
        for n, row in enumerate(rows):
            for m, cell in enumerate(row):
                value, number_format = cell if isinstance(cell, tuple) else (cell, None)
                if value is not None:
                    sheet.write(
                        n, m, value, workbook.add_format({"num_format": number_format}) if number_format else None
                    )
        if merged:
            sheet.merge_range(merged, "Adult")
    workbook.close()
    return stream.getvalue()


def test_sheets_are_pages_with_the_cells_as_they_are_shown() -> None:
    fares: list[list[object]] = [
        ["Ticket", "Price", "From"],
        ["Adult", (48.5, "#,##0.00 €"), (datetime(2024, 3, 5), "d mmmm yyyy")],
        ["Child", (0.125, "0.0%"), 12],
    ]
    extracted = read(written(fares, [["only words"]]))
    assert (extracted.title, extracted.author, extracted.date) == ("Fares", "Ann", "2024-03-05")
    assert blocks_of(extracted) == [
        (Kind.HEADING, "Sheet1"),
        (Kind.TABLE_HEADER, "Ticket | Price | From"),
        (Kind.TABLE_ROW, "Adult | 48.50 € | 5 March 2024"),
        (Kind.TABLE_ROW, "Child | 12.5% | 12"),
        (Kind.HEADING, "Sheet2"),
        (Kind.PARAGRAPH, "only words"),
    ]
    assert [extracted.text[start : start + 6] for start in extracted.page_starts] == ["Sheet1", "Sheet2"]


def test_empty_rows_and_columns_are_trimmed_and_lone_cells_above_a_table_are_captions() -> None:
    rows: list[list[object]] = [
        [],
        [None, "Fares 2024"],
        [],
        [None, "in euros"],
        [None, "Who", None, "Fare"],
        [None, "Adult", None, 48],
        [],
    ]
    rows += [[None, "Child", None, 12], [], [None, "Valid until May."]]
    extracted = read(written(rows))
    assert blocks_of(extracted) == [
        (Kind.HEADING, "Sheet1"),
        (Kind.PARAGRAPH, "Fares 2024"),
        (Kind.CAPTION, "in euros"),
        (Kind.TABLE_HEADER, "Who | Fare"),
        (Kind.TABLE_ROW, "Adult | 48"),
        (Kind.TABLE_ROW, "Child | 12"),
        (Kind.PARAGRAPH, "Valid until May."),
    ]


def test_two_rows_of_headers() -> None:
    rows: list[list[object]] = [
        ["", "2023", None, "2024", None],
        ["Pier", "Boats", "Guests", "Boats", "Guests"],
        ["A", 4, 40, 5, 50],
    ]
    extracted = read(written(rows))
    kinds = [block.kind for block in extracted.blocks]
    assert kinds == [Kind.HEADING, Kind.TABLE_HEADER, Kind.TABLE_HEADER, Kind.TABLE_ROW]
    assert cells_of(extracted)[-1] == ["A", "4", "40", "5", "50"]


def test_a_table_of_words_has_a_header_in_a_workbook() -> None:
    extracted = read(written([["Name", "City"], ["Ann", "Rome"], ["Ben", "Oslo"]]))
    assert extracted.blocks[1].kind is Kind.TABLE_HEADER


def test_a_cell_merged_over_rows_is_repeated_in_each() -> None:
    extracted = read(written([["Who", "Fare"], [None, 48], [None, 52], ["Child", 12]], merged="A2:A3"))
    assert cells_of(extracted) == [["Who", "Fare"], ["Adult", "48"], ["Adult", "52"], ["Child", "12"]]


def test_formulas_are_read_as_their_values_and_hidden_sheets_and_comments_not_at_all() -> None:
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    sheet = workbook.add_worksheet("Sums")
    sheet.write_formula("A1", "=1+1", None, 2)
    sheet.write_string("B1", "two")
    sheet.write_comment("B1", "a remark")
    sheet.insert_textbox("D4", "In a box.")
    hidden = workbook.add_worksheet("Lists")
    hidden.write("A1", "secret")
    hidden.hide()
    workbook.close()
    assert texts_of(read(stream.getvalue())) == ["Sums", "2 | two", "In a box."]


def test_a_cell_far_away_costs_nothing_and_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = Workbook()
    sheet = workbook.create_sheet("Wide", 0)
    sheet["XFD200000"] = "far"
    sheet["A1"] = "near"
    stream = io.BytesIO()
    workbook.save(stream)
    assert texts_of(read(stream.getvalue())) == ["Wide", "near", "far", "Sheet"]
    monkeypatch.setattr(xlsx, "MAX_CELLS", 10)
    with pytest.raises(UnreadableFile, match="more than 10 cells"):
        read(written([[n] * 3 for n in range(4)]))
    monkeypatch.setattr(xlsx, "MAX_CHARACTERS", 999)
    with pytest.raises(UnreadableFile, match="999 characters"):
        read(written([["a" * 500], ["a" * 500]]))


def test_a_file_without_text_damaged_or_hostile() -> None:
    with pytest.raises(UnreadableFile, match="has no text"):
        read(written([]))
    with pytest.raises(UnreadableFile, match="no workbook in it"):
        read(zip_of({"a": ""}))
    with pytest.raises(UnreadableFile, match="declares XML entities"):
        read(zip_of({"xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}))
    data = written([["a", 1], ["b", 2]])
    for length in range(0, len(data), 97):
        with pytest.raises(UnreadableFile):
            read(data[:length])
