"""The words and ruled lines of a PDF's page with their places, from PDFium.

Places are in points (1/72 inch) from the top left corner of the page as it is shown: cropped and turned.
"""

import ctypes
import math
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from embeddings.errors import UnreadableFile

PDFIUM = threading.RLock()
"""PDFium may be called by one thread at a time; https://pypdfium2.readthedocs.io/en/stable/python_api.html#thread-incompatibility."""

# A gap of this many font sizes between two characters ends a word even without a space; PDFium uses similar values.
_WORD_GAP = 0.3
_GUESSED_GAP = 0.1
_UPRIGHT = 0.1  # radians
_BOLD_WEIGHT = 600
# TeX's bold fonts do not have it in their names otherwise: CMBX10, SFBX1000, LMRoman10-Bold.
_BOLD_NAME = re.compile(r"bold|black|heavy|demi|(?:CM|SF|LM)BX", re.IGNORECASE)
_FIXED_NAME = re.compile(r"mono|courier|typewriter|consol|(?:CM|SF|LM)TT", re.IGNORECASE)
# A font descriptor's flags, PDF 32000-1:2008, table 123.
_FIXED_PITCH = 1
_FORCE_BOLD = 1 << 18
_LINE_HYPHEN = 2  # PDFium's code for a hyphen at the end of a line
_THIN = 3.0  # points; a filled rectangle that is thinner is a ruled line
_DOT = 5.0  # points; shorter marks are not rules
_RULES_MOST = 5000  # a drawing, such as a map, is not read as rules


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space between them."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    """Of the font, in points."""
    bold: bool
    fixed: bool
    """Whether all letters of its font have one width, as those of a typewriter."""
    upright: bool

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Rule:
    """A ruled line, level or upright."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def is_level(self) -> bool:
        return self.right - self.left > self.bottom - self.top


@dataclass(frozen=True)
class Page:
    """What is on a page, in the order of the file."""

    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Rule, ...]
    unmapped: int
    """Characters that their font does not map to Unicode."""
    images: tuple[Rule, ...]
    """The edges of its pictures."""


@contextmanager
def open_pdf(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF; no other thread can use PDFium meanwhile.

    Raises:
        UnreadableFile: the file is damaged or encrypted.
    """
    with PDFIUM:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
                raise UnreadableFile(
                    f"{name} is an encrypted PDF.", "Save a copy without a password, for example by printing it to PDF."
                ) from error
            raise UnreadableFile(
                f"{name} is a damaged PDF.", "Open it in a PDF viewer and save or print it to PDF again."
            ) from error
        try:
            yield document
        finally:
            document.close()


def read_page(document: pdfium.PdfDocument, number: int) -> Page:
    """Return the words and rules of page `number`, from 0. A page that PDFium cannot load is empty."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return Page(0, 0, (), (), 0, ())
    try:
        place = _placing(page)
        width, height = page.get_size()
        inside = (-1, -1, width + 1, height + 1)
        text_page = page.get_textpage()
        words, unmapped = _words(text_page, place)
        shown = tuple(word for word in words if _overlap((word.left, word.top, word.right, word.bottom), inside))
        rules, images = _drawn(page, place)
        return Page(width, height, _with_drop_caps(shown), tuple(rules), unmapped, tuple(images))
    finally:
        page.close()


Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

Style = tuple[float, bool, bool, bool]
"""Size, bold, fixed, upright: see `Word`."""


def _placing(page: pdfium.PdfPage) -> Callable[[float, float, float, float], Box]:
    """Return the function that turns PDF coordinates (left, bottom, right, top) into those of the page as shown."""
    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation()  # degrees, clockwise

    def place(x0: float, y0: float, x1: float, y1: float) -> Box:
        if turn == 90:
            return y0 - bottom, x0 - left, y1 - bottom, x1 - left
        if turn == 180:
            return right - x1, y0 - bottom, right - x0, y1 - bottom
        if turn == 270:
            return top - y1, right - x1, top - y0, right - x0
        return x0 - left, top - y1, x1 - left, top - y0

    return place


def _words(page: pdfium.PdfTextPage, place: Callable[[float, float, float, float], Box]) -> tuple[list[Word], int]:
    words: list[Word] = []
    unmapped = 0
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    rect = raw.FS_RECTF()
    letters: list[str] = []
    box = before = (0.0, 0.0, 0.0, 0.0)
    plain = _plain_letters()
    guessed = False
    style: Style = (0.0, False, False, True)

    first = 0.0
    high = 0

    def end_word() -> None:
        # Some programs write Arabic in the order of the page, from left to right.
        if len(letters) > 1 and is_to_left(letters[0]) and before[0] > first:
            letters.reverse()
        if text := unicodedata.normalize("NFC", "".join(letters)):
            words.append(Word(text, *box, *style))
        letters.clear()

    for index in range(page.count_chars()):
        code = unicode_of(page, index)
        # PDFium gives characters beyond 16 bits in two halves.
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
        high = 0
        letter = "-" if code == _LINE_HYPHEN else chr(code) if code < 0x110000 else "\ufffd"
        if letter not in plain:
            if letter.isspace():
                # PDFium guesses blanks from gaps; where a font's widths are wrong it would guess one after each letter.
                if not (letter == " " and raw.FPDFText_IsGenerated(page, index)):
                    end_word()
                guessed = bool(letters)
                continue
            category = unicodedata.category(letter)
            if category in ("Cc", "Cs", "Cn") or letter == "\ufffd":
                unmapped += 1
                continue
            if category == "Cf" and letter != "\u00ad":
                continue
        if not box_of(page, index, rect):
            continue
        here = place(rect.left, rect.bottom, rect.right, rect.top)
        if letters and _apart(before, here, box, style, _GUESSED_GAP if guessed else _WORD_GAP):
            end_word()
        guessed = False
        if letters:
            box = (min(box[0], here[0]), min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3]))
        else:
            box, style = here, _style(page, index)
            first = here[0]
        letters.append(letter)
        before = here
        if code == _LINE_HYPHEN:
            end_word()
    end_word()
    return words, unmapped


