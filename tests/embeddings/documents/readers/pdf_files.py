"""Make PDF files with ReportLab, for the tests of the PDF reader."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table

WIDTH, HEIGHT = A4
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"

pdfmetrics.registerFont(TTFont("Sans", _FONTS / "DejaVuSans.ttf"))
pdfmetrics.registerFont(TTFont("SansBold", _FONTS / "DejaVuSans-Bold.ttf"))

BODY = ParagraphStyle("body", fontName="Sans", fontSize=10, leading=13, spaceAfter=6)
JUSTIFIED = ParagraphStyle("justified", BODY, alignment=TA_JUSTIFY, spaceAfter=0, firstLineIndent=12)
TITLE = ParagraphStyle("title", fontName="SansBold", fontSize=22, leading=27, spaceAfter=12)
HEADING = ParagraphStyle("heading", fontName="SansBold", fontSize=15, leading=19, spaceBefore=8, spaceAfter=6)
SMALL_HEADING = ParagraphStyle(
    "small heading", fontName="SansBold", fontSize=12, leading=15, spaceBefore=6, spaceAfter=4
)
NOTE = ParagraphStyle("note", fontName="Sans", fontSize=8, leading=10)

RULED = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), "Sans", 10)]
UNRULED = [("FONT", (0, 0), (-1, -1), "Sans", 10)]

Drawing = Callable[[Canvas], None]


def drawn(*pages: Drawing, password: str = "", **about: str) -> bytes:
    """Return a PDF with one page for each function."""
    file = io.BytesIO()
    encrypt = StandardEncryption(password) if password else None
    canvas = Canvas(file, pagesize=A4, encrypt=encrypt)
    for key, value in about.items():
        getattr(canvas, f"set{key.capitalize()}")(value)
    for draw in pages:
        canvas.setFont("Sans", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def lines(*texts: str, left: float = 72, top: float = 100, leading: float = 14, size: float = 10) -> Drawing:
    """Return a function that draws lines of text; `top` is the baseline of the first, in points from the top."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Sans", size)
        for index, text in enumerate(texts):
            canvas.drawString(left, HEIGHT - top - index * leading, text)

    return draw


def both(*drawings: Drawing) -> Drawing:
    """Return a function that draws several things on one page."""

    def draw(canvas: Canvas) -> None:
        for drawing in drawings:
            drawing(canvas)

    return draw


def picture(canvas: Canvas) -> None:
    """Draw a picture that fills the page, as a scan does."""
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, WIDTH, HEIGHT)


def flowed(
    story: Sequence[Any],
    columns: int = 1,
    head: Drawing | None = None,
    above: float = 0,
    gutter: float = 18,
    **about: str,
) -> bytes:
    """Return a PDF with paragraphs and tables in columns; `above` points are left free at the top of each page."""
    file = io.BytesIO()
    document = BaseDocTemplate(file, pagesize=A4, **about)
    width = (WIDTH - 144 - (columns - 1) * gutter) / columns
    frames = [
        Frame(72 + index * (width + gutter), 72, width, HEIGHT - 144 - above, 0, 0, 0, 0) for index in range(columns)
    ]
    on_page = (lambda canvas, _: head(canvas)) if head else (lambda *_: None)
    document.addPageTemplates([PageTemplate(frames=frames, onPage=on_page)])
    document.build(list(story))
    return file.getvalue()


def table(rows: Sequence[Sequence[str]], style: Sequence[Any], widths: Sequence[float] | None = None) -> Table:
    """Return a table whose cells may wrap."""
    cells = [[Paragraph(cell, BODY) if len(cell) > 20 else cell for cell in row] for row in rows]
    return Table(cells, style=list(style), colWidths=widths, hAlign="LEFT")


def gap(points: float) -> Spacer:
    """Return empty space."""
    return Spacer(1, points)
