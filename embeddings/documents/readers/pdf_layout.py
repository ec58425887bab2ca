"""Reading order: put the words of a PDF's page in lines, and the lines in the order in which a person reads them.

A PDF says where letters are, not which follow which. Columns are found as the tallest empty strips between words: the
page is cut above and below the strip, then along it, and the parts are cut in the same way (a recursive X-Y cut;
Nagy and Seth, 1984, with Breuel's whitespace cover, 2002). A headline across the columns, or a rule, ends a strip. The
strips between the columns of a table are not cut: see `pdf_tables`.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import fmean, median

from embeddings.documents.readers.pdf_words import Rule, Word, is_to_left

# In font sizes. LaTeX's gutter is 1.0 of them; a justified line's blanks are rarely wider than 0.7 and do not align.
_GUTTER = 0.8
_STRIP_ROWS = 3
_SAME_PLACE = 0.25
# A column of prose has lines with at least this many characters that fill at least this share of the column's width.
_PROSE_CHARS = 14
_PROSE_FILL = 0.66
_WIDE_BLANK = 1.8
_GOES_ON = 0.2  # the share of lines
_CANDIDATES_MOST = 40
_DEPTH_MOST = 12
_WORDS_MOST = 10_000  # a page of a newspaper has half of them; more take too long


@dataclass(frozen=True)
class Line:
    """Words on one line of one column, in reading order."""

    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float
    column: tuple[float, float]
    """The left and right edge of the text of the column that the line is in."""
    region: int
    """Counts the parts into which the page is cut."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def size(self) -> float:
        """The font size of most of its characters, in points."""
        return max(self.words, key=lambda word: len(word.text)).size

    @property
    def fixed(self) -> bool:
        return all(word.fixed for word in self.words)

    @property
    def bold(self) -> bool:
        return all(word.bold for word in self.words if any(map(str.isalnum, word.text)))


def lines_in_order(words: Sequence[Word], rules: Sequence[Rule]) -> list[Line]:
    """Return the lines that upright words make, in reading order."""
    lines: list[Line] = []
    level = [rule for rule in rules if rule.is_level]
    for region, part in enumerate(_cut(list(words), level, 0) if words else ()):
        lines += _lines(part, region)
    return lines


def _lines(words: Sequence[Word], region: int) -> list[Line]:
    """Return the lines of one column from top to bottom."""
    rows = rows_of(words)
    column = (min(word.left for word in words), max(word.right for word in words))
    return [
        Line(
            tuple(row),
            min(word.left for word in row),
            min(word.top for word in row),
            max(word.right for word in row),
            max(word.bottom for word in row),
            column,
            region,
        )
        for row in rows
    ]


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Group words by line, top to bottom; each line is in reading order."""
    rows: list[list[Word]] = []
    spans: list[tuple[float, float]] = []  # of each row's largest word
    for word in sorted(words, key=lambda word: (word.middle, word.left)):
        for index in range(len(rows) - 1, max(len(rows) - 4, -1), -1):
            top, bottom = spans[index]
            shared = min(bottom, word.bottom) - max(top, word.top)
            if shared > 0.5 * min(bottom - top, word.bottom - word.top):
                rows[index].append(word)
                if word.bottom - word.top > bottom - top and word.size < 1.5 * rows[index][0].size:
                    spans[index] = (word.top, word.bottom)
                break
        else:
            rows.append([word])
            spans.append((word.top, word.bottom))
    order = sorted(range(len(rows)), key=lambda index: spans[index][1])
    return [_in_line(rows[index]) for index in order]


def _in_line(row: list[Word]) -> list[Word]:
    """Return a line's words in reading order, also where scripts of both directions are mixed."""
    places = sorted(row, key=lambda word: word.left)
    letters = [letter for word in row for letter in word.text if letter.isalpha()]
    backward = sum(map(is_to_left, letters))
    if not backward:
        return places
    line_to_left = backward > 2 / 3 * len(letters)
    if line_to_left:
        places.reverse()
    ordered: list[Word] = []
    # Words written in the other direction keep their own order.
    for against, run in groupby(places, lambda word: any(map(is_to_left, word.text)) is not line_to_left):
        words = list(run)
        ordered += reversed(words) if against else words
    return ordered


def _cut(words: list[Word], rules: list[Rule], depth: int) -> list[list[Word]]:
    """Divide `words` into columns; return them in reading order."""
    strip = _tallest_gutter(words, rules) if depth < _DEPTH_MOST and len(words) < _WORDS_MOST else None
    if strip is None:
        return [words]
    x, top, bottom = strip
    parts = (
        [word for word in words if word.middle < top],
        [word for word in words if top <= word.middle <= bottom and word.left < x],
        [word for word in words if top <= word.middle <= bottom and word.left >= x],
        [word for word in words if word.middle > bottom],
    )
    if sum(map(bool, parts)) < 2:
        return [words]
    return [piece for part in parts if part for piece in _cut(part, rules, depth + 1)]


