"""Group the lines of a PDF's page into paragraphs, list items and footnotes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from embeddings.documents.readers.pdf_layout import Line
from embeddings.documents.readers.pdf_tables import Table

# In lines' usual distance: more space than this begins a new paragraph.
_PARAGRAPH_SPACE = 1.28
_SAME_SIZE = 0.08
_NOTE_SIZE = 0.94  # of the body's size
# In font sizes.
_INDENT_LEAST = 0.7
_INDENT_MOST = 6.0
_FLUSH = 0.3
_BULLET = re.compile(r"[•◦▪‣●○■□◆❖➢✓·–—*\ue000-\uf8ff-]")
_NUMBERED = re.compile(r"(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)]|\[\d{1,3}\])")
_SENTENCE_END = re.compile(r"[.!?…:;。！？؟।][)\]\"'”’»*\d]*$")


@dataclass
class Paragraph:
    """Lines that belong together; they may be in several columns or pages."""

    lines: list[Line]
    pages: list[int]
    """The page of each line, from 0."""
    is_item: bool = False
    is_note: bool = False
    breaks: set[int] = field(default_factory=set)
    """Lines, by index, that begin on a new line though the one before had room, as in an address."""

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def is_code(self) -> bool:
        """Whether it is in a font of one width."""
        return all(line.fixed for line in self.lines)


def body_style(lines: Sequence[Line]) -> tuple[float, bool]:
    """Return the font size of most characters of a document, in points, and whether they are bold."""
    counts: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        counts[round(line.size * 2) / 2, line.bold] += len(line.text)
    return counts.most_common(1)[0][0] if counts else (10.0, False)


def bullet_end(text: str) -> int:
    """Return where the words begin after a bullet; 0 if the text does not begin with one."""
    first, _, rest = text.partition(" ")
    return len(first) + 1 if rest and _BULLET.fullmatch(first) else 0


def paragraphs_of(
    items: Sequence[Line | Table], number: int, height: float, body: float, typed: bool
) -> list[Paragraph | Table]:
    """Group the lines of one page.

    Args:
        items: the page's lines and tables, in reading order.
        number: of the page, from 0.
        height: of the page, in points.
        body: font size of the document's body text, in points.
        typed: whether the body text is in a font of one width.
    """
    found: list[Paragraph | Table] = []
    for chunk in _chunks(items):
        if isinstance(chunk, Table):
            found.append(chunk)
        else:
            found += _in_chunk(chunk, number, typed)
    _mark_notes(found, height, body)
    return found


def continues(before: Paragraph, after: Paragraph) -> bool:
    """Return whether a paragraph continues in the next column or on the next page."""
    last, first = before.lines[-1], after.lines[0]
    if after.is_item or before.is_note or after.is_note or not _same_style(last, first):
        return False
    text = last.text
    if not any(map(str.isalpha, first.text)):
        return False  # such as a page number
    if text.endswith(("-", "\u00ad", "\u2010")) and first.text[0].islower():
        return True
    if _SENTENCE_END.search(text):
        return False
    return first.text[0].islower() or last.right >= last.column[1] - 2 * last.size


def _chunks(items: Sequence[Line | Table]) -> Iterator[list[Line] | Table]:
    """Split the items where the column, the style or the line spacing changes."""
    leading = _leadings(items)
    chunk: list[Line] = []
    for item in items:
        if isinstance(item, Table):
            if chunk:
                yield chunk
            chunk = []
            yield item
            continue
        if chunk:
            last = chunk[-1]
            usual = leading.get((item.region, round(item.size)), 1.25 * item.size)
            distance = item.bottom - last.bottom
            if (
                item.region != last.region
                or not -0.5 * item.size < distance <= _PARAGRAPH_SPACE * usual
                or abs(item.size - last.size) > _SAME_SIZE * item.size
                or (item.bold is not last.bold and not _is_full(last))
                or (item.fixed is not last.fixed and not _is_full(last))
            ):
                yield chunk
                chunk = []
        chunk.append(item)
    if chunk:
        yield chunk


def _leadings(items: Sequence[Line | Table]) -> dict[tuple[int, int], float]:
    """Return the usual distance between lines of a column, by region and font size."""
    distances: dict[tuple[int, int], list[float]] = {}
    for one, other in pairwise(items):
        if isinstance(one, Line) and isinstance(other, Line) and one.region == other.region:
            distance = other.bottom - one.bottom
            if abs(one.size - other.size) < _SAME_SIZE * one.size and 0 < distance < 2.5 * one.size:
                distances.setdefault((other.region, round(other.size)), []).append(distance)
    # With few lines the median may be the space between paragraphs.
    return {key: median(values) if len(values) > 3 else min(values) for key, values in distances.items()}


def _same_style(one: Line, other: Line) -> bool:
    return abs(one.size - other.size) <= _SAME_SIZE * other.size and one.bold is other.bold and one.fixed is other.fixed


def _is_full(line: Line) -> bool:
    return line.right >= line.column[1] - 2 * line.size


def _in_chunk(chunk: list[Line], number: int, typed: bool) -> list[Paragraph]:
    left = Counter(round(line.left) for line in chunk).most_common(1)[0][0] if len(chunk) > 2 else chunk[0].left
    right = max(line.right for line in chunk)
    found: list[Paragraph] = []
    if all(line.fixed for line in chunk) and not typed:
        return [Paragraph(chunk, [number] * len(chunk))]
    for index, line in enumerate(chunk):
        marker = _has_marker(line)
        if index == 0:
            found.append(Paragraph([line], [number], is_item=marker))
            continue
        last = found[-1]
        before = last.lines[-1]
        ended = bool(_SENTENCE_END.search(before.text))
        room = _has_room(before, line, right)
        if marker and (ended or room or last.is_item or _BULLET.fullmatch(line.words[0].text)):
            found.append(Paragraph([line], [number], is_item=True))
        elif _is_first_line(line, last, left, ended, room):
            found.append(Paragraph([line], [number]))
        else:
            if room:
                last.breaks.add(len(last.lines))
            last.lines.append(line)
            last.pages.append(number)
    return found


def _has_marker(line: Line) -> bool:
    first = line.words[0].text
    return len(line.words) > 1 and bool(_BULLET.fullmatch(first) or _NUMBERED.fullmatch(first))


def _has_room(before: Line, line: Line, right: float) -> bool:
    """Return whether the first word of a line would have fitted on the line before: the break is deliberate."""
    first = line.words[0]
    if before.text.endswith(("-", "\u00ad", "\u2010")) or first.left > line.words[-1].left:
        return False  # a hyphenated word, or a line that is written from right to left
    return before.right + (first.right - first.left) + 0.6 * line.size < right


def _is_first_line(line: Line, last: Paragraph, left: float, ended: bool, room: bool) -> bool:
    if ended and room:
        return True
    indent = line.left - left
    if last.is_item:
        # A line further left than the item's words is not part of it.
        return ended and line.left < last.lines[0].words[0].left + _FLUSH * line.size < last.lines[-1].left
    before = last.lines[-1].left - left
    if _INDENT_LEAST * line.size < indent < _INDENT_MOST * line.size and abs(before) < _FLUSH * line.size:
        return ended or room
    hanging = len(last.lines) > 1 and last.lines[0].left < last.lines[1].left - _INDENT_LEAST * line.size
    return hanging and line.left < last.lines[-1].left - _INDENT_LEAST * line.size


def _mark_notes(found: Sequence[Paragraph | Table], height: float, body: float) -> None:
    """Mark the footnotes: small print below the body text of its column, in the lower part of the page."""
    regions: dict[int, list[Paragraph]] = {}
    for paragraph in found:
        if isinstance(paragraph, Paragraph):
            regions.setdefault(paragraph.lines[0].region, []).append(paragraph)
    for paragraphs in regions.values():
        small = 0
        for paragraph in reversed(paragraphs):
            if paragraph.size > _NOTE_SIZE * body or paragraph.lines[0].top < 0.4 * height:
                break
            small += 1
        if small and small < len(paragraphs):
            for paragraph in paragraphs[-small:]:
                paragraph.is_note = True
