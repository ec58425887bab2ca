import pytest

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.odt import OdtReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.office_files import GUIDE, blocks_of, cells_of, pandoc, texts_of, zip_of

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {"office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style", "fo": "xsl-fo-compatible"}.items()
)  # fmt: skip


def odt_of(body: str, styles: str = "", more: dict[str, str] | None = None) -> bytes:
    content = f"<office:document-content {_NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
    content += f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return zip_of({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **(more or {})})


def read(data: bytes) -> Extracted:
    (extracted,) = OdtReader().read(data, "a.odt")
    return extracted


def test_a_document_written_by_pandoc() -> None:
    extracted = read(pandoc(GUIDE, "odt"))
    assert extracted.title == "The harbour guide"
    assert extracted.author == "Ada Lovelace"
    assert extracted.date is not None
    assert blocks_of(extracted)[:16] == [
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


def test_formulas_are_written_in_a_line() -> None:
    assert "x^2+a/b" in read(pandoc("So $x^2 + \\frac{a}{b}$ holds.", "odt")).text


def test_deletions_comments_and_hidden_text_are_left_out() -> None:
    body = "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    body += '<text:p>The <text:span text:style-name="T1">hidden </text:span>fare<text:change/>'
    body += "<office:annotation><text:p>remark</text:p></office:annotation> is<text:s text:c='2'/>45<text:tab/>euros.</text:p>"
    body += '<text:section text:display="none"><text:p>secret</text:p></text:section>'
    style = (
        '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    assert read(odt_of(body, style)).text == "The fare is  45\teuros."


def test_merged_cells_header_rows_and_notes() -> None:
    def cell(words: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{words}</text:p></table:table-cell>"

    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>In 2024.</text:p></text:note-body></text:note>"
    head = f"<table:table-header-rows><table:table-row>{cell('Who')}{cell('Fare')}{cell('Day')}</table:table-row></table:table-header-rows>"
    spanned = cell("Adult", "table:number-rows-spanned='2'")
    first = f"<table:table-row>{spanned}{cell('48' + note)}{cell('Monday')}</table:table-row>"
    second = f"<table:table-row><table:covered-table-cell/>{cell('52')}{cell('Sunday')}</table:table-row>"
    extracted = read(odt_of(f"<table:table>{head}{first}{second}</table:table>"))
    assert cells_of(extracted) == [["Who", "Fare", "Day"], ["Adult", "48", "Monday"], ["Adult", "52", "Sunday"]]
    assert extracted.blocks[0].kind is Kind.TABLE_HEADER
    assert texts_of(extracted)[-1] == "In 2024."


def test_headings_and_lists_have_the_numbers_that_are_shown() -> None:
    outline = (
        '<text:outline-style><text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="a" text:display-levels="2"/></text:outline-style>'
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="I" style:num-suffix=")"/></text:list-style>'
    )
    body = '<text:h text:outline-level="1">One</text:h><text:h text:outline-level="2">Deep</text:h><text:h text:outline-level="1">Two</text:h>'
    items = "<text:list-item><text:p>a</text:p><text:p>more</text:p></text:list-item><text:list-item><text:p>b</text:p></text:list-item>"
    body += f'<text:list text:style-name="L">{items}</text:list><text:p>between</text:p>'
    body += '<text:list text:style-name="L" text:continue-numbering="true"><text:list-item><text:p>c</text:p></text:list-item></text:list>'
    body += '<text:list text:style-name="L"><text:list-item><text:p>d</text:p></text:list-item></text:list>'
    assert texts_of(read(odt_of(body, outline))) == [
        "1. One", "1.a Deep", "2. Two", "I) a", "more", "II) b", "between", "III) c", "I) d",
    ]  # fmt: skip


def test_text_boxes_contents_and_running_heads() -> None:
    body = "<text:table-of-content><text:index-body><text:p>One 3</text:p></text:index-body></text:table-of-content>"
    body += "<text:p>Words.<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame></text:p>"
    styles = f"<office:document-styles {_NAMESPACES}><office:master-styles><style:master-page><style:footer><text:p>Page 1</text:p></style:footer>"
    styles += "</style:master-page></office:master-styles></office:document-styles>"
    assert blocks_of(read(odt_of(body, more={"styles.xml": styles}))) == [
        (Kind.BOILERPLATE, "One 3"),
        (Kind.PARAGRAPH, "Words."),
        (Kind.PARAGRAPH, "In a box."),
        (Kind.BOILERPLATE, "Page 1"),
    ]


def test_an_encrypted_empty_or_truncated_file() -> None:
    manifest = '<m:manifest xmlns:m="urn:x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    with pytest.raises(UnreadableFile, match="protected by a password"):
        read(zip_of({"META-INF/manifest.xml": manifest, "content.xml": b"\x00\x01"}))
    with pytest.raises(UnreadableFile, match="has no text"):
        read(odt_of("<text:p> </text:p>"))
    with pytest.raises(UnreadableFile, match="no OpenDocument text"):
        read(zip_of({"content.xml": "<a/>"}))
    data = pandoc(GUIDE, "odt")
    for length in range(0, len(data), 997):
        with pytest.raises(UnreadableFile):
            read(data[:length])
