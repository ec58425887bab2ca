"""Find the structure of plain text: paragraphs however they are wrapped, headings, lists, tables, fields and quoted mail."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from embeddings.documents.blocks import Block, Kind, Skip, Span
from embeddings.documents.dialogue import Labels, find_labels, label_of
from embeddings.documents.sentences import ends_sentence, sentence_spans, trim

# Prefixes of quoted mail, as RFC 3676 and common programs write them: "> ", ">> ", "> > ".
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)+")
_BULLET = re.compile(r"[-*+•–‣◦▪·]\s+")
# "1." "2)" "(3)" "a)" "§ 5." "Article 7." "1.2.3"
_NUMBER = re.compile(
    r"\(?(?P<number>\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+|\d{1,2}(?:\.\d{1,2})+\.?\s+|§+\s*\d+[a-z]?\.?\s*|[A-Z][a-z]+ \d{1,3}\.\s+"
)
_FIELD = re.compile(r"(?P<key>[^\W\d_][^:\n]{0,38}?)\s*:\s+(?P<value>\S.*)")
_FIELD_WORDS = 4
_FIELD_CHARS = 160
_UNDERLINE = re.compile(r"[=\-~_*]{3,}\s*")
# A word, and the one that a hyphen joins to it.
_HYPHENATED = re.compile(r"(?<!\w)(\w+)-(?=(\w+))")
_HEADING_CHARS = 90
# Prose is wrapped at a number of columns between these; shorter lines are those of a poem or an address.
_NARROWEST, _WIDEST = 24, 120
# Columns of a table are separated by one of these, so often at least in a row, or by two or more blanks.
_DELIMITERS = {"\t": 1, ";": 2, "|": 1}
_GAP = re.compile(r"[ \t]{2,}")
_TABLE_ROWS = 3
# A wrapped line may end this share of the width early, where a person has edited it.
_RAGGED = 0.8


@dataclass(frozen=True)
class Line:
    """A line that is not blank: `[start, end)` without white space and quotation marks at its ends."""

    start: int
    end: int
    indent: int
    """White space before it, in characters."""
    depth: int
    """How often it is quoted: the number of `>` before it."""
    blank_before: int
    """Number of blank lines before it."""
    words: str


def plain_text_blocks(text: str, start: int = 0, end: int | None = None) -> tuple[Block, ...]:
    """Return the blocks of `text[start:end]`, in order; together they hold all but white space and marks of quotation."""
    lines = _lines(text, start, len(text) if end is None else end)
    labels = find_labels(line.words for line in lines)
    hyphenated = hyphenated_words(text)
    blocks: list[Block] = []
    for depth, quoted in groupby(_single_spaced(lines), key=lambda line: line.depth):
        stanzas = _stanzas(list(quoted))
        width = _width(stanzas)
        for i, stanza in enumerate(stanzas):
            found = list(
                _Stanza(text, stanza, width, labels, hyphenated).blocks(
                    alone=len(stanzas) > 1, last=i == len(stanzas) - 1
                )
            )
            blocks += [_as_quotation(block, depth) for block in found] if depth else found
    return tuple(_nested(text, blocks))


def stanza_blocks(text: str, lines: Sequence[Span], hyphenated: frozenset[str]) -> list[Block]:
    """Return the blocks of consecutive lines, such as those of a Markdown paragraph, whose line breaks may mean nothing.

    `hyphenated` has the `hyphenated_words` of the whole text.
    """
    found = [Line(start, end, 0, 0, 0, text[start:end]) for start, end in lines if start < end]
    labels = find_labels(line.words for line in found)
    return list(_Stanza(text, found, _width([found]), labels, hyphenated).blocks(alone=False, last=True))


def _lines(text: str, start: int, end: int) -> list[Line]:
    found: list[Line] = []
    blank = 0
    position = start
    for raw in text[start:end].split("\n"):
        quoted = _QUOTED.match(raw)
        depth = quoted[0].count(">") if quoted else 0
        begin = position + (len(quoted[0]) if quoted else 0)
        first, last = trim(text, begin, position + len(raw))
        if first < last:
            found.append(Line(first, last, first - begin, depth, blank, text[first:last]))
            blank = 0
        else:
            blank += 1
        position += len(raw) + 1
    return found


def _single_spaced(lines: list[Line]) -> list[Line]:
    """Take the blank line after each line out of a text that is double-spaced; a paragraph ends at a wider gap."""
    gaps = [line.blank_before for line in lines[1:]]
    broken = sum(
        not ends_sentence(one.words) and other.words[:1].islower() and other.blank_before == 1
        for one, other in pairwise(lines)
    )
    if len(gaps) < 3 or 0 in gaps or broken < len(gaps) / 3:
        return lines
    return [Line(**{**vars(line), "blank_before": max(0, line.blank_before - 1)}) for line in lines]


def _stanzas(lines: list[Line]) -> list[list[Line]]:
    """Return runs of lines without a blank line between them."""
    found: list[list[Line]] = []
    for line in lines:
        if found and line.blank_before == 0:
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _width(stanzas: Sequence[Sequence[Line]]) -> int:
    """Return the number of columns at which prose was wrapped; 0 when it was not.

    All lines of a wrapped paragraph but its last are nearly as long as the longest.
    """
    inner = sorted(len(line.words) for stanza in stanzas for line in stanza[:-1])
    width = inner[-1 - len(inner) // 20] if inner else 0
    return width if _NARROWEST <= width <= _WIDEST else 0


@dataclass(frozen=True)
class _Stanza:
    """Lines without a blank line between them."""

    text: str
    lines: Sequence[Line]
    width: int
    """Columns at which the text was wrapped, 0 for none."""
    labels: Labels
    hyphenated: frozenset[str]
    """See `hyphenated_words`; those of the whole text."""

    def blocks(self, *, alone: bool, last: bool) -> Iterator[Block]:
        """Yield the stanza's blocks.

        Args:
            alone: whether other stanzas stand beside it, so that a single line may be a heading.
            last: whether none follows.
        """
        position = 0
        while position < len(self.lines):
            line = self.lines[position]
            after = self.lines[position + 1] if position + 1 < len(self.lines) else None
            if after and _UNDERLINE.fullmatch(after.words) and _may_be_heading(line):
                level = 1 + max(0, "=-~".find(after.words[0]))
                yield Block(Kind.HEADING, line.start, line.end, level=level)
                position += 2
            elif table := _table(self.lines, position):
                yield from table
                position += len(table)
            elif fields := _fields(self.lines, position, self.labels):
                yield from fields
                position += len(fields)
            else:
                own = self._paragraph_lines(position)
                heading = alone and not last and len(own) == len(self.lines) == 1 and self._is_heading(line)
                yield _heading(line) if heading else _paragraph(own, self.text, self.hyphenated)
                position += len(own)

    def _is_heading(self, line: Line) -> bool:
        return _may_be_heading(line) and label_of(line.words) not in self.labels.speakers

    def _paragraph_lines(self, first: int) -> Sequence[Line]:
        """Return the lines, from the first on, that are one paragraph or list item."""
        lines, end = self.lines, first + 1
        is_item = bool(_BULLET.match(lines[first].words)) or _is_numbered(lines[first])
        while end < len(lines) and self._continues(lines[end - 1], lines[end], is_item):
            end += 1
        return lines[first:end]

    def _continues(self, one: Line, other: Line, is_item: bool) -> bool:
        """Return whether a line goes on with the paragraph of the line before it."""
        if _begins_item(one, other) or label_of(other.words) in self.labels.speakers:
            return False
        if not ends_sentence(one.words) and other.words[:1].islower():
            return True
        if not is_item and other.indent > one.indent + 1:
            return False
        # A wrapped line has no room for the next line's first word.
        first = other.words.split(maxsplit=1)[0]
        return bool(self.width) and len(one.words) + 1 + len(first) > self.width * _RAGGED


def _may_be_heading(line: Line) -> bool:
    """Return whether a line that stands alone is a heading: short, begun like a sentence, not ended like one, and only one."""
    words = line.words
    first = next((char for char in words if char.isalnum()), "")
    return (
        bool(first)
        and not first.islower()
        and len(words) <= _HEADING_CHARS
        and not _BULLET.match(words)
        and (not ends_sentence(words) or words.endswith("?"))
        and not words.endswith((",", ";", ":"))
        and len(sentence_spans(words, 0, len(words), len(words))) == 1
    )


def _heading(line: Line) -> Block:
    number = re.match(r"\d{1,2}(?:\.\d{1,2})*", line.words)
    return Block(Kind.HEADING, line.start, line.end, level=2 + (number[0].count(".") if number else 0))


def _nested(text: str, blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks with the headings that repeat, as under each section of a guide, one level below the others.

    A heading that is unique is taken for a section, unless its neighbours stand side by side elsewhere.
    """
    words = [text[block.start : block.end].casefold() for block in blocks if block.kind is Kind.HEADING]
    count, neighbours = Counter(words), set(pairwise(words))
    lower = iter(
        count[own] > 1 or (before, after) in neighbours
        for before, own, after in zip(["", *words], words, [*words[1:], ""], strict=False)
    )
    for block in blocks:
        is_lower = block.kind is Kind.HEADING and next(lower)
        yield replace(block, level=block.level + 1) if is_lower else block


