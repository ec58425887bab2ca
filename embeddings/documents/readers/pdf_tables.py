"""Find tables on a PDF's page: cells between ruled lines, and lines of text whose gaps are below each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from embeddings.documents.readers.pdf_layout import Line, rows_of
from embeddings.documents.readers.pdf_words import Rule, Word

_TOUCH = 2.5  # points; LibreOffice and Chromium leave small gaps where rules cross
_GRID_RULES_MOST = 1500
# In font sizes: the gap between columns that are not ruled, and the leading within a table.
_COLUMN_GAP = 0.9
_SHARED_GAP = 0.54
_NARROW_GAP = 0.5
_EDGE_GAP = 0.35
_LEADING_MOST = 3.2
_WRAP_LEADING = 1.35
_SAME_DISTANCE = 1.12
_ALONE_MOST = 4  # lines
_CELL_CHARS_MOST = 70
_ROWS_LEAST = 2
_FILLED_LEAST = 0.4  # the share of cells; words strewn over a drawing fill fewer
_LEADER = re.compile(r"(?:\.\s?){4,}")
_MARKER = re.compile(r"[^\w\s]|[(\[]?(?:\d{1,3}|[A-Za-z])(?:\.\d{1,3}){0,4}[.)\]]{0,2}")

Cell = tuple[Word, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells, each with its words in reading order. A cell that is merged with others is in the first of them."""

    rows: tuple[tuple[Cell, ...], ...]
    has_header: bool
    left: float
    top: float
    right: float
    bottom: float

    @property
    def words(self) -> list[Word]:
        return [word for row in self.rows for cell in row for word in cell]


def ruled_tables(words: Sequence[Word], rules: Sequence[Rule]) -> list[Table]:
    """Return the tables whose cells are enclosed by ruled lines."""
    if len(rules) > _GRID_RULES_MOST:
        rules = [rule for rule in rules if max(rule.right - rule.left, rule.bottom - rule.top) > 20]
    grids = [grid for grid in _connected(_merged(rules)) if len(grid) >= 5]
    tables = (_from_grid(words, grid) for grid in grids)
    return [table for table in tables if table is not None]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Join rules that continue or repeat each other, as the borders of neighbouring cells do."""
    merged: list[Rule] = []
    for level in (True, False):
        ordered = sorted(
            (rule for rule in rules if rule.is_level is level),
            key=lambda rule: (round(rule.top), rule.left) if rule.is_level else (round(rule.left), rule.top),
        )
        for rule in ordered:
            last = merged[-1] if merged and merged[-1].is_level is level else None
            if last and _near(last, rule) and (abs(last.top - rule.top) if level else abs(last.left - rule.left)) < 1.5:
                merged[-1] = Rule(
                    min(last.left, rule.left),
                    min(last.top, rule.top),
                    max(last.right, rule.right),
                    max(last.bottom, rule.bottom),
                )
            else:
                merged.append(rule)
    return merged


def _near(one: Rule, other: Rule) -> bool:
    return (
        one.left - _TOUCH < other.right
        and other.left - _TOUCH < one.right
        and one.top - _TOUCH < other.bottom
        and other.top - _TOUCH < one.bottom
    )


def _connected(rules: list[Rule]) -> list[list[Rule]]:
    """Group the rules that touch each other."""
    groups: list[list[Rule]] = []
    left = list(rules)
    while left:
        group = [left.pop()]
        for rule in group:
            touching = [other for other in left if _near(rule, other)]
            group += touching
            if touching:
                left = [other for other in left if not any(other is found for found in touching)]
        groups.append(group)
    return groups


def _from_grid(words: Sequence[Word], grid: list[Rule]) -> Table | None:
    uprights = [rule for rule in grid if not rule.is_level]
    levels = [rule for rule in grid if rule.is_level]
    xs = _places([(rule.left + rule.right) / 2 for rule in uprights])
    ys = _places([(rule.top + rule.bottom) / 2 for rule in levels])
    if len(xs) < 3 or len(ys) < 3:
        return None
    cells: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        x, y = (word.left + word.right) / 2, word.middle
        if not (xs[0] < x < xs[-1] and ys[0] < y < ys[-1]):
            continue
        row, column = _band(ys, y), _band(xs, x)
        while column and not any(rule.top < y < rule.bottom and _is_at(rule, x=xs[column]) for rule in uprights):
            column -= 1
        while row and not any(rule.left < x < rule.right and _is_at(rule, y=ys[row]) for rule in levels):
            row -= 1
        cells.setdefault((row, column), []).append(word)
    rows = [
        tuple(_ordered(cells.get((row, column), [])) for column in range(len(xs) - 1)) for row in range(len(ys) - 1)
    ]
    filled = [row for row in rows if any(row)]
    if sum(sum(map(bool, row)) >= 2 for row in filled) < _ROWS_LEAST:
        return None
    return Table(tuple(filled), _has_header(filled), xs[0], ys[0], xs[-1], ys[-1])


def _places(values: list[float]) -> list[float]:
    """Return sorted values, those nearer than `_TOUCH` as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _TOUCH:
            found.append(value)
    return found


