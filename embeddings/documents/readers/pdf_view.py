"""Show where words of a PDF's canonical text are: the pages with rectangles, and a page drawn with them marked."""

import io
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from embeddings.documents.readers.pdf_page import PageLayout, lay_out, with_tables
from embeddings.documents.readers.pdf_words import Word, open_pdf, read_page
from embeddings.documents.text_builder import CELL_SEPARATOR

# Marked like with a highlighter: the paper is tinted and the print stays as dark as it is.
_TINT = np.array([255, 226, 110], dtype=np.uint16)
_PIXELS_MOST = 25_000_000
_CONTEXT = 400
# Not compared: hyphens that were removed where a word was joined, and what separates cells.
_IGNORED = str.maketrans("", "", "-\u2010\u00ad|")


@dataclass(frozen=True)
class Rectangle:
    """A part of a page, in fractions of its width and height, from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class PageMarks:
    """Where words are on one page."""

    page: int
    """From 0."""
    rectangles: tuple[Rectangle, ...]
    """One for each line or cell, in reading order; empty if the words are not found on the page."""


def find_words(data: bytes, text: str, page_starts: Sequence[int], start: int, end: int) -> list[PageMarks]:
    """Return the pages and rectangles of `text[start:end]`, the canonical text that `PdfReader` read from `data`.

    Only the pages that the words are on are read again.

    Raises:
        UnreadableFile: the file is damaged or encrypted.
        ValueError: the text has no such characters.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"The text has no characters [{start}, {end}): it is {len(text)} long.")
    found: list[PageMarks] = []
    with open_pdf(data, "the file") as document:
        for number in range(max(bisect_right(page_starts, start) - 1, 0), len(page_starts)):
            first = page_starts[number]
            last = page_starts[number + 1] if number + 1 < len(page_starts) else len(text)
            if first >= end:
                break
            if text[max(start, first) : min(end, last)].strip():
                place = _Place(lay_out(read_page(document, number)), text[first:last])
                found.append(PageMarks(number, place.rectangles(max(start, first) - first, min(end, last) - first)))
    return found


