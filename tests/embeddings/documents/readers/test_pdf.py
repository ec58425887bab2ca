import contextlib
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.pdf import PdfReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.pdf_files import (
    BODY,
    HEADING,
    HEIGHT,
    JUSTIFIED,
    NOTE,
    RULED,
    SMALL_HEADING,
    TITLE,
    UNRULED,
    WIDTH,
    both,
    drawn,
    flowed,
    gap,
    lines,
    picture,
    table,
)


def read(data: bytes) -> Extracted:
    [article] = PdfReader().read(data, "x.pdf")
    last = 0
    for block in article.blocks:
        assert last <= block.start < block.end <= len(article.text)
        last = block.end
    return article


def blocks(article: Extracted, *kinds: Kind) -> list[str]:
    return [article.text[block.start : block.end] for block in article.blocks if not kinds or block.kind in kinds]


def prose(number: int) -> str:
    return (
        f"Paragraph {number} tells of the harbour, of its cranes and of the people who have worked there since the "
        f"year {1900 + number}. It was paid for by the town, whose council met {number} times that year and agreed."
    )


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_columns_are_read_one_after_the_other(columns: int) -> None:
    texts = [prose(number) for number in range(40)]
    headline = lines("A headline that goes across all the columns", size=22, top=90)
    article = read(flowed([Paragraph(text, JUSTIFIED) for text in texts], columns, headline, above=60))
    assert blocks(article, Kind.PARAGRAPH) == texts
    assert len(article.page_starts) > 1


@pytest.mark.parametrize(
    "text",
    [
        "Порт был построен в начале прошлого века, и с тех пор его дважды расширяли: в последний раз, когда город "
        "получил деньги от правительства. Сегодня здесь работают триста человек.",
        "Liman geçen yüzyılın başında yapıldı ve o zamandan beri iki kez genişletildi; İstanbul'dan gelen gemiler için "
        "üç ayrı rıhtım var. Bugün burada üç yüz kişi çalışıyor.",
    ],
)
def test_justified_columns_in_other_scripts(text: str) -> None:
    texts = [f"{text} ({number})" for number in range(24)]
    assert blocks(read(flowed([Paragraph(one, JUSTIFIED) for one in texts], 2)), Kind.PARAGRAPH) == texts


@pytest.mark.parametrize(
    "words",
    [
        "שלום עולם וכל הספינות אשר בנמל",
        "الميناء القديم في المدينة",
        "The word שלום עולם means peace, and ναί means yes",
    ],
)
def test_words_written_from_right_to_left_are_in_reading_order(words: str) -> None:
    def as_shown(text: str) -> str:
        # What stands on the page from left to right: each run of such words is turned round.
        return re.sub(r"[\u0590-\u08ff]+(?: [\u0590-\u08ff]+)*", lambda run: run[0][::-1], text)

    assert blocks(read(drawn(lines(as_shown(words))))) == [words]


def test_characters_beyond_16_bits_are_kept() -> None:
    # By hand: ReportLab writes the map from its font's codes to such characters wrongly.
    to_unicode = (
        b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <41> <d835dd38> endbfchar endcmap"
    )
    content = b"BT /F 10 Tf 50 500 Td (A) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Length %d>>stream\n%s\nendstream" % (len(to_unicode), to_unicode),
    ]
    numbered = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1))
    assert blocks(read(b"%PDF-1.4\n" + numbered + b"trailer<</Root 1 0 R>>")) == ["𝔸"]


def test_words_hyphenated_at_line_ends_are_joined_and_compounds_are_not() -> None:
    article = read(
        drawn(
            lines(
                "The committee recommended documen-",
                "tation of each decision, and this docu-",
                "ment is the documentation of the well-",
                "known harbour of the twenty-",
                "first century. It is a well-known one; COVID-",
                "19 closed it, first for a month, and the pre-",
                "and post-war cranes stood still.",
            )
        )
    )
    assert "recommended documentation of" in article.text
    assert "of the well-known harbour" in article.text
    assert "COVID-19" in article.text