def is_to_left(letter: str) -> bool:
    """Return whether a letter belongs to a script that is written from right to left."""
    return "\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufdff" or "\ufe70" <= letter <= "\ufefc"


@cache
def _plain_letters() -> frozenset[str]:
    """Return the commonest characters that need no further look; the category of each would take most of the time."""
    return frozenset(map(chr, [*range(0x21, 0x7F), *range(0xC0, 0x180), *range(0x400, 0x460)]))


def _apart(before: Box, here: Box, word: Box, style: Style, least: float) -> bool:
    """Return whether a character does not belong to the word before it: the gap is at least `least` font sizes."""
    size, _, _, upright = style
    if not upright:
        return least < _WORD_GAP
    # Letters of Hebrew or Arabic follow each other to the left.
    gap = max(here[0] - before[2], before[0] - here[2])
    shared = min(word[3], here[3]) - max(word[1], here[1])
    return gap > least * size or shared < 0.3 * min(here[3] - here[1], word[3] - word[1])


def _style(page: pdfium.PdfTextPage, index: int) -> Style:
    matrix = raw.FS_MATRIX()
    size = raw.FPDFText_GetFontSize(page, index)
    if raw.FPDFText_GetMatrix(page, index, matrix):
        size *= (matrix.c**2 + matrix.d**2) ** 0.5
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(page, index, buffer, len(buffer), flags)
    name = buffer.value.decode("utf-8", "replace")
    bold = bool(_BOLD_NAME.search(name)) or bool(flags.value & _FORCE_BOLD)
    bold = bold or raw.FPDFText_GetFontWeight(page, index) >= _BOLD_WEIGHT
    fixed = bool(flags.value & _FIXED_PITCH) or bool(_FIXED_NAME.search(name))
    angle = raw.FPDFText_GetCharAngle(page, index) + _turn(page)
    angle %= math.tau
    return max(size, 0.1), bold, fixed, min(angle, math.tau - angle) < _UPRIGHT


def _turn(page: pdfium.PdfTextPage) -> float:
    """Return the angle, in radians, by which the viewer turns the page."""
    return float(page.page.get_rotation()) * math.pi / 180


def _drawn(page: pdfium.PdfPage, place: Callable[[float, float, float, float], Box]) -> tuple[list[Rule], list[Rule]]:
    """Return the page's ruled lines, and the places of its pictures."""
    rules: list[Rule] = []
    images: list[Rule] = []
    kinds: list[Any] = [raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]
    for item in page.get_objects(filter=kinds, max_depth=2):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            images.append(Rule(*place(*item.get_bounds())))
            continue
        if len(rules) >= _RULES_MOST:
            return [], images
        left, top, right, bottom = place(*item.get_bounds())
        if min(right - left, bottom - top) <= _THIN and max(right - left, bottom - top) > _DOT:
            rules.append(Rule(left, top, right, bottom))
        elif _is_stroked(item):
            rules += [
                Rule(left, top, right, top),
                Rule(left, bottom, right, bottom),
                Rule(left, top, left, bottom),
                Rule(right, top, right, bottom),
            ]
    return rules, images


def _is_stroked(item: pdfium.PdfObject) -> bool:
    """Return whether a path is a rectangle with an outline, as of a table's cell."""
    fill, stroke = ctypes.c_int(), raw.FPDF_BOOL()
    raw.FPDFPath_GetDrawMode(item, fill, stroke)
    return bool(stroke.value) and raw.FPDFPath_CountSegments(item) <= 6


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _with_drop_caps(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Join a large initial that spans several lines with the rest of its word."""
    joined: list[Word] = []
    for word in words:
        cap = joined[-1] if joined else None
        if (
            cap is not None
            and len(cap.text) == 1
            and cap.text.isupper()
            and cap.size > 1.8 * word.size
            and word.text[0].islower()
            and cap.top - word.size <= word.top < cap.bottom
            and -word.size < word.left - cap.right < word.size
        ):
            joined[-1] = replace(word, text=cap.text + word.text, left=cap.left)
        else:
            joined.append(word)
    return tuple(joined)
