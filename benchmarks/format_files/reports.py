"""Make a PDF report by ReportLab and a workbook by XlsxWriter."""

from pathlib import Path

from benchmarks.format_files.programs import Missing
from benchmarks.format_files.subjects import Subject


def report_pdf(subject: Subject, file: Path) -> None:
    """Write a PDF in two columns; its table, with rules, is on page 2."""
    try:
        from reportlab.lib import colors, pagesizes, styles
        from reportlab.platypus import (
            BaseDocTemplate,
            Frame,
            FrameBreak,
            NextPageTemplate,
            PageBreak,
            PageTemplate,
            Paragraph,
            Table,
        )
    except ImportError:
        raise Missing("ReportLab is not installed") from None
    width, height = pagesizes.A4
    sheet = styles.getSampleStyleSheet()
    columns = [Frame(50 + n * 255, 60, 240, height - 120, 0, 0, 0, 0) for n in (0, 1)]
    whole = [Frame(50, 60, width - 100, height - 120, 0, 0, 0, 0)]

    def head(canvas: object, document: object) -> None:
        canvas.drawString(50, height - 40, "Annual report")  # type: ignore[attr-defined]
        canvas.drawString(width - 80, 30, str(document.page))  # type: ignore[attr-defined]

    def text(words: str, style: str = "BodyText") -> object:
        return Paragraph(words, sheet[style])

    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    template = BaseDocTemplate(str(file), pagesize=pagesizes.A4, title=subject.title, author=subject.author)
    template.addPageTemplates(
        [PageTemplate("columns", columns, onPage=head), PageTemplate("whole", whole, onPage=head)]
    )
    template.build(
        [
            text(subject.title, "Title"),
            text(subject.prose[0]),
            text(f"{subject.body.says} {subject.prose[1]}"),
            text(subject.heading.says, "Heading2"),
            text(subject.prose[2]),
            FrameBreak(),
            text(subject.prose[6]),
            text(f"{subject.column.says} {subject.prose[7]}"),
            NextPageTemplate("whole"),
            PageBreak(),
            text("Figures", "Heading2"),
            text(subject.prose[4]),
            Table([subject.header, *subject.rows], style=grid),
            text(subject.prose[5]),
        ]
    )


def workbook(subject: Subject, file: Path) -> None:
    """Write a workbook: text on the first sheet; a heading over a table, and a text box, on the second."""
    try:
        import xlsxwriter
    except ImportError:
        raise Missing("XlsxWriter is not installed") from None
    with xlsxwriter.Workbook(str(file)) as book:
        book.set_properties({"title": subject.title, "author": subject.author})
        about, figures = book.add_worksheet("About"), book.add_worksheet("Figures")
        about.write("A1", subject.title)
        about.write("A3", f"{subject.body.says} {subject.prose[0]}")
        figures.merge_range("A1:B1", subject.heading.says)
        figures.write_row("A3", subject.header, book.add_format({"bold": True}))
        for number, (name, value) in enumerate(subject.rows, start=3):
            figures.write(number, 0, name)
            figures.write_number(number, 1, int(value))
        figures.insert_textbox("D3", subject.footnote.says)
