"""Group a document's units into sections: stretches under the same headings, with the context that goes with them."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from embeddings.config import ChunkingConfig
from embeddings.documents.blocks import Block, Kind, Span
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.retractions import retracts
from embeddings.documents.sentences import ends_sentence, sentence_spans
from embeddings.documents.units import STOP, Context, Part, Unit, cuts, parts_of, row_unit, unit_of


@dataclass(frozen=True)
class Group:
    """Units that belong together: the sentences of a paragraph, the rows of a table, the items of a list."""

    units: tuple[Unit, ...]
    is_prose: bool
    """Whether a unit may need the one before it to be understood."""
    lead_in: Context | None = None
    """The sentence before a list or table that says what it is a list of."""


@dataclass(frozen=True)
class Section:
    """Groups of units under the same headings."""

    context: tuple[Context, ...]
    """Title, headings from the outermost, question; those that the text states."""
    groups: tuple[Group, ...]


_LEAD_IN_END = (":", "：")
_MARKS = (".", "!", "?", ":", ";", ",", "…")
_LABEL_MARKS = " \t\n:*_"
# A dash and up to eight words.
_SIGNATURE = re.compile(r"[—–―]\s*[^\W\d_a-zà-ÿ]\S*(?:\s+\S+){0,7}")
# A longer line above fields names nothing.
_NAME_CHARS = 90


def sections_of(text: str, blocks: tuple[Block, ...], max_sentence_chars: int) -> list[Section]:
    """Return the sections of a document in order; together they have all its units, each once."""
    walk = _Walk(text, max_sentence_chars)
    for block in blocks:
        walk.take(block)
    return walk.finish()


def plain_units(text: str, start: int, end: int) -> tuple[Unit, ...]:
    """Return the units of a passage, [start, end) of a text, by the structure of plain text alone."""
    blocks = plain_text_blocks(text, start, end)
    sections = sections_of(text, blocks, ChunkingConfig().max_sentence_chars)
    found = tuple(unit for section in sections for group in section.groups for unit in group.units)
    return found or (Unit(start, end, (Part(text[start:end], (start, end)),)),)


@dataclass
class _Walk:
    """What applies to the next block, while going through the blocks in order."""

    text: str
    max_sentence_chars: int
    sections: list[Section] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    title: Context | None = None
    headings: list[tuple[int, Context | None, Block]] = field(default_factory=list)
    question: Context | None = None
    speaker: Block | None = None
    introduced: bool = False
    """Whether the speaker's name is the last that was seen."""
    quoted: dict[int, Block] = field(default_factory=dict)
    """Who wrote what is quoted, by how often it is quoted."""
    header: Block | None = None
    rows: list[Unit] = field(default_factory=list)
    rows_kind: Kind | None = None
    keys: list[str] = field(default_factory=list)
    """Of the rows that are fields."""
    unused: list[Block] = field(default_factory=list)
    """Title, headings, questions and headers that nothing has followed yet."""

    def take(self, block: Block) -> None:
        if block.kind is not self.rows_kind:
            self._end_rows()
        if block.kind not in (Kind.TABLE_ROW, Kind.BOILERPLATE):  # a table goes on after the next page's running head
            self.header = None
        handle: Callable[[Block], None] = {
            Kind.BOILERPLATE: self._boilerplate,
            Kind.TITLE: self._title,
            Kind.HEADING: self._heading,
            Kind.QUESTION: self._question,
            Kind.SPEAKER: self._speaker,
            Kind.TABLE_HEADER: self._header,
            Kind.TABLE_ROW: self._row,
            Kind.FIELD: self._row,
            Kind.LIST_ITEM: self._item,
        }.get(block.kind, self._paragraph)
        handle(block)

    def finish(self) -> list[Section]:
        self._end_section()
        self._emit_unused(self.unused)
        return self.sections

    # -- what applies to the blocks that follow

    def _boilerplate(self, block: Block) -> None:
        self._end_section()

    def _title(self, block: Block) -> None:
        self._end_section()
        self.title = self._context(block)
        self.unused.append(block)

    def _heading(self, block: Block) -> None:
        self._end_section()
        kept = [heading for heading in self.headings if heading[0] < block.level]
        closed = [heading[2] for heading in self.headings if heading[0] >= block.level]
        waiting = [each for each in self.unused if each.kind in (Kind.QUESTION, Kind.TABLE_HEADER) or each in closed]
        self._emit_unused(waiting)
        self.headings = [*kept, (block.level, self._context(block), block)]
        self.question = self.speaker = None
        self.quoted = {}
        self.unused.append(block)

    def _question(self, block: Block) -> None:
        self._end_section()
        self._emit_unused([each for each in self.unused if each.kind is Kind.QUESTION])
        self.question, self.speaker = self._context(block), None
        self.quoted = {}
        self.unused.append(block)

    def _speaker(self, block: Block) -> None:
        self.speaker, self.introduced = block, True

    def _header(self, block: Block) -> None:
        self._emit_unused([each for each in self.unused if each.kind is Kind.TABLE_HEADER])
        self.header = block
        self.unused.append(block)

    # -- units

    def _row(self, block: Block) -> None:
        self._used()
        self.rows_kind = block.kind
        if block.kind is Kind.FIELD:
            unit = unit_of(parts_of(self.text, block.start, block.end, block.skips))
        else:
            unit = row_unit(self.text, block, self.header)
        if unit:
            self.rows.append(replace(unit, is_apart=True))
            self.keys.append(self.text[slice(*block.cells[0])] if block.kind is Kind.FIELD and block.cells else "")

    def _item(self, block: Block) -> None:
        self._used()
        self.rows_kind = block.kind
        self.rows += self._sentences(block)

    def _paragraph(self, block: Block) -> None:
        self._used()
        speaker = self._speaker_of(block)
        units = tuple(self._spoken(block, speaker) if speaker else _signed(tuple(self._sentences(block))))
        if units:
            self.groups.append(Group(units, is_prose=True))

    def _speaker_of(self, block: Block) -> Block | None:
        """Return who says a paragraph: the last speaker, or of what is quoted directly below a name, the one named."""
        if block.kind is Kind.QUOTATION:
            outer = {depth: name for depth, name in self.quoted.items() if depth <= block.level}
            if self.introduced and self.speaker:
                outer[block.level] = self.speaker
                self.speaker = None
            self.quoted = outer
        else:
            self.quoted = {}
        self.introduced = False
        return self.quoted[max(self.quoted)] if self.quoted else self.speaker

    def _sentences(self, block: Block) -> Iterator[Unit]:
        parts = parts_of(self.text, block.start, block.end, block.skips)
        read = "".join(part.words for part in parts)
        spans: list[Span] = []
        for start, end in sentence_spans(read, 0, len(read), self.max_sentence_chars):
            # What is taken back is never quoted without the sentence that does.
            begin = spans.pop()[0] if spans and retracts(read[start:end]) else start
            spans.append((begin, end))
        marks = [(first, last) for first, last, words in block.skips if first < last and not words]
        for own in cuts(parts, spans):
            if unit := unit_of(own):
                yield _with_marks(self.text, unit, marks)

    def _spoken(self, block: Block, speaker: Block) -> Iterator[Unit]:
        """Yield a speaker's sentences; the first is quoted with the name before it, the others are read with it."""
        name = parts_of(self.text, speaker.start, speaker.end, speaker.skips)
        between = Part(" " if name[-1].words.endswith(":") else ": ", None)
        for unit in self._sentences(block):
            is_first = not self.text[speaker.end : unit.start].strip(_LABEL_MARKS)
            start = speaker.start if is_first else unit.start
            yield Unit(start, unit.end, (*name, between, *unit.parts))

    def _end_rows(self) -> None:
        rows, keys, kind = self.rows, self.keys, self.rows_kind
        self.rows, self.keys, self.rows_kind = [], [], None
        if not rows:
            return
        lead_in = self._lead_in()
        records = self._records(rows, keys, lead_in) if kind is Kind.FIELD else []
        if not records:
            self.groups.append(Group(tuple(rows), is_prose=False, lead_in=lead_in))
        elif len(records) == 1 and lead_in:
            self.groups += records
        else:
            for record in records:
                self._flush()
                self.groups = [record]
            if len(records) > 1:  # what follows belongs to a single record, but not to the last of several
                self._flush()

    def _lead_in(self) -> Context | None:
        """Return the sentence that ends with a colon, if the section's last one does."""
        before = self.groups[-1] if self.groups else None
        leads = before and before.is_prose and before.units[-1].text.rstrip().endswith(_LEAD_IN_END)
        return self._as_context(Kind.PARAGRAPH, before.units[-1]) if before and leads else None

    def _records(self, fields: Sequence[Unit], keys: Sequence[str], lead_in: Context | None) -> list[Group]:
        """Return the fields as records, whose fields are read together and with what names the thing.

        [] for fields of which nothing says that they are of one thing: the line, the heading or the lead-in above them, or that
        each of several records begins with the same key.
        """
        begins = [i for i, key in enumerate(keys) if key and key == keys[0]] or [0]
        name = self._take_name(fields[0]) if self.groups and not lead_in else None
        if len(begins) < 2 and not (name or lead_in or (self.headings and not self.groups)):
            return []
        found = [list(fields[first:last]) for first, last in pairwise([*begins, len(fields)])]
        if name:
            found[0].insert(0, name)
        return [
            Group(
                tuple(map(_beside_others, units)),
                False,
                lead_in if lead_in and len(found) == 1 else self._as_context(Kind.FIELD, units[0]),
            )
            for units in found
        ]

    def _take_name(self, first: Unit) -> Unit | None:
        """Return the name on the line above a record's first field, no longer as a paragraph; None if there is none."""
        units = self.groups[-1].units
        is_name = (
            self.groups[-1].is_prose
            and len(units) == 1
            and len(units[0].text) <= _NAME_CHARS
            and self.text[units[0].end : first.start].count("\n") == 1
            and not ends_sentence(units[0].text)
        )
        return self.groups.pop().units[0] if is_name else None

    def _flush(self) -> None:
        if self.groups:
            self.sections.append(Section(self._path(), tuple(self.groups)))
        self.groups = []

    def _end_section(self) -> None:
        self._end_rows()
        self._flush()

    def _path(self) -> tuple[Context, ...]:
        found = [self.title, *(heading[1] for heading in self.headings), self.question]
        return tuple(each for each in found if each)

    def _used(self) -> None:
        self.unused = []

    def _emit_unused(self, blocks: list[Block]) -> None:
        """Keep what nothing follows, such as a headline without an article, as units of its own."""
        for block in blocks:
            self.unused.remove(block)
            units = tuple(unit for unit in (unit_of(parts_of(self.text, block.start, block.end, block.skips)),) if unit)
            if units:
                above = tuple(each for each in self._path() if each.end <= block.start)
                self.sections.append(Section(above, (Group(units, is_prose=False),)))

    def _context(self, block: Block) -> Context | None:
        unit = unit_of(parts_of(self.text, block.start, block.end, block.skips))
        return self._as_context(block.kind, unit) if unit else None

    def _as_context(self, kind: Kind, unit: Unit) -> Context:
        return Context(kind, unit, self.text[unit.start : unit.end])


