import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents.readers.csv import CsvReader
from embeddings.documents.readers.format_reader import Extracted
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.blocks_of import blocks_of, words_of

LONG = "The harbour office raised the fare in April. " * 6


def read(text: str | bytes, name: str = "a.csv") -> list[Extracted]:
    return CsvReader().read(text if isinstance(text, bytes) else text.encode(), name)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_has_its_header_and_rows(delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [["Ticket", "Price"], ['Adult, one way; "A"', "48,50"], ["Child\nor dog", "20"]]
    )
    (article,) = read(out.getvalue())
    assert blocks_of(article) == [
        ("table header", "Ticket | Price"),
        ("table row", 'Adult, one way; "A" | 48,50'),
        ("table row", "Child or dog | 20"),
    ]
    header = article.blocks[0]
    assert [article.text[start:end] for start, end in header.cells] == ["Ticket", "Price"]


@pytest.mark.parametrize("text", ["1,2,3\n4,5,6\n", "2024,5\n2025,6\n", "a,a\nb,c\n", "only\nwords\n"])
def test_rows_without_names_of_columns_are_all_rows(text: str) -> None:
    assert {kind for kind, _ in blocks_of(read(text)[0])} == {"table row"}


def test_rows_with_texts_are_articles() -> None:
    out = io.StringIO()
    csv.writer(out).writerows(
        [
            ["id", "Title", "date", "author", "body", "section"],
            ["7", "Ferry", "2026-03-02", "Ann Lee", f"{LONG}\n\nA second paragraph.", "News"],
            ["8", "Otter", "", "", LONG, ""],
        ]
    )
    first, second = read(out.getvalue())
    assert (first.member, first.title, first.date, first.author) == ("7", "Ferry", "2026-03-02", "Ann Lee")
    assert blocks_of(first) == [
        ("title", "Ferry"),
        ("field", "id: 7"),
        ("field", "date: 2026-03-02"),
        ("field", "author: Ann Lee"),
        ("field", "section: News"),
        ("paragraph", LONG.strip()),
        ("paragraph", "A second paragraph."),
    ]
    assert second.member == "8"


def test_several_texts_stand_under_the_names_of_their_columns() -> None:
    (article,) = read(f"question,answer\n{LONG},{LONG}\n")
    assert words_of(article, "heading") == ["question", "answer"]
    assert article.member == "row 2"


def test_the_delimiter_that_excel_states_is_taken() -> None:
    assert words_of(read("sep=;\nTicket;Price\nA, B;1,5\n")[0], "table row") == ["A, B | 1,5"]


def test_encodings() -> None:
    text = "Билет;Цена\n" + "Взрослый билет туда и обратно;сорок восемь крон\n" * 5
    assert words_of(read(text.encode("utf-16"))[0], "table header") == ["Билет | Цена"]
    assert words_of(read(text.encode("cp1251"))[0], "table header") == ["Билет | Цена"]


def test_a_quote_that_does_not_end_loses_nothing() -> None:
    assert "Child" in read('Ticket,Price\n"Adult,48\nChild,20\n')[0].text


@pytest.mark.parametrize("data", [b"", b" \n", b",,\n,,\n", b"\x00\x01"])
def test_files_without_text_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"^a\.csv "):
        read(data)


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="cells"):
        read("a," * 3_000 + "\n" + "b\n" * 1_000)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["", "a", "b c", "1", "x,y", 'q"', "é", "n\nm"]), min_size=2, max_size=4)))
def test_every_value_is_in_the_text(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    try:
        articles = read(out.getvalue())
    except UnreadableFile:
        assert not any(value for row in rows for value in row)
        return
    text = "".join(word for article in articles for _, word in blocks_of(article))
    assert all(" ".join(value.split()) in text for row in rows for value in row)