def _tallest_gutter(words: list[Word], rules: list[Rule]) -> tuple[float, float, float] | None:
    """Return x, top and bottom of the tallest empty strip between columns of prose, or None."""
    size = median(word.size for word in words)
    half = _GUTTER * size / 2
    left, right = min(word.left for word in words), max(word.right for word in words)
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    blocks = [(word.left - half, word.right + half, word.top, word.bottom) for word in words]
    blocks += [
        (rule.left, rule.right, rule.top, rule.bottom) for rule in rules if rule.left < right and rule.right > left
    ]
    blocks.sort(key=lambda block: block[2])
    candidates: list[tuple[float, float, float, float]] = []
    for x in _places(words, half):
        reached = top
        across = [block for block in blocks if block[0] < x < block[1]]
        for _, _, upper, lower in [*across, (x, x, bottom, bottom)]:
            if upper - reached >= _STRIP_ROWS * size:
                candidates.append((_shared_height(words, x, reached, upper), x, reached, upper))
            reached = max(reached, lower)
    candidates.sort(reverse=True)
    tried: set[tuple[int, int, float]] = set()
    for height, x, upper, lower in candidates:
        if height < _STRIP_ROWS * size or len(tried) >= _CANDIDATES_MOST:
            break
        inside = [word for word in words if upper <= word.middle <= lower]
        before = [word for word in inside if word.left < x]
        after = [word for word in inside if word.left >= x]
        # Neighbouring places are the same strip.
        division = len(before), len(after), upper
        if division not in tried and before and after and _divides(before, after, x, size):
            return x, upper, lower
        tried.add(division)
    return None


def _shared_height(words: list[Word], x: float, top: float, bottom: float) -> float:
    """Return the height over which an empty strip has words on both of its sides."""
    left_top = right_top = bottom
    left_bottom = right_bottom = top
    for word in words:
        if top <= word.top and word.bottom <= bottom:
            if word.left < x:
                left_top, left_bottom = min(left_top, word.top), max(left_bottom, word.bottom)
            else:
                right_top, right_bottom = min(right_top, word.top), max(right_bottom, word.bottom)
    return min(left_bottom, right_bottom) - max(left_top, right_top)


def _places(words: list[Word], half: float) -> list[float]:
    """Return the x at which to look for strips: just left of places where several lines begin."""
    starts = sorted(word.left for word in words)
    found: list[float] = []
    for start in starts:
        if found and start - half - 0.01 - found[-1] < half:
            continue
        # Words of one column begin within a font size, if it is ragged or indented.
        if bisect_left(starts, start + 2 * half) - bisect_left(starts, start) >= 2:
            found.append(start - half - 0.01)
    return found[1:]


def _divides(left: list[Word], right: list[Word], x: float, size: float) -> bool:
    """Return whether the empty strip at `x` lies between two columns of prose and not inside a table or a list."""
    sides = [rows_of(left), rows_of(right)]
    if min(map(len, sides)) < _STRIP_ROWS:
        return False
    bottoms = [[max(word.bottom for word in row) for row in side] for side in sides]
    few, many = sorted(bottoms, key=len)
    aligned = sum(any(abs(one - other) < _SAME_PLACE * size for other in many) for one in few) / len(few)
    if aligned < 0.6:
        return all(_mean_chars(side) >= _PROSE_CHARS / 2 for side in sides)
    # A side may have several columns; those next to the strip decide.
    edges = _empty_places([*left, *right], _GUTTER * size)
    before = max((edge for edge in edges if edge < x - size), default=0.0)
    after = min((edge for edge in edges if edge > x + size), default=float("inf"))
    nearest = [word for word in left if word.left >= before], [word for word in right if word.left < after]
    return all(side and _is_prose(rows_of(side)) for side in nearest)


def _empty_places(words: Sequence[Word], least: float) -> list[float]:
    """Return the middle of each strip that is empty from top to bottom and at least `least` wide."""
    found: list[float] = []
    reached = float("inf")
    for left, right in sorted((word.left, word.right) for word in words):
        if left - reached >= least:
            found.append((left + reached) / 2)
        reached = right if reached == float("inf") else max(reached, right)
    return found


def _mean_chars(rows: list[list[Word]]) -> float:
    return fmean(sum(len(word.text) + 1 for word in row) for row in rows)


def _is_prose(rows: list[list[Word]]) -> bool:
    left, right = min(word.left for row in rows for word in row), max(word.right for row in rows for word in row)
    # The last line of a paragraph and a heading are short; hence the median.
    chars = median(sum(len(word.text) + 1 for word in row) for row in rows)
    if chars < _PROSE_CHARS or median(map(_covered, rows)) < _PROSE_FILL * (right - left):
        return False
    # A sentence continues on the next line, in small letters; a cell begins with a capital or a digit.
    first = [row[0].text[0] for row in rows]
    cased = [letter for letter in first if letter.isalnum() and (letter.isdigit() or letter.lower() != letter.upper())]
    return sum(map(str.islower, cased)) >= _GOES_ON * len(cased)


def _covered(row: list[Word]) -> float:
    """Return the width of a line without blanks that are too wide for prose."""
    places = sorted((word.left, word.right) for word in row)
    wide = sum(gap for (_, end), (start, _) in pairwise(places) if (gap := start - end) > _WIDE_BLANK * row[0].size)
    return places[-1][1] - places[0][0] - wide