def _signed(units: tuple[Unit, ...]) -> Iterator[Unit]:
    """Yield a paragraph's sentences; if its last words are the name of who wrote it ("— Ann Lee, Port"), each is read with that."""
    last = units[-1] if len(units) > 1 else None
    is_signed = last is not None and _SIGNATURE.fullmatch(last.text.strip()) and not ends_sentence(last.text)
    for unit in units:
        if is_signed and last and unit is not last and not unit.is_question:
            unit = replace(unit, parts=(*unit.parts, Part(" ", None), *last.parts))
        yield unit


def _beside_others(unit: Unit) -> Unit:
    """Return a field as it is read beside others: with a full stop of our own, where it has no mark at its end."""
    stop = () if unit.text.rstrip().endswith(_MARKS) else (STOP,)
    return replace(unit, parts=(*unit.parts, *stop), is_apart=False)


def _with_marks(text: str, unit: Unit, marks: Sequence[Span]) -> Unit:
    """Return a unit with the marks at its ends of which the other one stands inside: "**Note:** the", not "Note:** the".

    `marks` are in order and apart, one a character or more: "**" may be two.
    """
    words = text[unit.start : unit.end]
    start, end = unit.start, unit.end
    at = bisect_left(marks, (start, start))
    while at and marks[at - 1][1] == start and text[slice(*marks[at - 1])] in words:
        at -= 1
        start = marks[at][0]
    at = bisect_left(marks, (end, end))
    while at < len(marks) and marks[at][0] == end and text[slice(*marks[at])] in words:
        end = marks[at][1]
        at += 1
    return replace(unit, start=start, end=end)
