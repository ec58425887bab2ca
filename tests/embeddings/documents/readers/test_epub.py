import pytest

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.epub import EpubReader
from embeddings.documents.readers.format_reader import Extracted
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.office_files import GUIDE, blocks_of, cells_of, pandoc, texts_of, zip_of

_CONTAINER = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'


def epub_of(*chapters: str | bytes, metadata: str = "", more: dict[str, str] | None = None, order: str = "") -> bytes:
    """Return a book; `order` are the chapters' numbers in the order of the spine."""
    items = "".join(
        f'<item id="c{n}" href="ch%20{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in order or "".join(map(str, range(len(chapters)))))
    package = f'<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
    package += f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    return zip_of({
        "META-INF/container.xml": _CONTAINER,
        "OEBPS/book.opf": package,
        **{f"OEBPS/ch {n}.xhtml": chapter for n, chapter in enumerate(chapters)},
        **(more or {}),
    })  # fmt: skip


def page(body: str) -> str:
    return f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head><body>{body}</body></html>'


def read(data: bytes) -> Extracted:
    (extracted,) = EpubReader().read(data, "a.epub")
    return extracted


def test_a_book_written_by_pandoc() -> None:
    extracted = read(pandoc(GUIDE, "epub"))
    assert extracted.title == "The harbour guide"
    assert extracted.author == "Ada Lovelace"
    assert blocks_of(extracted) == [
        (Kind.HEADING, "The harbour guide"),
        (Kind.PARAGRAPH, "Ada Lovelace"),
        (Kind.HEADING, "Ferries"),
        (Kind.PARAGRAPH, "Boats leave from pier 4. See the timetable."),
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
        (Kind.PARAGRAPH, "On Sundays from pier 5."),
    ]
    levels = [block.level for block in extracted.blocks if block.kind in (Kind.HEADING, Kind.LIST_ITEM)]
    assert levels == [1, 1, 1, 1, 2, 1, 2, 2]


def test_chapters_come_in_the_order_of_the_spine_with_what_the_package_states() -> None:
    metadata = "<dc:title>The <!-- x -->Book</dc:title><dc:creator>Ann</dc:creator><dc:creator>Ben</dc:creator>"
    metadata += "<dc:date>2024-05-06T00:00:00Z</dc:date><dc:publisher>Press</dc:publisher>"
    extracted = read(epub_of(page("<p>one</p>"), page("<p>two</p>"), metadata=metadata, order="101"))
    assert extracted.text == "two\n\none"
    assert (extracted.title, extracted.author, extracted.date) == ("The Book", "Ann, Ben", "2024-05-06")
    assert extracted.source == "Press"


def test_all_text_of_a_chapter_is_kept_but_marks_of_notes_and_what_is_hidden() -> None:
    chapter = page(
        "loose words<div>in <i>a</i> div<p>Costs 45<a epub:type='noteref' href='#n'><sup>1</sup></a>&nbsp;euros&mdash;net.<br/>New line</p></div>"
        "<p hidden=''>no</p><p style='display: none'>no</p><script>no()</script><ul><li>one<p>more</p></li></ul>"
        "<ol start='3'><li>three<ol type='a'><li>deep</li></ol></li><li value='7'>seven</li></ol>"
        "<pre>a\n  b</pre><figure><figcaption>A picture</figcaption></figure><dl><dt>term</dt><dd>meaning</dd></dl>"
        "<p><ruby>漢字<rt>かんじ</rt></ruby></p><nav><p>next</p></nav>"
    )
    extracted = read(epub_of(chapter))
    assert blocks_of(extracted) == [
        (Kind.PARAGRAPH, "loose words"),
        (Kind.PARAGRAPH, "in a div"),
        (Kind.PARAGRAPH, "Costs 45\u00a0euros—net.\nNew line"),
        (Kind.LIST_ITEM, "one"),
        (Kind.PARAGRAPH, "more"),
        (Kind.LIST_ITEM, "3. three"),
        (Kind.LIST_ITEM, "a. deep"),
        (Kind.LIST_ITEM, "7. seven"),
        (Kind.CODE, "a\n  b"),
        (Kind.CAPTION, "A picture"),
        (Kind.PARAGRAPH, "term"),
        (Kind.PARAGRAPH, "meaning"),
        (Kind.PARAGRAPH, "漢字"),
        (Kind.BOILERPLATE, "next"),
    ]


def test_raised_links_are_marks_of_notes_and_other_links_and_raised_words_are_text() -> None:
    body = '<p>45<sup><a href="#n1">1</a></sup> m<sup>2</sup>, <a href="n.xhtml#n2"><sup>[2]</sup></a>see <a href="#x">there</a></p>'
    assert read(epub_of(page(body))).text == "45 m2, see there"


def test_tables_with_merged_cells() -> None:
    table = "<table><caption>Fares</caption><tr><th>Who</th><th>Fare</th><th>Day</th></tr>"
    table += "<tr><td rowspan='2'>Adult</td><td>48</td><td>Monday</td></tr><tr><td colspan='2'>free</td></tr></table>"
    extracted = read(epub_of(page(table)))
    assert cells_of(extracted) == [["Who", "Fare", "Day"], ["Adult", "48", "Monday"], ["Adult", "free", ""]]
    kinds = [block.kind for block in extracted.blocks]
    assert kinds == [Kind.CAPTION, Kind.TABLE_HEADER, Kind.TABLE_ROW, Kind.TABLE_ROW]


def test_a_chapter_that_is_not_well_formed_is_read_as_browsers_do() -> None:
    chapter = '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>Caf\xe9<p>two & <b>three</body></html>'.encode(
        "latin-1"
    )
    assert texts_of(read(epub_of(chapter))) == ["Café", "two & three"]


def test_a_chapter_without_any_element_is_skipped() -> None:
    assert texts_of(read(epub_of('<!DOCTYPE html PUBLIC "', page("<p>The pier is closed.</p>")))) == [
        "The pier is closed."
    ]


def test_entities_of_the_chapter_are_not_replaced() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    extracted = read(epub_of(bomb + page("<p>x&b;y&f;z</p>")))
    assert extracted.text == "xyz"


def test_a_locked_empty_or_damaged_book() -> None:
    lock = '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    with pytest.raises(UnreadableFile, match="copy protection"):
        read(
            epub_of(
                page("<p>x</p>"),
                more={"META-INF/encryption.xml": lock.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")},
            )
        )
    fonts = lock.format("http://www.idpf.org/2008/embedding")
    assert read(epub_of(page("<p>x</p>"), more={"META-INF/encryption.xml": fonts})).text == "x"
    with pytest.raises(UnreadableFile, match="has no text"):
        read(epub_of(page(""), b""))
    with pytest.raises(UnreadableFile, match="container"):
        read(zip_of({"a": ""}))
    with pytest.raises(UnreadableFile, match="nested deeper"):
        read(epub_of(page("<div>" * 300 + "x" + "</div>" * 300)))
    data = pandoc(GUIDE, "epub")
    for length in range(0, len(data), 997):
        with pytest.raises(UnreadableFile):
            read(data[:length])
