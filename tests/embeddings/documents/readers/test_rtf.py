import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.rtf import RtfReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.office_files import GUIDE, blocks_of, cells_of, pandoc, texts_of

_HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset204{\*\falt x}Arial Cyr;}{\f2\fcharset2 Symbol;}{\f3\fcharset128 MS Gothic;}}"
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 Title;}{\*\cs3 Strong;}}"
    r"{\info{\title The \'e9tude}{\author Ann}{\creatim\yr2024\mo3\dy5\hr1}}"
)


def rtf_of(body: str) -> bytes:
    return (_HEAD + body + "}").encode("latin-1")


def read(data: bytes) -> Extracted:
    (extracted,) = RtfReader().read(data, "a.rtf")
    return extracted


def test_a_document_written_by_pandoc() -> None:
    assert blocks_of(read(pandoc(GUIDE, "rtf"))) == [
        (Kind.PARAGRAPH, "The harbour guide"),
        (Kind.PARAGRAPH, "Ada Lovelace"),
        (Kind.HEADING, "Ferries"),
        (Kind.PARAGRAPH, "Boats leave from pier 4. See the timetable."),
        (Kind.PARAGRAPH, "On Sundays from pier 5."),
        (Kind.LIST_ITEM, "1. Buy a ticket"),
        (Kind.LIST_ITEM, "2. Board"),
        (Kind.LIST_ITEM, "a. Show it"),
        (Kind.LIST_ITEM, "by day"),
        (Kind.LIST_ITEM, "by night"),
        (Kind.HEADING, "Prices"),
        (Kind.TABLE_HEADER, "Ticket | Price | Note"),
        (Kind.TABLE_ROW, "Adult | 48.50 | «peak»"),
        (Kind.TABLE_ROW, "Child | 12 | none"),
        (Kind.PARAGRAPH, "Never late."),
        (Kind.PARAGRAPH, "harbour --open"),
    ]


def test_properties_and_styles() -> None:
    extracted = read(rtf_of(r"\pard\s2 The harbour\par\pard\s1 Ferries\par\pard\s0 Words.\par"))
    assert (extracted.title, extracted.author, extracted.date) == ("The harbour", "Ann", "2024-03-05")
    assert [block.kind for block in extracted.blocks] == [Kind.TITLE, Kind.HEADING, Kind.PARAGRAPH]
    assert read(rtf_of("words")).title == "The étude"


def test_characters_of_code_pages_fonts_and_unicode() -> None:
    body = r"caf\'e9 \u8364\'80 {\f1\'cf\'f0} {\f2\'b0} {\f3\'82\'a0} \u-10179?\u-8704? \ldblquote x\rdblquote \~y\-z {\uc0\u233}q \endash"
    assert read(rtf_of(body)).text == "café € Пр ° あ 😀 “x”\u00a0yz éq –"


def test_deleted_and_hidden_words_comments_and_field_codes_are_left_out() -> None:
    body = r"The {\deleted 40 }{\revised 45 }{\v hidden}\v more\v0 {\*\annotation remark}{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}{\*\unknown no}{\pict 00ff}{\object{\*\objdata 01}{\result shown}}"
    assert read(rtf_of(body)).text == "The 45 linkshown"


def test_notes_text_boxes_and_running_heads() -> None:
    body = r"{\header Head\par}Costs 45{\super\chftn}{\footnote\pard\plain {\super\chftn} In 2024.} euros.{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt Boxed.\par}}{\shprslt no}}\par Next.\par"
    assert blocks_of(read(rtf_of(body))) == [
        (Kind.PARAGRAPH, "Costs 45 euros."),
        (Kind.PARAGRAPH, "In 2024."),
        (Kind.PARAGRAPH, "Boxed."),
        (Kind.PARAGRAPH, "Next."),
        (Kind.BOILERPLATE, "Head"),
    ]


def test_tables_and_lists() -> None:
    row = r"\trowd{}\cellx1{}\cellx2\cellx3\pard\intbl {}\cell {}\cell {}\cell\row "
    body = row.format(r"\trhdr", "", "Who", "Fare", "Day") + row.format(
        r"\clvmgf", "", "Adult", r"48\par net", "Monday"
    )
    body += (
        row.format(r"\clvmrg", "", "", "52", "Sunday")
        + r"\pard\ls1{\listtext 1.\tab}one\par\ilvl1{\listtext\f2\'b7\tab}deep\par"
    )
    extracted = read(rtf_of(body))
    assert cells_of(extracted) == [["Who", "Fare", "Day"], ["Adult", "48 net", "Monday"], ["Adult", "52", "Sunday"]]
    assert extracted.blocks[0].kind is Kind.TABLE_HEADER
    assert texts_of(extracted)[-2:] == ["1. one", "deep"]
    assert [block.level for block in extracted.blocks[-2:]] == [1, 2]


def test_binary_data_is_skipped() -> None:
    assert read(_HEAD.encode("latin-1") + b"a{\\pict\\bin4 }}}}}b}").text == "ab"


def test_a_file_without_text_of_another_kind_or_cut_off() -> None:
    with pytest.raises(UnreadableFile, match="has no text"):
        read(rtf_of(""))
    with pytest.raises(UnreadableFile, match="not Rich Text Format"):
        read(b"words")
    data = pandoc(GUIDE, "rtf")
    for length in range(0, len(data.rstrip()), 97):
        with pytest.raises(UnreadableFile):
            read(data[:length])


@given(st.lists(st.sampled_from(["{", "}", r"\row", r"\cell", r"\trowd\cellx1", r"\clvmrg", r"\intbl", r"\pard", r"\par", "a", r"\'82", r"\u-1",r"\u-10179", r"\uc9", r"\f3", r"{\footnote", r"{\fonttbl", r"{\*", r"{\header", r"{\info", r"\bin9", r"\s1", r"{\listtext"])))  # fmt: skip
def test_any_file_is_read_or_refused(pieces: list[str]) -> None:
    try:
        extracted = read(rtf_of(" ".join(pieces)))
    except UnreadableFile:
        return
    assert extracted.text.strip()
    extracted.text.encode("utf-8")