def test_line_ends_of_a_text_without_hyphenation_keep_their_hyphens() -> None:
    article = read(
        drawn(lines("The tower is built of red-", "dish stone and of state-of-the-", "art steel, they say."))
    )
    assert "red-dish" in article.text
    assert "state-of-the-art" in article.text


def test_running_heads_and_page_numbers_are_boilerplate_and_sentences_cross_pages() -> None:
    numbers = iter(range(1, 99))

    def head(canvas: Canvas) -> None:
        page = next(numbers)
        both(
            lines("Harbour Studies" if page % 2 else "A. Author", top=40, size=8),
            lines(f"– {page} –", left=WIDTH / 2, top=HEIGHT - 40, size=8),
        )(canvas)

    long = " ".join(prose(number) for number in range(150))
    article = read(flowed([Paragraph(long, BODY)], head=head))
    assert blocks(article, Kind.BOILERPLATE)[:2] == ["Harbour Studies", "– 1 –"]
    assert len(article.page_starts) == 7
    second = article.page_starts[1]
    assert any(block.start < second < block.end and block.kind is Kind.PARAGRAPH for block in article.blocks)
    assert " ".join(blocks(article, Kind.PARAGRAPH)) == long


def test_a_repeated_line_within_the_text_is_not_boilerplate() -> None:
    page = lines(
        "Chorus", "We row and we row to the harbour at night,", "the lamp on the pier is our only light.", top=300
    )
    assert blocks(read(drawn(page, page, page)), Kind.BOILERPLATE) == []


def test_headings_have_levels_by_size_and_the_largest_is_the_title() -> None:
    article = read(
        flowed(
            [
                Paragraph("The harbour", TITLE),
                Paragraph(prose(1), BODY),
                Paragraph("Fees", HEADING),
                Paragraph(prose(2), BODY),
                Paragraph("For boats", SMALL_HEADING),
                Paragraph(prose(3), BODY),
                Paragraph("History", HEADING),
                Paragraph(prose(4), BODY),
            ]
        )
    )
    assert blocks(article, Kind.TITLE) == ["The harbour"]
    assert article.title == "The harbour"
    assert [(block.level, article.text[block.start : block.end]) for block in article.blocks if block.level] == [
        (1, "Fees"),
        (2, "For boats"),
        (1, "History"),
    ]


def test_list_items_have_depths_and_no_bullets() -> None:
    article = read(
        drawn(
            both(
                lines("Bring the following, and do not forget any of it, because the shop is shut:", top=100),
                lines("• a lamp that burns for at least", "  six hours", "• two ropes", left=90, top=114),
                lines("• a long one", left=110, top=156),
                lines("1. Row to the pier.", "2. Wait.", left=90, top=200),
            )
        )
    )
    items = [block for block in article.blocks if block.kind is Kind.LIST_ITEM]
    assert [(block.level, article.text[block.start : block.end]) for block in items] == [
        (1, "a lamp that burns for at least six hours"),
        (1, "two ropes"),
        (2, "a long one"),
        (1, "1. Row to the pier."),
        (1, "2. Wait."),
    ]
    assert article.text[items[0].start - 2 : items[0].start] == "• "


ROWS = [
    ["Boat", "Fee", "Berths"],
    ["under 8 m", "12.00", "40"],
    ["8 to 12 m, and all that carry passengers between the islands in summer", "18.50", "25"],
    ["over 12 m", "31.00", "7"],
]