def _band(edges: list[float], value: float) -> int:
    return max(index for index, edge in enumerate(edges) if edge < value)


def _is_at(rule: Rule, *, x: float | None = None, y: float | None = None) -> bool:
    if x is not None:
        return abs((rule.left + rule.right) / 2 - x) <= _TOUCH
    return y is not None and abs((rule.top + rule.bottom) / 2 - y) <= _TOUCH


def _ordered(words: list[Word]) -> Cell:
    return tuple(word for row in rows_of(words) for word in row)


def _has_header(rows: Sequence[tuple[Cell, ...]]) -> bool:
    """Return whether the first row names the columns: it is bold and the rest is not, or only the rest has numbers."""
    first = [cell for cell in rows[0] if cell]
    rest = [cell for row in rows[1:] for cell in row if cell]
    if len(first) < 2 or not rest:
        return False
    bold = all(word.bold for cell in first for word in cell)
    if bold and sum(all(word.bold for word in cell) for cell in rest) < len(rest) / 2:
        return True
    return not any(_has_digit(cell) for cell in first) and any(
        sum(_has_digit(row[column]) for row in rows[1:]) > len(rows[1:]) / 2 for column in range(len(rows[0]))
    )


def _has_digit(cell: Cell) -> bool:
    return any(letter.isdigit() for word in cell for letter in word.text)


def with_aligned_tables(lines: Sequence[Line], rules: Sequence[Rule], typed: bool) -> list[Line | Table]:
    """Return the lines in the same order, with those that are rows of a table without a grid made tables.

    Args:
        lines: in reading order.
        rules: those of the page.
        typed: whether tables may be in a font of one width, as in a typed page; else that is code.
    """
    found: list[Line | Table] = []
    index = 0
    while index < len(lines):
        end = index if lines[index].fixed and not typed else _table_end(lines, index)
        table = _from_lines(lines[index:end], rules) if end - index >= _ROWS_LEAST else None
        if table is None:
            found.append(lines[index])
            index += 1
        else:
            before = found[-1] if found else None
            if isinstance(before, Line) and (whole := _with_header(before, lines[index:end], table, rules)):
                found[-1] = whole
            else:
                found.append(table)
            index = end
    return found


def _with_header(before: Line, lines: Sequence[Line], table: Table, rules: Sequence[Rule]) -> Table | None:
    """Return the table with the line before it, if that has words over several columns though its gaps are narrow."""
    if before.region != lines[0].region or lines[0].bottom - before.bottom > _LEADING_MOST * before.size:
        return None
    whole = _from_lines([before, *lines], rules)
    if whole is None or len(whole.rows[0]) != len(table.rows[0]) or len(whole.rows) == len(table.rows):
        return None
    return whole if sum(map(bool, whole.rows[0])) >= 2 else None


Gap = tuple[float, float]


def _gaps(line: Line, least: float = _COLUMN_GAP) -> list[Gap]:
    """Return the gaps in a line that are wide enough to lie between columns; `least` is in font sizes."""
    places = sorted((word.left, word.right) for word in line.words)
    return [(end, start) for (_, end), (start, _) in pairwise(places) if start - end >= least * line.size]


def _table_end(lines: Sequence[Line], start: int) -> int:
    """Return where the table that may begin with line `start` ends; `start` if none begins there."""
    common = _gaps(lines[start])
    if not common or len(lines[start].text) > _CELL_CHARS_MOST * (len(common) + 1):
        return start
    end = solid = start + 1
    alone = 0
    for line in lines[start + 1 :]:
        before = lines[end - 1]
        size = max(line.size, before.size)
        if line.region != before.region or not 0 < line.bottom - before.bottom <= _LEADING_MOST * size:
            break
        # Between lines of justified prose wide spaces meet by chance; rows that are set apart may have narrow gaps.
        apart = line.bottom - before.bottom > _WRAP_LEADING * size
        own = _gaps(line)
        left, right = line.words[0].left, line.words[-1].right
        free = [(-1e9, left), *(_gaps(line, _NARROW_GAP) if apart else own), (right, 1e9)]
        least = (_NARROW_GAP if apart else _SHARED_GAP) * size
        shared = [(max(a, c), min(b, d)) for a, b in common for c, d in free if min(b, d) - max(a, c) >= least]
        if len(shared) < len(common):
            break
        # A line within one column is a part of a cell that wraps, or a row by itself.
        alone = 0 if own else alone + 1
        if alone > _ALONE_MOST:
            break
        common = shared
        end += 1
        if own or (left > common[0][0] and line.bottom - before.bottom <= _WRAP_LEADING * size):
            solid = end
    return solid