def _paragraph(lines: Sequence[Line], text: str, hyphenated: Collection[str]) -> Block:
    item = _BULLET.match(lines[0].words) or _is_numbered(lines[0])
    skips: list[Skip] = []
    for one, other in pairwise(lines):
        between = text[one.end : other.start]
        if _is_broken(one, other, hyphenated):
            skips.append((one.end - 1, other.start, ""))
        elif between.strip():  # marks of quotation
            skips.append((one.end, other.start, " "))
    kind = Kind.LIST_ITEM if item else Kind.PARAGRAPH
    return Block(kind, lines[0].start, lines[-1].end, level=1 if item else 0, skips=tuple(skips))


def hyphenated_words(text: str) -> frozenset[str]:
    """Return the pairs of words that a hyphen joins: "well-known" and "known-good" of "well-known-good"."""
    return frozenset(f"{m[1]}-{m[2]}" for m in _HYPHENATED.finditer(text))


def _is_broken(one: Line, other: Line, hyphenated: Collection[str]) -> bool:
    """Return whether a word was broken at the line's end: the whole word, or none with this hyphen, stands elsewhere."""
    if (
        not re.search(r"[^\W\d_]{2}[-\u00ad]$", one.words)
        or not re.match(r"[^\W\d_]", other.words)
        or not other.words[0].islower()
    ):
        return False
    left = re.split(r"\W", one.words[:-1])[-1]
    right = re.split(r"\W", other.words, maxsplit=1)[0]
    return f"{left}-{right}" not in hyphenated


