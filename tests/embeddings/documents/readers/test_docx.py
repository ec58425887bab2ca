import pytest

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.docx import DocxReader
from embeddings.documents.readers.format_reader import Extracted
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.office_files import (
    GUIDE,
    blocks_of,
    cells_of,
    docx_of,
    pandoc,
    par,
    relationships,
    texts_of,
    zip_of,
)

STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Unter"><w:name w:val="Subtitle"/><w:basedOn w:val="Titel"/></w:style>
<w:style w:type="paragraph" w:styleId="Beschriftung"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Geheim"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="LoopA"><w:name w:val="A"/><w:basedOn w:val="LoopB"/></w:style>
<w:style w:type="paragraph" w:styleId="LoopB"><w:name w:val="B"/><w:basedOn w:val="LoopA"/></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Article %1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num>
"""


def read(data: bytes) -> Extracted:
    (extracted,) = DocxReader().read(data, "a.docx")
    return extracted


def item(list_id: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def cell(*content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(part if part.startswith('<') else par(part) for part in content)}</w:tc>"


def table(*rows: str, properties: str = "") -> str:
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    content = "".join(part if part.startswith("<") else cell(part) for part in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{content}</w:tr>"


def test_a_document_written_by_pandoc() -> None:
    extracted = read(pandoc(GUIDE, "docx"))
    assert extracted.title == "The harbour guide"
    assert extracted.author == "Ada Lovelace"
    assert extracted.date is not None
    assert blocks_of(extracted) == [
        (Kind.TITLE, "The harbour guide"),
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
        (Kind.QUOTATION, "Never late."),
        (Kind.CODE, "harbour --open"),
    ]
    levels = [block.level for block in extracted.blocks if block.kind in (Kind.HEADING, Kind.LIST_ITEM)]
    assert levels == [1, 1, 1, 2, 1, 2, 2]


def test_styles_are_known_by_their_built_in_names_and_what_they_are_based_on() -> None:
    body = par("Der Hafen", style="Titel") + par("Ein Führer", style="Unter") + par("Fähren", style="Kapitel")
    body += par("Fähren 3", style="Verzeichnis1") + par("Tabelle 1", style="Beschriftung") + par("Text", style="LoopA")
    extracted = read(docx_of(body, styles=STYLES))
    kinds = [Kind.TITLE, Kind.PARAGRAPH, Kind.HEADING, Kind.BOILERPLATE, Kind.CAPTION, Kind.PARAGRAPH]
    assert [block.kind for block in extracted.blocks] == kinds
    assert extracted.title == "Der Hafen"


def test_insertions_are_kept_and_deletions_and_hidden_words_left_out() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden </w:t></w:r>"
    styled = '<w:r><w:rPr><w:rStyle w:val="Geheim"/></w:rPr><w:t>secret </w:t></w:r>'
    shown = '<w:r><w:rPr><w:rStyle w:val="Geheim"/><w:vanish w:val="0"/></w:rPr><w:t>seen </w:t></w:r>'
    changed = "<w:del><w:r><w:delText>40</w:delText></w:r></w:del><w:ins><w:r><w:t>45</w:t></w:r></w:ins>"
    moved = "<w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t> come</w:t></w:r></w:moveTo>"
    joined = par("The fare ", properties="<w:rPr><w:del/></w:rPr>") + par("is ", hidden, styled, shown, changed, moved)
    deleted_row = row("no", "1", properties="<w:del/>")
    extracted = read(docx_of(joined + table(row("yes", "2"), deleted_row), styles=STYLES))
    assert texts_of(extracted) == ["The fare is seen 45 come", "yes | 2"]


def test_the_numbers_of_lists_and_headings_are_those_that_word_shows() -> None:
    body = par("Scope", style="berschrift1", properties=item(1)) + par("boats", properties=item(1, 1))
    body += par("trains", properties=item(1, 1)) + par("Fares", properties=item(1)) + par("late", properties=item(1, 1))
    body += par("Later", properties=item(2)) + par("bullet", properties=item(3)) + par("none", properties=item(0))
    extracted = read(docx_of(body, styles=STYLES, numbering=NUMBERING))
    assert texts_of(extracted) == [
        "Article 1. Scope", "1.a) boats", "1.b) trains", "Article 2. Fares", "2.a) late", "Article 5. Later", "bullet", "none",
    ]  # fmt: skip
    assert extracted.blocks[0].kind is Kind.HEADING
    assert extracted.blocks[-1].kind is Kind.PARAGRAPH


def test_of_fields_only_the_result_is_read() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    nested = (
        mark("begin")
        + "<w:r><w:instrText>DATE</w:instrText></w:r>"
        + mark("separate")
        + "<w:r><w:t>x</w:t></w:r>"
        + mark("end")
    )
    field = (
        mark("begin")
        + "<w:r><w:instrText>IF</w:instrText></w:r>"
        + nested
        + mark("separate")
        + "<w:r><w:t>5 May</w:t></w:r>"
    )
    link = "<w:hyperlink><w:r><w:t>here</w:t></w:r></w:hyperlink>"
    simple = '<w:fldSimple w:instr="PAGE"><w:r><w:t>7</w:t></w:r></w:fldSimple>'
    extracted = read(docx_of(par("On ", field, mark("end"), " see ", link, ", page ", simple)))
    assert extracted.text == "On 5 May see here, page 7"


def test_notes_follow_their_paragraph_list_or_table() -> None:
    def note(number: int, kind: str = "footnote") -> str:
        return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'

    def entry(number: int, words: str, kind: str = "footnote") -> str:
        return f'<w:{kind} w:id="{number}">{par("<w:r><w:footnoteRef/></w:r>", words)}</w:{kind}>'

    body = (
        par("It costs 45", note(1), " euros.")
        + par("Next.")
        + par("one", note(2), properties=item(3))
        + par("two", properties=item(3))
    )
    body += table(row("Adult", cell(par("48", note(3, "endnote")))), row("Child", "12"))
    extracted = read(docx_of(
        body,
        numbering=NUMBERING,
        footnotes=entry(1, "In 2024.") + entry(2, "First."),
        endnotes=entry(3, "Peak.", "endnote"),
    ))  # fmt: skip
    assert texts_of(extracted) == [
        "It costs 45 euros.", "In 2024.", "Next.", "one", "two", "First.", "Adult | 48", "Child | 12", "Peak.",
    ]  # fmt: skip


def test_a_note_that_refers_to_itself_is_read_once() -> None:
    note = '<w:footnote w:id="1">' + par("Again", '<w:r><w:footnoteReference w:id="1"/></w:r>') + "</w:footnote>"
    extracted = read(docx_of(par("a", '<w:r><w:footnoteReference w:id="1"/></w:r>'), footnotes=note))
    assert texts_of(extracted) == ["a", "Again"]


def test_merged_cells_are_repeated_in_each_row_and_keep_their_columns() -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    extracted = read(docx_of(table(
        row(cell("Fares", properties='<w:gridSpan w:val="2"/>'), "Day"),
        row(cell("Adult", properties=down), "48", "Monday"),
        row(cell("", properties=on), "52", "Sunday"),
        row("Child", "12", "any"),
        properties='<w:tblStyle w:val="Grid"/>',
    )))  # fmt: skip
    assert cells_of(extracted) == [
        ["Fares", "", "Day"],
        ["Adult", "48", "Monday"],
        ["Adult", "52", "Sunday"],
        ["Child", "12", "any"],
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [row("Name", "City", properties="<w:tblHeader/>"), row("Ann", "Rome")],
        [row(*(cell(par(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{name}</w:t></w:r>")) for name in ("Name", "City"))), row("Ann", "Rome")],
        [row("Name", "Age"), row("Ann", "31"), row("Ben", "-")],
    ],
    ids=["marked", "bold", "words over numbers"],
)  # fmt: skip
def test_header_rows(rows: list[str]) -> None:
    kinds = [block.kind for block in read(docx_of(table(*rows))).blocks]
    assert kinds == [Kind.TABLE_HEADER] + [Kind.TABLE_ROW] * (len(rows) - 1)


def test_a_table_style_that_sets_the_first_row_apart_makes_it_a_header() -> None:
    style = '<w:style w:type="table" w:styleId="Blue"><w:name w:val="Blue"/><w:tblStylePr w:type="firstRow"/></w:style>'
    look = '<w:tblStyle w:val="Blue"/><w:tblLook w:firstRow="{}"/>'
    rows = row("Name", "City"), row("Ann", "Rome")
    assert read(docx_of(table(*rows, properties=look.format(1)), styles=style)).blocks[0].kind is Kind.TABLE_HEADER
    assert read(docx_of(table(*rows, properties=look.format(0)), styles=style)).blocks[0].kind is Kind.TABLE_ROW


def test_tables_in_cells_and_tables_that_lay_out_a_page() -> None:
    inner = table(row("Seat", "Fare"), row("A", "5"))
    extracted = read(docx_of(table(row("left", cell("words", inner)), row("right", "more"))))
    assert texts_of(extracted) == ["left | words", "right | more", "Seat | Fare", "A | 5"]
    page = table(row(cell(par("Contents", style="berschrift1"), par("Words.")), cell(inner)))
    extracted = read(docx_of(page, styles=STYLES))
    assert blocks_of(extracted)[:3] == [
        (Kind.HEADING, "Contents"),
        (Kind.PARAGRAPH, "Words."),
        (Kind.TABLE_HEADER, "Seat | Fare"),
    ]
    assert blocks_of(read(docx_of(table(row("A note in a frame."))))) == [(Kind.PARAGRAPH, "A note in a frame.")]


def test_text_boxes_headers_and_special_characters() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{par('In a box.')}</w:txbxContent>"
    shape = f"<w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    special = '<w:r><w:t>so\u00adft\u200b a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:tab/><w:sym w:font="Symbol" w:char="F0B0"/><w:br/><w:t>e\u0301</w:t></w:r>'
    extracted = read(docx_of(par(special, shape) + par("After."), header=par("Letterhead"), footer=par("Page 1")))
    assert blocks_of(extracted) == [
        (Kind.PARAGRAPH, "soft a\u2011b\t°\né"),
        (Kind.PARAGRAPH, "In a box."),
        (Kind.PARAGRAPH, "After."),
        (Kind.BOILERPLATE, "Letterhead"),
        (Kind.BOILERPLATE, "Page 1"),
    ]


def test_the_strict_format_of_the_same_document() -> None:
    data = zip_of({
        "_rels/.rels": relationships(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>'
        + par("Strict.").replace('xml:space="preserve"', "")
        + "</w:body></w:document>",
    })  # fmt: skip
    assert read(data).text == "Strict."


def test_a_file_without_text_or_of_another_kind() -> None:
    with pytest.raises(UnreadableFile, match="has no text"):
        read(docx_of(par("")))
    with pytest.raises(UnreadableFile, match="no Word document in it"):
        read(zip_of({"a.txt": "words"}))


def test_a_truncated_document_is_damaged() -> None:
    data = pandoc(GUIDE, "docx")
    for length in range(0, len(data), 997):
        with pytest.raises(UnreadableFile):
            read(data[:length])


def test_numbers_of_any_length_in_attributes_are_no_error() -> None:
    body = par("a", properties=f'<w:outlineLvl w:val="{"9" * 5000}"/>' + item(1, 10**30))
    body += table(row(cell("b", properties=f'<w:gridSpan w:val="{10**8}"/>'), "c"))
    assert texts_of(read(docx_of(body, numbering=NUMBERING)))[0].endswith("a")


def test_a_short_bold_line_over_text_is_a_heading_below_the_last_one() -> None:
    def bold(words: str) -> str:
        return par(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{words}</w:t></w:r>")

    body = (
        par("Ferries", style="berschrift1")
        + bold("Winter fares")
        + par("All free.")
        + bold("Never late.")
        + par("Or so.")
    )
    body += bold("Ann") + bold("Director") + bold("at the end")
    extracted = read(docx_of(body, styles=STYLES))
    assert [
        (text, block.level)
        for block, text in zip(extracted.blocks, texts_of(extracted), strict=True)
        if block.kind is Kind.HEADING
    ] == [
        ("Ferries", 1),
        ("Winter fares", 2),
    ]


def test_a_field_that_is_never_closed_does_not_swallow_the_rest() -> None:
    opened = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>'
    assert texts_of(read(docx_of(par("a", opened) + par("b")))) == ["a", "b"]


def test_deep_nesting_is_refused() -> None:
    body = par("deep")
    for _ in range(80):
        body = table(row(cell(body), "x"))
    with pytest.raises(UnreadableFile, match="nested"):
        read(docx_of(body))