@pytest.mark.parametrize("style", [RULED, UNRULED])
def test_tables_have_a_header_and_cells(style: list[object]) -> None:
    article = read(
        flowed([Paragraph(prose(1), BODY), table(ROWS, style, [150, 80, 80]), gap(12), Paragraph(prose(2), BODY)])
    )
    rows = [block for block in article.blocks if block.kind in (Kind.TABLE_HEADER, Kind.TABLE_ROW)]
    assert [[article.text[start:end] for start, end in row.cells] for row in rows] == ROWS
    assert [row.kind for row in rows] == [Kind.TABLE_HEADER] + [Kind.TABLE_ROW] * 3
    assert blocks(article, Kind.PARAGRAPH) == [prose(1), prose(2)]


def test_rows_that_are_set_apart_may_have_narrow_gaps() -> None:
    rows = [("Ticket", "Price"), ("Adult", "932"), ("School class", "707"), ("Dog", "961")]
    second = 60 + stringWidth("School class", "Sans", 12) + 6.4
    columns = [
        lines(*(row[index] for row in rows), left=left, leading=31, size=12) for index, left in ((0, 60), (1, second))
    ]
    article = read(drawn(both(*columns)))
    cells = [tuple(article.text[start:end] for start, end in block.cells) for block in article.blocks if block.cells]
    assert cells == rows


@pytest.mark.parametrize("leading", [14, 21, 28])
def test_spaces_of_justified_prose_are_no_columns(leading: float) -> None:
    style = ParagraphStyle("apart", JUSTIFIED, leading=leading)
    article = read(flowed([Paragraph(prose(3), style)], columns=4))
    assert not [block for block in article.blocks if block.cells]


def test_merged_and_empty_cells() -> None:
    style = [*RULED, ("SPAN", (0, 0), (1, 0))]
    rows = [["Summer fees", "", "Note"], ["Adult", "4.80", ""], ["Child", "2.40", "with a parent"]]
    article = read(flowed([table(rows, style, [80, 80, 120])]))
    cells = [[article.text[start:end] for start, end in block.cells] for block in article.blocks if block.cells]
    assert cells == rows


def test_footnotes_come_after_the_text_of_their_page() -> None:
    left = lines(*["the council met and agreed to build another pier here"] * 20, left=60, size=8.5)
    right = lines(*["and so it was built within a year by forty masons, who"] * 22, left=310, size=8.5)
    note = lines("1 The masons came from the north.", left=60, top=100 + 21 * 14, size=6.5)
    texts = blocks(read(drawn(both(left, right, note))), Kind.PARAGRAPH)
    assert texts[-1] == "1 The masons came from the north."
    assert "pier here and so it was built" in texts[0]


def test_captions_are_next_to_a_table() -> None:
    article = read(
        flowed(
            [Paragraph("Table 1. Fees", NOTE), table(ROWS, RULED, [150, 80, 80]), gap(20), Paragraph(prose(1), BODY)]
        )
    )
    assert blocks(article, Kind.CAPTION) == ["Table 1. Fees"]


def test_turned_and_cropped_pages() -> None:
    def landscape(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.rotate(90)
        canvas.translate(0, -WIDTH)
        for index, text in enumerate(
            ["first line of the turned page and its words", "second line of it, below the first one"]
        ):
            canvas.drawString(100, WIDTH - 100 - 14 * index, text)

    assert blocks(read(drawn(landscape))) == [
        "first line of the turned page and its words second line of it, below the first one"
    ]

    def cropped(canvas: Canvas) -> None:
        canvas.setCropBox((50, 50, 400, 800))
        canvas.drawString(60, 700, "in sight")
        canvas.drawString(450, 700, "out of sight")

    assert blocks(read(drawn(cropped))) == ["in sight"]


def test_text_on_its_side_is_kept() -> None:
    def margin(canvas: Canvas) -> None:
        canvas.rotate(90)
        canvas.drawString(300, -30, "draft of May")

    assert blocks(read(drawn(both(lines("The text of the page."), margin)))) == [
        "The text of the page.",
        "draft of May",
    ]


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Of the harbour and its people", "Of the harbour and its people"),
        ("Microsoft Word - report_final.docx", "The harbour"),
        ("untitled", "The harbour"),
        ("The   harbour", "The harbour"),
        ("Some template", "The harbour"),
    ],
)
def test_the_title_is_the_stated_one_if_it_makes_sense(stated: str, title: str) -> None:
    page = both(
        lines("The harbour", size=24, top=80), lines("Of the harbour and its people, this is all we know.", top=140)
    )
    assert read(drawn(page, title=stated)).title == title


