"""Group a document's units into sections: stretches under the same headings, with the context that goes with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from embeddings.config import ChunkingConfig
from embeddings.documents.blocks import Block, Kind
from embeddings.documents.plain_text_blocks import plain_text_blocks
from embeddings.documents.sentences import sentence_spans
from embeddings.documents.units import Context, Part, Unit, cuts, parts_of, row_unit, unit_of


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
_LABEL_MARKS = " \t\n:*_"


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
    header: Block | None = None
    rows: list[Unit] = field(default_factory=list)
    rows_kind: Kind | None = None
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
        self.unused.append(block)

    def _question(self, block: Block) -> None:
        self._end_section()
        self._emit_unused([each for each in self.unused if each.kind is Kind.QUESTION])
        self.question, self.speaker = self._context(block), None
        self.unused.append(block)

    def _speaker(self, block: Block) -> None:
        self.speaker = block

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

    def _item(self, block: Block) -> None:
        self._used()
        self.rows_kind = block.kind
        self.rows += self._sentences(block)

    def _paragraph(self, block: Block) -> None:
        self._used()
        units = tuple(self._spoken(block)) if self.speaker else tuple(self._sentences(block))
        if units:
            self.groups.append(Group(units, is_prose=True))

    def _sentences(self, block: Block) -> Iterator[Unit]:
        parts = parts_of(self.text, block.start, block.end, block.skips)
        read = "".join(part.words for part in parts)
        for own in cuts(parts, sentence_spans(read, 0, len(read), self.max_sentence_chars)):
            if unit := unit_of(own):
                yield unit

    def _spoken(self, block: Block) -> Iterator[Unit]:
        """Yield a speaker's sentences; the first is quoted with the name before it, the others are read with it."""
        assert self.speaker
        name = Part(self.text[self.speaker.start : self.speaker.end], (self.speaker.start, self.speaker.end))
        between = Part(" " if name.words.endswith(":") else ": ", None)
        for unit in self._sentences(block):
            is_first = not self.text[self.speaker.end : unit.start].strip(_LABEL_MARKS)
            start = self.speaker.start if is_first else unit.start
            yield Unit(start, unit.end, (name, between, *unit.parts))

    def _end_rows(self) -> None:
        if self.rows:
            before = self.groups[-1] if self.groups else None
            leads = before and before.is_prose and before.units[-1].text.rstrip().endswith(_LEAD_IN_END)
            lead_in = self._as_context(Kind.PARAGRAPH, before.units[-1]) if before and leads else None
            self.groups.append(Group(tuple(self.rows), is_prose=False, lead_in=lead_in))
        self.rows, self.rows_kind = [], None

    def _end_section(self) -> None:
        self._end_rows()
        if self.groups:
            self.sections.append(Section(self._path(), tuple(self.groups)))
        self.groups = []

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
