"""Read the words of the drawings in DOCX and PPTX files that are parts of their own: charts and SmartArt diagrams."""

from lxml import etree

from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.tables import Cell
from embeddings.documents.readers.zipped import child, local_name, whole_number


def diagram_words(root: etree._Element) -> list[str]:
    """Return the words of each box of a SmartArt diagram, from its data part."""
    boxes = ("".join(_drawn_text(point)) for point in root.iter("{*}pt") if local_name(point) == "pt")
    return [clean(box) for box in boxes if box.strip()]


def chart_title(root: etree._Element) -> str:
    """Return a chart's title; "" if it has none of its own."""
    title = child(root, "chart", "title")
    return "" if title is None else clean("".join(_drawn_text(title)))


def chart_rows(root: etree._Element) -> list[list[Cell]]:
    """Return a chart's figures as a table, its first row naming the series: what is seen as bars, lines and labels."""
    series = list(root.iter("{*}ser"))
    if not series:
        return []
    categories = _points(child(series[0], "cat"))
    if not categories:
        categories = _points(child(series[0], "xVal"))
    names = [" ".join(_points(child(one, "tx")).values()) for one in series]
    values = [_points(child(one, "val")) or _points(child(one, "yVal")) for one in series]
    rows = [["", *names]]
    rows += [
        [categories.get(point, ""), *(column.get(point, "") for column in values)]
        for point in sorted(set(categories).union(*values))
    ]
    return [[Cell(words) for words in row] for row in rows]


def _points(element: etree._Element | None) -> dict[int, str]:
    """Return the cached points of a chart's axis or series by index."""
    if element is None:
        return {}
    points: dict[int, str] = {}
    for point in element.iter("{*}pt"):
        index, value = whole_number(point.get("idx"), -1), child(point, "v")
        if index >= 0 and value is not None:
            points[index] = clean(value.text or "")
    return points


def _drawn_text(element: etree._Element) -> list[str]:
    """Return the pieces of text in a drawing's element, its paragraphs separated by blanks."""
    pieces: list[str] = []
    for part in element.iter("{*}t", "{*}br", "{*}p"):
        match local_name(part):
            case "t":
                pieces.append(part.text or "")
            case _ if pieces:
                pieces.append(" ")
    return pieces