def _from_lines(lines: Sequence[Line], rules: Sequence[Rule]) -> Table | None:
    spaced = [(line, gaps) for line in lines if (gaps := _gaps(line))]
    if len(spaced) < _ROWS_LEAST or all(_is_marker(line, gaps) for line, gaps in spaced):
        return None
    if sum(bool(_LEADER.search(line.text)) for line in lines) >= len(lines) / 2:
        return None  # a table of contents
    edges = _edges(lines)
    if not edges:
        return None
    split = [_split(line, edges) for line in lines]
    lengths = [sum(len(word.text) + 1 for word in cell) for row in split for cell in row if cell]
    if median(lengths) > _CELL_CHARS_MOST:
        return None
    rows: list[list[Cell]] = []
    close = _close_distance(lines, split)
    for index, (line, cells) in enumerate(zip(lines, split, strict=True)):
        if rows and _continues(lines[index - 1], line, split[index - 1], cells, close, rules):
            rows[-1] = [above + below for above, below in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(list(cells))
    if sum(bool(cell) for row in rows for cell in row) < _FILLED_LEAST * len(rows) * len(rows[0]):
        return None
    if len(rows) < _ROWS_LEAST or sum(sum(map(bool, row)) >= 2 for row in rows) < _ROWS_LEAST:
        return None
    table = [tuple(row) for row in rows]
    header = _has_header(table) or _is_ruled_below_first(lines, table, rules)
    return Table(
        tuple(table),
        header,
        min(line.left for line in lines),
        lines[0].top,
        max(line.right for line in lines),
        lines[-1].bottom,
    )


def _is_marker(line: Line, gaps: list[Gap]) -> bool:
    """Return whether the only gap of a line is after a bullet or a number, as of a list or of headings."""
    before = [word for word in line.words if word.right <= gaps[0][0] + 0.1]
    return len(gaps) == 1 and len(before) == 1 and bool(_MARKER.fullmatch(before[0].text))


def _edges(lines: Sequence[Line]) -> list[float]:
    """Return the x of the empty strips that all lines share."""
    least = _EDGE_GAP * median(line.size for line in lines)
    edges: list[float] = []
    reached: float | None = None
    for left, right in sorted((word.left, word.right) for line in lines for word in line.words):
        if reached is not None and left - reached >= least:
            edges.append((left + reached) / 2)
        reached = right if reached is None else max(reached, right)
    return edges


def _split(line: Line, edges: list[float]) -> list[Cell]:
    bounds = [-1e9, *edges, 1e9]
    return [tuple(word for word in line.words if low <= word.left < high) for low, high in pairwise(bounds)]


def _close_distance(lines: Sequence[Line], split: Sequence[Sequence[Cell]]) -> float | None:
    """Return up to which distance a line belongs to the row of the line before it; None if distances do not say."""
    distances = [other.bottom - one.bottom for one, other in pairwise(lines)]
    least = min(distances) * _SAME_DISTANCE
    if max(distances) < least * _SAME_DISTANCE:
        return None
    # A row that wraps has lines that do not fill all of its cells; full lines that are close are rows in a group.
    whole = [all(one) and all(other) for one, other in pairwise(split)]
    return None if any(full and distance <= least for full, distance in zip(whole, distances, strict=True)) else least


def _continues(
    before: Line, line: Line, above: Sequence[Cell], cells: Sequence[Cell], close: float | None, rules: Sequence[Rule]
) -> bool:
    """Return whether a line belongs to the row of the line before it, because its cells wrap."""
    distance = line.bottom - before.bottom
    across = [rule for rule in rules if rule.is_level and rule.left < line.right and rule.right > line.left]
    if any(before.bottom - 2 < rule.top < line.bottom - line.size / 2 for rule in across):
        return False
    if close is not None:
        return distance <= close
    wraps = all(one or not other for one, other in zip(above, cells, strict=True))
    return distance <= _WRAP_LEADING * line.size and not cells[0] and wraps


def _is_ruled_below_first(lines: Sequence[Line], rows: Sequence[tuple[Cell, ...]], rules: Sequence[Rule]) -> bool:
    """Return whether the only rule within the table is the one below its first row."""
    first = max(word.bottom for cell in rows[0] for word in cell)
    second = min(word.bottom for cell in rows[1] for word in cell)
    inside = [
        rule.top
        for rule in rules
        if rule.is_level
        and lines[0].bottom - 2 < rule.top < lines[-1].bottom - lines[-1].size
        and rule.left < lines[0].right
        and rule.right > lines[0].left
    ]
    return bool(inside) and all(first - 2 < top < second for top in inside)
