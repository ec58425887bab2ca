import io

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from embeddings.documents.readers.pdf import PdfReader
from embeddings.documents.readers.pdf_view import Rectangle, draw_page, find_words
from tests.embeddings.documents.readers.pdf_files import BODY, JUSTIFIED, RULED, WIDTH, drawn, flowed, lines, table

TEXTS = [
    f"Paragraph {number} says that the harbour had {number * 7} boats in that year, and that the fee was {number} crowns."
    for number in range(60)
]
ROWS = [["Boat", "Fee"], ["small, and all that are rowed by one person alone", "7"], ["large", "14"]]
DATA = flowed(
    [*(Paragraph(text, JUSTIFIED) for text in TEXTS), table(ROWS, RULED, [120, 60])], 2, lines("Head", top=40)
)
[ARTICLE] = PdfReader().read(DATA, "x.pdf")


def words_in(data: bytes, page: int, box: Rectangle) -> str:
    """Return what PDFium itself finds in a rectangle."""
    document = pypdfium2.PdfDocument(data)
    source = document[page]
    width, height = source.get_size()
    found = source.get_textpage().get_text_bounded(
        box.left * width, height - box.bottom * height, box.right * width, height - box.top * height
    )
    document.close()
    return "".join(str(found).split())


@settings(max_examples=20)
@given(st.data())
def test_the_rectangles_have_the_words(data: st.DataObject) -> None:
    block = data.draw(st.sampled_from(ARTICLE.blocks))
    start = data.draw(st.integers(block.start, block.end - 1))
    # Whole words: an edge within a word is an estimate.
    start = ARTICLE.text.rfind(" ", block.start, start) + 1 or block.start
    end = data.draw(st.integers(start + 1, block.end))
    end = ARTICLE.text.find(" ", end, block.end) if ARTICLE.text.find(" ", end, block.end) > 0 else block.end
    wanted = ARTICLE.text[start:end]
    found = find_words(DATA, ARTICLE.text, ARTICLE.page_starts, start, end)
    seen = "".join(words_in(DATA, marks.page, box) for marks in found for box in marks.rectangles)
    assert seen == "".join(wanted.split()).replace("|", "")


def test_a_stretch_over_two_pages_is_on_both() -> None:
    start, end = ARTICLE.page_starts[1] - 30, ARTICLE.page_starts[1] + 30
    assert [marks.page for marks in find_words(DATA, ARTICLE.text, ARTICLE.page_starts, start, end)] == [0, 1]


def test_words_that_recur_are_found_at_their_own_place() -> None:
    places = set()
    for number in (3, 30, 50):
        start = ARTICLE.text.index(f"Paragraph {number} ") + len(f"Paragraph {number} ")
        [marks] = find_words(DATA, ARTICLE.text, ARTICLE.page_starts, start, start + len("says that the harbour"))
        places.add((marks.page, marks.rectangles))
    assert len(places) == 3


def test_joined_words_are_marked_on_both_lines() -> None:
    data = drawn(lines("The documentation of the town is good, and the documen-", "tation of the port is better."))
    [article] = PdfReader().read(data, "x.pdf")
    start = article.text.rindex("documentation")
    [marks] = find_words(data, article.text, article.page_starts, start, start + len("documentation"))
    assert [words_in(data, 0, box) for box in marks.rectangles] == [
        "documen\x02",
        "tation",
    ]  # PDFium's code for such a hyphen


def test_the_drawn_page_has_the_words_marked() -> None:
    start = ARTICLE.text.index("Paragraph 5 ")
    [marks] = find_words(DATA, ARTICLE.text, ARTICLE.page_starts, start, start + 60)
    plain, marked = (
        np.asarray(Image.open(io.BytesIO(draw_page(DATA, marks.page, boxes, width=800))))
        for boxes in ((), marks.rectangles)
    )
    assert plain.shape == marked.shape and plain.shape[1] in (800, 801)
    rows, columns = np.nonzero((plain != marked).any(axis=2))
    assert abs(columns.min() / 800 - min(box.left for box in marks.rectangles)) < 0.01
    assert abs(rows.min() / plain.shape[0] - marks.rectangles[0].top) < 0.01
    # The print under the marks is as dark as it was.
    assert marked[rows, columns].min() <= plain[rows, columns].min() + 5


def test_a_turned_page_is_marked_as_it_is_shown() -> None:
    def turned(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.rotate(90)
        canvas.translate(0, -WIDTH)
        canvas.drawString(100, WIDTH - 100, "on a turned page")

    data = drawn(turned)
    [article] = PdfReader().read(data, "x.pdf")
    [marks] = find_words(data, article.text, article.page_starts, 0, len(article.text))
    page = np.asarray(Image.open(io.BytesIO(draw_page(data, 0, width=900))))
    rows, columns = np.nonzero((page < 128).any(axis=2))
    [box] = marks.rectangles
    assert box.left * page.shape[1] <= columns.min() + 2 and columns.max() - 2 <= box.right * page.shape[1]
    assert box.top * page.shape[0] <= rows.min() + 2 and rows.max() - 2 <= box.bottom * page.shape[0]


def test_places_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="no characters"):
        find_words(DATA, ARTICLE.text, ARTICLE.page_starts, 5, 5)
    with pytest.raises(ValueError, match="no page 99"):
        draw_page(DATA, 98)


def test_a_huge_page_is_drawn_smaller() -> None:
    data = flowed([Paragraph("small words", BODY)])
    image = Image.open(io.BytesIO(draw_page(data, 0, width=100_000)))
    assert image.width * image.height < 30_000_000