def draw_page(data: bytes, page: int, rectangles: Iterable[Rectangle] = (), width: int = 1200) -> bytes:
    """Return page `page`, from 0, as PNG with rectangles marked; `width` is in pixels.

    Raises:
        UnreadableFile: the file is damaged or encrypted.
        ValueError: the file has no such page.
    """
    with open_pdf(data, "the file") as document:
        if not 0 <= page < len(document):
            raise ValueError(f"The file has no page {page + 1}: it has {len(document)}.")
        source = document[page]
        across, down = source.get_size()
        scale = min(width / across, (_PIXELS_MOST / (across * down)) ** 0.5)
        bitmap = source.render(scale=scale, rev_byteorder=True, may_draw_forms=True)
        # Copied, because the bitmap's memory is freed with the document.
        pixels = np.array(bitmap.to_numpy()[:, :, :3])
        bitmap.close()
    height, width = pixels.shape[:2]
    for box in rectangles:
        rows = slice(max(int(box.top * height), 0), max(int(np.ceil(box.bottom * height)), 0))
        columns = slice(max(int(box.left * width), 0), max(int(np.ceil(box.right * width)), 0))
        pixels[rows, columns] = (pixels[rows, columns] * _TINT // 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


class _Place:
    """Aligns a page's part of the canonical text with the words of the page.

    Both have the same letters. Blocks may be in another order, because footnotes and running heads are put after the
    text, so a stretch is found by its letters; of several places, the one with the most alike surroundings is taken.
    """

    def __init__(self, layout: PageLayout, text: str) -> None:
        self._layout = layout
        self._text = text
        self._letters, self._at = _squeeze(text)
        self._words: list[Word] = [*_words_in_order(layout), *layout.turned]
        pieces = ["".join(word.text.split()).translate(_IGNORED) for word in self._words]
        self._page_letters = "".join(pieces)
        self._word_at = [(index, place) for index, piece in enumerate(pieces) for place in range(len(piece))]
        self._lengths = [len(piece) for piece in pieces]

    def rectangles(self, start: int, end: int) -> tuple[Rectangle, ...]:
        """Return the rectangles of `text[start:end]`, where `text` is that of the page."""
        boxes: list[Rectangle] = []
        for first, last in self._stretches(start, end):
            low, high = self._squeezed(first), self._squeezed(last)
            # A paragraph around the footnotes of its column is on the page in two pieces.
            while low < high:
                middle = low + self._longest(low, high)
                if middle > low:
                    place = self._nearest(low, middle)
                    boxes += self._boxes(place, place + middle - low)
                low = max(middle, low + 1)
        return tuple(dict.fromkeys(boxes))

    def _stretches(self, start: int, end: int) -> list[tuple[int, int]]:
        """Split at line breaks and cells, over which the order on the page may differ."""
        stretches: list[tuple[int, int]] = []
        position = start
        for line in self._text[start:end].split("\n"):
            for cell in line.split(CELL_SEPARATOR):
                stretches.append((position, position + len(cell)))
                position += len(cell) + len(CELL_SEPARATOR)
            position += 1 - len(CELL_SEPARATOR)
        return stretches

    def _squeezed(self, offset: int) -> int:
        return int(np.searchsorted(self._at, offset))

    def _longest(self, low: int, high: int) -> int:
        """Return how many letters from `low` on are on the page in one piece."""
        least, most = 0, high - low
        while least < most:
            middle = (least + most + 1) // 2
            if self._letters[low : low + middle] in self._page_letters:
                least = middle
            else:
                most = middle - 1
        return least

    def _nearest(self, low: int, high: int) -> int:
        """Return the place of the letters `[low, high)` on the page; they are there."""
        wanted = self._letters[low:high]
        before = self._letters[max(low - _CONTEXT, 0) : low][::-1]
        after = self._letters[high : high + _CONTEXT]

        def score(place: int) -> int:
            end = place + len(wanted)
            left = self._page_letters[max(place - _CONTEXT, 0) : place][::-1]
            return _alike(before, left) + _alike(after, self._page_letters[end : end + _CONTEXT])

        return max(_places(self._page_letters, wanted), key=score)

    def _boxes(self, first: int, last: int) -> list[Rectangle]:
        """Return a rectangle for each line of the page's letters `[first, last)`."""
        parts: list[list[float]] = []
        width, height = self._layout.page.width, self._layout.page.height
        begun = first
        while begun < last:
            index, place = self._word_at[begun]
            word = self._words[index]
            count = min(self._lengths[index] - place, last - begun)
            left, right = _part(word, place / self._lengths[index], (place + count) / self._lengths[index])
            begun += count
            line = parts[-1] if parts else None
            # Words of one line are marked in one piece, with the blanks between.
            if (
                line
                and abs((line[1] + line[3]) / 2 - word.middle) < word.size / 2
                and -2 < left - line[2] < 3 * word.size
            ):
                line[1:] = [min(line[1], word.top), max(line[2], right), max(line[3], word.bottom)]
            else:
                parts.append([left, word.top, right, word.bottom])
        return [
            Rectangle(left / width, top / height, right / width, bottom / height) for left, top, right, bottom in parts
        ]


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Return the letters that are compared, and where each is in `text`."""
    kept = [(letter, at) for at, letter in enumerate(text) if not letter.isspace() and letter.translate(_IGNORED)]
    return "".join(letter for letter, _ in kept), [at for _, at in kept]


def _places(text: str, wanted: str) -> Iterable[int]:
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + 1)


def _words_in_order(layout: PageLayout) -> Iterable[Word]:
    for item in with_tables(layout, list(layout.items)):
        yield from item.words


def _part(word: Word, begin: float, end: float) -> tuple[float, float]:
    """Return the left and right edge of a part of a word, as if its letters were of one width."""
    if not word.upright:
        return word.left, word.right
    width = word.right - word.left
    return word.left + begin * width, word.left + end * width


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
