import io

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.pptx import PptxReader
from embeddings.errors import UnreadableFile
from tests.embeddings.documents.readers.office_files import blocks_of, cells_of, pandoc, zip_of

_SLIDES = """---
title: The harbour guide
author: Ada Lovelace
---

# Ferries

Boats leave from pier 4.

1. Buy a ticket
2. Board

::: notes
Speak slowly.
:::

# Prices

| Ticket | Price |
|--------|------:|
| Adult  | 48.50 |
"""


def read(data: bytes) -> Extracted:
    (extracted,) = PptxReader().read(data, "a.pptx")
    return extracted


def saved(presentation: object) -> bytes:
    stream = io.BytesIO()
    presentation.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def test_a_presentation_written_by_pandoc() -> None:
    extracted = read(pandoc(_SLIDES, "pptx"))
    assert extracted.title == "The harbour guide"
    assert extracted.author == "Ada Lovelace"
    assert blocks_of(extracted) == [
        (Kind.TITLE, "The harbour guide"),
        (Kind.PARAGRAPH, "Ada Lovelace"),
        (Kind.HEADING, "Ferries"),
        (Kind.PARAGRAPH, "Boats leave from pier 4."),
        (Kind.LIST_ITEM, "1. Buy a ticket"),
        (Kind.LIST_ITEM, "2. Board"),
        (Kind.PARAGRAPH, "Speak slowly."),
        (Kind.HEADING, "Prices"),
        (Kind.TABLE_HEADER, "Ticket | Price"),
        (Kind.TABLE_ROW, "Adult | 48.50"),
    ]
    starts = [extracted.text[start:].split("\n")[0] for start in extracted.page_starts]
    assert starts == ["The harbour guide", "Ferries", "Prices"]


def test_bullets_of_the_layout_levels_groups_and_order() -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "Two\vlines"
    frame = slide.placeholders[1].text_frame
    frame.text = "outer"
    inner = frame.add_paragraph()
    inner.text, inner.level = "inner", 1
    low = slide.shapes.add_textbox(0, Inches(7), Inches(1), Inches(1))
    low.text_frame.text = "at the foot"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, Inches(6), Inches(1), Inches(1)).text_frame.text = "in a group"
    extracted = read(saved(presentation))
    assert blocks_of(extracted) == [
        (Kind.HEADING, "Two lines"),
        (Kind.LIST_ITEM, "outer"),
        (Kind.LIST_ITEM, "inner"),
        (Kind.PARAGRAPH, "in a group"),
        (Kind.PARAGRAPH, "at the foot"),
    ]
    assert [block.level for block in extracted.blocks] == [1, 1, 2, 0, 0]


def test_merged_cells_and_charts() -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    table = slide.shapes.add_table(3, 2, 0, 0, Inches(4), Inches(2)).table
    for n, words in enumerate(["Who", "Fare", "Adult", "48", "", "52"]):
        table.cell(n // 2, n % 2).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["2023", "2024"]
    data.add_series("Boats", (4, 5.5))  # type: ignore[no-untyped-call]
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, Inches(3), Inches(4), Inches(3), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Boats a year"
    extracted = read(saved(presentation))
    assert cells_of(extracted) == [
        ["Who", "Fare"],
        ["Adult", "48"],
        ["Adult", "52"],
        ["", "Boats"],
        ["2023", "4"],
        ["2024", "5.5"],
    ]
    assert (Kind.CAPTION, "Boats a year") in blocks_of(extracted)


def test_a_hidden_slide_keeps_its_number_and_is_not_read() -> None:
    presentation = Presentation()
    for words in ("one", "two", "three"):
        presentation.slides.add_slide(presentation.slide_layouts[5]).shapes.title.text = words
    presentation.slides[1].element.set("show", "0")
    extracted = read(saved(presentation))
    assert extracted.text == "one\n\nthree"
    assert extracted.page_starts == (0, 5, 5)


def test_a_file_without_text_damaged_or_hostile() -> None:
    presentation = Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[6])
    with pytest.raises(UnreadableFile, match="has no text"):
        read(saved(presentation))
    with pytest.raises(UnreadableFile, match="cannot be read as a presentation"):
        read(zip_of({"a": ""}))
    with pytest.raises(UnreadableFile, match="declares XML entities"):
        read(zip_of({"ppt/presentation.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")}))
    data = pandoc(_SLIDES, "pptx")
    for length in range(0, len(data), 4999):
        with pytest.raises(UnreadableFile):
            read(data[:length])
