"""Find running heads, running feet and page numbers in a PDF: lines that are repeated at the same place on its pages."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile
from statistics import median

from embeddings.documents.readers.pdf_layout import Line
from embeddings.documents.readers.pdf_page import PageLayout

_MARGIN = 0.22  # of the page's height; LaTeX's article has its page number at 0.18
_ROWS_MOST = 3
# Points.
_SAME_HEIGHT = 6.0
_SAME_PLACE = 1.5
# A page number among words, or a Roman numeral alone.
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)
# In font sizes, from the bottom of a line to that of the next: body text follows closer.
_APART = 1.7


def margin_lines(layouts: Sequence[PageLayout]) -> set[int]:
    """Return the `id` of each line that is repeated, but for its numbers, in the top or bottom margin of other pages."""
    # Of each row: its distance from the edge, its page, and its own number.
    places: dict[tuple[bool, str], list[tuple[float, int, int]]] = defaultdict(list)
    margins: list[list[tuple[int, list[Line]]]] = []
    count = 0
    for number, layout in enumerate(layouts):
        for at_top in (True, False):
            margin = []
            for row in _outer_rows(layout, at_top):
                height = _base(row[0]) if at_top else layout.page.height - _base(row[0])
                places[at_top, _without_numbers(_text(row))].append((height, number, count))
                margin.append((count, row))
                count += 1
            margins.append(margin)
    least = 3 if len(layouts) > 5 else 2
    repeated: set[int] = set()
    for found in places.values():
        found.sort()
        start = 0
        for end, (height, _, _) in enumerate(found, 1):
            while height - found[start][0] > _SAME_HEIGHT:
                start += 1
            if len({number for _, number, _ in found[start:end]}) >= least:
                repeated |= {row for _, _, row in found[start:end]}
    repeated |= _at_their_place(places, repeated, len(layouts))
    # Nothing of the article is further out than a running head.
    return {
        id(line)
        for margin in margins
        for _, row in takewhile(lambda place: place[0] in repeated, margin)
        for line in row
    }


def _at_their_place(
    places: dict[tuple[bool, str], list[tuple[float, int, int]]], repeated: set[int], pages: int
) -> set[int]:
    """Return the rows at the place of other pages' running heads; the heads of short chapters are not repeated."""
    heads: dict[bool, list[tuple[float, int]]] = {True: [], False: []}
    for (at_top, _), found in places.items():
        heads[at_top] += [(height, number) for height, number, row in found if row in repeated]
    least = max(3, pages / 3)
    return {
        row
        for (at_top, _), found in places.items()
        for height, _, row in found
        if row not in repeated
        and len({number for other, number in heads[at_top] if abs(other - height) < _SAME_PLACE}) >= least
    }


def _base(line: Line) -> float:
    """Return the bottom of most words of a line; a lowered letter, as in LaTeX's logo, does not count."""
    return median(word.bottom for word in line.words)


def _text(row: list[Line]) -> str:
    return " ".join(line.text for line in sorted(row, key=lambda line: line.left))


def _outer_rows(layout: PageLayout, at_top: bool) -> list[list[Line]]:
    """Return the outermost rows of a page's top or bottom margin, from the edge inwards."""
    height = layout.page.height
    lines = [item for item in layout.items if isinstance(item, Line)]
    lines.sort(key=lambda line: line.bottom if at_top else -line.bottom)
    rows: list[list[Line]] = []
    for line in lines:
        edge = line.bottom if at_top else height - line.top
        if edge > _MARGIN * height:
            break
        if rows and abs(rows[-1][0].bottom - line.bottom) < line.size / 2:
            rows[-1].append(line)
        elif len(rows) == _ROWS_MOST:
            break
        else:
            rows.append([line])
    return rows[: _last_apart(rows, lines)]


def _last_apart(rows: list[list[Line]], lines: list[Line]) -> int:
    """Return how many outer rows are apart from the text; only a page number may be close to it."""
    count = 0
    for index, row in enumerate(rows):
        position = sum(map(len, rows[: index + 1]))
        inner = lines[position] if position < len(lines) else None
        size = max(line.size for line in row)
        distance = abs(inner.bottom - row[0].bottom) if inner else 1e9
        if distance > _APART * size or _without_numbers(_text(row)) == "#":
            count = index + 1
    return count


def _without_numbers(text: str) -> str:
    words = " ".join(text.split()).casefold()
    return "#" if _ROMAN.fullmatch(words) else _NUMBER.sub("#", words)
