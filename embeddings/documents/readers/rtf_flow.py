"""Collect the paragraphs and tables of one RTF text: the body, a note, a header or a text box."""

import re
from dataclasses import dataclass, field, replace

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.rtf_tokens import join_surrogates
from embeddings.documents.readers.style_names import heading_level, style_kind
from embeddings.documents.readers.tables import Cell, add_table, repeated
from embeddings.documents.text_builder import TextBuilder

_BODY_LEVEL = 9
"""The outline level of body text."""


@dataclass(frozen=True)
class RtfStyle:
    """A paragraph style."""

    name: str = ""
    outline: int | None = None
    """Outline level from 0."""


@dataclass
class Paragraph:
    """A paragraph's properties; they hold for the next paragraphs until they are reset."""

    style: RtfStyle = RtfStyle()
    outline: int | None = None
    in_table: bool = False
    in_list: bool = False
    level: int = 0


@dataclass
class _CellRule:
    """How a cell of the current row is merged."""

    continues_above: bool = False
    continues_left: bool = False


@dataclass
class _Table:
    rows: list[list[Cell]] = field(default_factory=list)
    headers: int = 0


_TYPED_LABEL = re.compile(r"([•◦▪–-]|\(?\w{1,4}[.)])\t")
"""A list item's label as programs write it that leave lists out: before a tab."""

_Item = tuple[Kind, str, int] | _Table


class Flow:
    """A text that is read by itself."""

    def __init__(self) -> None:
        self.paragraph = Paragraph()
        self.label: list[str] = []
        """The pieces of the label of a list's item."""
        self._pieces: list[str] = []
        self._bold: list[bool] = []
        self._items: list[_Item] = []
        self._notes: list[_Item] = []
        """Of paragraphs and tables that have ended."""
        self._own_notes: list[_Item] = []
        """Of the paragraph or table that is being read."""
        self._cells: list[Cell] = []
        self._rules: list[_CellRule] = []
        self._rule = _CellRule()
        self._header_row = False
        self._table: _Table | None = None

    def add(self, piece: str, *, bold: bool) -> None:
        """Add words to the paragraph or cell."""
        self._pieces.append(piece)
        if piece.strip():
            self._bold.append(bold)

    def add_note(self, note: "Flow") -> None:
        """Add a note or a text box, to be read after the paragraph or table in which it is anchored."""
        note.end()
        self._own_notes += note._items

    def control(self, word: str, number: int | None) -> bool:
        """Follow a control word; return whether it is one of paragraphs and tables."""
        match word:
            case "par" | "sect" | "page" | "column":
                self._end_paragraph()
            case "pard":
                self.paragraph = Paragraph()
            case "outlinelevel":
                self.paragraph.outline = number
            case "intbl":
                self.paragraph.in_table = True
            case "ls":
                self.paragraph.in_list = number != 0
            case "ilvl":
                self.paragraph.level = min(number or 0, 8)
            case "cell":
                self._end_cell()
            case "nestcell" | "nestrow":
                self._pieces.append(" ")
            case "row":
                self._end_row()
            case "trowd":
                self._rules, self._rule, self._header_row = [], _CellRule(), False
            case "trhdr":
                self._header_row = True
            case "clvmrg":
                self._rule.continues_above = True
            case "clmrg":
                self._rule.continues_left = True
            case "cellx":
                self._rules.append(self._rule)
                self._rule = _CellRule()
            case _:
                return False
        return True

    def end(self) -> None:
        """End the last paragraph and table."""
        self._end_paragraph()
        self._end_table()
        self._add_notes()

    def add_to(self, builder: TextBuilder, kind: Kind | None = None) -> None:
        """Add the blocks to a text, all of `kind` if it is given."""
        for item in self._items:
            if isinstance(item, _Table):
                add_table(builder, item.rows, item.headers or None)
            else:
                builder.add(kind or item[0], item[1], item[2])

    def _end_paragraph(self) -> None:
        if self.paragraph.in_table:
            self._pieces.append(" ")
            return
        words, label = self._taken()
        if words:
            self._end_table()
            typed = _TYPED_LABEL.match(words)
            if typed and not label:
                label, words = typed[1], words[typed.end() :].strip()
            kind, level = self._kind(bool(label))
            if not _is_bullet(label):
                words = f"{label} {words}"
            last = self._items[-1] if self._items else None
            if not (kind is Kind.LIST_ITEM and isinstance(last, tuple) and last[0] is kind):
                self._add_notes()
            self._items.append((kind, " ".join(words.split()) if kind is Kind.HEADING else words, level))
        if self._table is None:
            self._notes += self._own_notes
            self._own_notes = []

    def _kind(self, marked: bool) -> tuple[Kind, int]:
        paragraph = self.paragraph
        outline = paragraph.outline if paragraph.outline is not None else paragraph.style.outline
        level = (
            heading_level(paragraph.style.name) if outline is None else outline + 1 if outline < _BODY_LEVEL else None
        )
        kind = style_kind(paragraph.style.name)
        if kind is not None:
            return kind, 0
        if level:
            return Kind.HEADING, level
        return (Kind.LIST_ITEM, paragraph.level + 1) if marked or paragraph.in_list else (Kind.PARAGRAPH, 0)

    def _taken(self) -> tuple[str, str]:
        """Return the words so far and the label before them."""
        words, label = (clean(join_surrogates("".join(pieces))).strip() for pieces in (self._pieces, self.label))
        self._pieces.clear()
        self.label.clear()
        return words, label

    def _end_cell(self) -> None:
        bold = bool(self._bold) and all(self._bold)
        self._bold.clear()
        words, label = self._taken()
        self._cells.append(Cell(" ".join((words if _is_bullet(label) else f"{label} {words}").split()), bold))

    def _end_row(self) -> None:
        if self._table is None:
            self._table = _Table()
        row: list[Cell] = []
        for column, cell in enumerate(self._cells):
            rule = self._rules[column] if column < len(self._rules) else _CellRule()
            above = self._table.rows[-1] if self._table.rows else []
            if rule.continues_above and column < len(above):
                cell = repeated(above[column])
            elif rule.continues_left:
                cell = replace(cell, text="")
            row.append(cell)
        if self._header_row and self._table.headers == len(self._table.rows):
            self._table.headers += 1
        self._table.rows.append(row)
        self._cells = []

    def _end_table(self) -> None:
        if self._cells:
            self._end_row()
        if self._table is None:
            return
        self._add_notes()
        if all(len(row) <= 1 for row in self._table.rows):  # a frame, not a table
            self._items += [(Kind.PARAGRAPH, cell.text, 0) for row in self._table.rows for cell in row]
        else:
            self._items.append(self._table)
        self._table = None
        self._notes, self._own_notes = self._own_notes, []

    def _add_notes(self) -> None:
        self._items += self._notes
        self._notes = []


def _is_bullet(label: str) -> bool:
    """Return whether a list's label is a sign, not a number; "o" is a bullet of Word's."""
    return not any(character.isalnum() for character in label) or label == "o"