def _is_numbered(line: Line) -> bool:
    return _NUMBER.match(line.words) is not None


def _begins_item(before: Line, line: Line) -> bool:
    """Return whether a line begins a list item, rather than going on with a wrapped sentence."""
    if _BULLET.match(line.words):
        return True
    ended = ends_sentence(before.words) or before.words.endswith((";", ",")) or _is_numbered(before)
    return ended and _is_numbered(line)


# -- fields and tables


def _is_key(words: str) -> bool:
    return len(words.split()) <= _FIELD_WORDS and words[0].isupper()


def _fields(lines: Sequence[Line], first: int, labels: Labels) -> list[Block]:
    """Return the fields from a line on: two or more lines "Key: value" with different keys."""
    found: list[Block] = []
    keys: set[str] = set()
    for i in range(first, len(lines)):
        line = lines[i]
        match = _FIELD.fullmatch(line.words)
        if not match or not _is_key(match["key"]) or len(line.words) > _FIELD_CHARS:
            break
        if match["key"] in keys or label_of(line.words) in labels.speakers:
            break
        if ends_sentence(match["value"].rstrip(":")) and len(match["value"].split()) > 2 * _FIELD_WORDS:
            break
        keys.add(match["key"])
        key = (line.start, line.start + match.end("key"))
        found.append(
            Block(Kind.FIELD, line.start, line.end, cells=(key, (line.start + match.start("value"), line.end)))
        )
    return found if len(found) > 1 else []


def _table(lines: Sequence[Line], first: int) -> list[Block]:
    """Return the table from a line on; [] when there is none."""
    for delimiter, least in _DELIMITERS.items():
        rows = _delimited(lines, first, delimiter) if lines[first].words.count(delimiter) >= least else []
        if len(rows) >= 2:
            return _rows(lines[first : first + len(rows)], rows)
    rows = _aligned(lines, first)
    return _rows(lines[first : first + len(rows)], rows) if len(rows) >= _TABLE_ROWS else []


def _rows(lines: Sequence[Line], rows: Sequence[tuple[Span, ...]]) -> list[Block]:
    """Return rows as blocks. The first is the header if it has no digits where the others have them, or no other has any."""
    words = [
        ["".join(c for c in line.words[a - line.start : b - line.start]) for a, b in row]
        for line, row in zip(lines, rows, strict=True)
    ]
    numeric = [any(char.isdigit() for char in "".join(row)) for row in words]
    has_header = not numeric[0] and (any(numeric[1:]) or len(rows) > 2) and all(words[0][1:])
    return [
        Block(Kind.TABLE_HEADER if i == 0 and has_header else Kind.TABLE_ROW, line.start, line.end, cells=row)
        for i, (line, row) in enumerate(zip(lines, rows, strict=True))
    ]


def _delimited(lines: Sequence[Line], first: int, delimiter: str) -> list[tuple[Span, ...]]:
    """Return the cells of the lines, from the first on, that have as many delimiters as that."""
    count = lines[first].words.count(delimiter)
    found: list[tuple[Span, ...]] = []
    for i in range(first, len(lines)):
        line = lines[i]
        if line.words.count(delimiter) != count:
            break
        found.append(tuple(_cells(line, [(m.start(), m.end()) for m in re.finditer(re.escape(delimiter), line.words)])))
    return found


def _cells(line: Line, gaps: Sequence[Span]) -> Iterator[Span]:
    position = 0
    for start, end in [*gaps, (len(line.words), len(line.words))]:
        first, last = trim(line.words, position, start)
        yield line.start + first, line.start + last
        position = end


def _aligned(lines: Sequence[Line], first: int) -> list[tuple[Span, ...]]:
    """Return the cells of the lines, from the first on, that are aligned with blanks: as many wide gaps in each, at least one."""
    found: list[tuple[Span, ...]] = []
    for i in range(first, len(lines)):
        line = lines[i]
        gaps = [(m.start(), m.end()) for m in _GAP.finditer(line.words)]
        if not gaps or (found and len(gaps) + 1 != len(found[0])):
            break
        found.append(tuple(_cells(line, gaps)))
    return found


def _as_quotation(block: Block, depth: int) -> Block:
    if block.kind not in (Kind.PARAGRAPH, Kind.HEADING):
        return block
    return Block(Kind.QUOTATION, block.start, block.end, level=depth, skips=block.skips)