def test_author_and_date() -> None:
    page = lines("A report on the harbour.")
    assert read(drawn(page, author="Jane Doe")).author == "Jane Doe"
    assert read(drawn(page, author="jdoe2")).author is None
    date = read(drawn(page)).date
    assert date is not None and len(date) == 10


def test_files_without_text_are_refused_as_what_they_are() -> None:
    text = lines("words")
    cases = {
        "is an encrypted PDF": drawn(text, password="secret"),
        "is a damaged PDF": drawn(text)[:300],
        "has no text: it is a scan of 2 pages": drawn(picture, picture),
        "has no text.": drawn(lambda canvas: None),
    }
    for message, data in cases.items():
        with pytest.raises(UnreadableFile, match=message) as caught:
            PdfReader().read(data, "x.pdf")
        assert caught.value.next_step
    for data in (b"", b"%PDF-1.4", b"not a PDF at all", b"%PDF-1.7\n" + bytes(10_000)):
        with pytest.raises(UnreadableFile, match="damaged"):
            PdfReader().read(data, "x.pdf")


def test_scanned_pages_among_others_are_counted() -> None:
    article = read(drawn(lines("words"), picture, lines("more words"), picture))
    assert article.notes == ("2 of 4 pages are scans without text",) and len(article.page_starts) == 4
    assert read(drawn(lines("words"), picture)).notes == ("1 of 2 pages is a scan without text",)
    assert read(drawn(lines("words"))).notes == ()


@settings(max_examples=30)
@given(st.data())
def test_damaged_files_are_read_or_refused(data: st.DataObject) -> None:
    good = flowed([Paragraph(prose(1), BODY), table(ROWS, RULED, [150, 80, 80])])
    cut = data.draw(st.integers(0, len(good)))
    changed = bytearray(good[:cut] if data.draw(st.booleans()) else good)
    for _ in range(data.draw(st.integers(0, 20))):
        if changed:
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnreadableFile):
        read(bytes(changed))


WORDS = st.lists(
    st.sampled_from("harbour crane Tide pier İskele порт cafés 4.80 “quoted” it’s".split()), min_size=1, max_size=120
)


@settings(max_examples=25)
@given(st.lists(WORDS, min_size=1, max_size=6), st.integers(1, 3))
def test_no_word_is_lost_or_changed(paragraphs: list[list[str]], columns: int) -> None:
    article = read(flowed([Paragraph(" ".join(words), BODY) for words in paragraphs], columns))
    found = "".join(letter for letter in article.text if not letter.isspace() and letter != "|")
    assert sorted(found) == sorted("".join(word for words in paragraphs for word in words))


def test_threads_may_read_at_once() -> None:
    data = flowed([Paragraph(prose(number), BODY) for number in range(20)])
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(read(data).text)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1


PAGE = """<html lang="en"><head><title>Harbour guide</title><style>
@page {margin: 2cm} body {font: 11pt serif} .columns {column-count: 2; text-align: justify}
td, th {border: 1px solid; padding: 3px} table {border-collapse: collapse}</style></head><body><h1>Harbour guide</h1>
<div class="columns">PARAGRAPHS</div><h2>Prices</h2>
<table><tr><th>Ticket</th><th>Price</th></tr><tr><td>Adult</td><td>4.80</td></tr><tr><td>Child</td><td>2.40</td></tr></table>
</body></html>"""


def test_pages_printed_by_chromium(tmp_path: Path) -> None:
    if not (chromium := shutil.which("chromium")):
        pytest.skip("chromium is not installed")
    texts = [prose(number) for number in range(12)]
    page = PAGE.replace("PARAGRAPHS", "".join(f"<p>{text}</p>" for text in texts))
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            "--print-to-pdf=out.pdf",
            "page.html",
        ],
        tmp_path,
    )
    article = read((tmp_path / "out.pdf").read_bytes())
    assert blocks(article, Kind.PARAGRAPH) == texts
    assert blocks(article, Kind.TITLE, Kind.HEADING) == ["Harbour guide", "Prices"]
    assert blocks(article, Kind.TABLE_HEADER, Kind.TABLE_ROW) == [" | ".join(row) for row in TICKETS]
    assert article.title == "Harbour guide"


TICKETS = [["Ticket", "Price"], ["Adult", "4.80"], ["Child", "2.40"]]

LATEX = r"""\documentclass[twocolumn]{article}
\title{A study of the harbour}\author{Jane Doe}\date{May 2024}
\begin{document}\maketitle
\section{Introduction}
TEXT\footnote{The crane lifts forty tonnes.} TEXT TEXT
\subsection{Prices}
\begin{tabular}{lr}\hline Ticket & Price\\\hline Adult & 4.80\\ Child & 2.40\\\hline\end{tabular}

TEXT TEXT
\begin{itemize}\item the first item\item the second item\end{itemize}
TEXT TEXT TEXT TEXT TEXT TEXT TEXT TEXT
\end{document}
"""
SENTENCE = (
    "The administration acknowledges the responsibility of the international commission for environmental "
    "infrastructure, notwithstanding extraordinary circumstances which, according to the representative, are common."
)


def test_papers_set_by_latex(tmp_path: Path) -> None:
    if not (latex := shutil.which("pdflatex")):
        pytest.skip("pdflatex is not installed (Debian: texlive-latex-base)")
    (tmp_path / "paper.tex").write_text(LATEX.replace("TEXT", SENTENCE), encoding="utf-8")
    run([latex, "-interaction=batchmode", "paper.tex"], tmp_path)
    article = read((tmp_path / "paper.pdf").read_bytes())
    assert article.title == "A study of the harbour"
    assert article.text.count(SENTENCE) == 13
    assert {"1 Introduction", "1.1 Prices"} <= set(blocks(article, Kind.HEADING))
    assert blocks(article, Kind.TABLE_HEADER, Kind.TABLE_ROW) == [" | ".join(row) for row in TICKETS]
    assert blocks(article, Kind.LIST_ITEM) == ["the first item", "the second item"]
    assert any(text.endswith("The crane lifts forty tonnes.") and len(text) < 40 for text in blocks(article))


FLAT_ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>BODY</office:text></office:body>
</office:document>"""


def test_documents_exported_by_libreoffice(tmp_path: Path) -> None:
    if not (office := shutil.which("soffice")):
        pytest.skip("soffice is not installed (Debian: libreoffice-writer-nogui)")
    rows = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell><text:p>{cell}</text:p></table:table-cell>' for cell in row)}"
        "</table:table-row>"
        for row in TICKETS
    )
    body = "".join(f"<text:p>{prose(number)}</text:p>" for number in (1, 2))
    grid = f'<table:table><table:table-column table:number-columns-repeated="2"/>{rows}</table:table>'
    (tmp_path / "page.fodt").write_text(FLAT_ODT.replace("BODY", body + grid), encoding="utf-8")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    run([office, profile, "--headless", "--convert-to", "pdf", "page.fodt"], tmp_path)
    article = read((tmp_path / "page.pdf").read_bytes())
    assert blocks(article, Kind.PARAGRAPH) == [prose(1), prose(2)]
    assert blocks(article, Kind.TABLE_HEADER, Kind.TABLE_ROW) == [" | ".join(row) for row in TICKETS]


def run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
