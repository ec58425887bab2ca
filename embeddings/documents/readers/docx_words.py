"""Collect the words of a DOCX paragraph as Word shows them: insertions kept, deletions and hidden text left out, fields as their result."""

from dataclasses import dataclass, field

from lxml import etree

from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.docx_styles import Style, Styles, toggle
from embeddings.documents.readers.symbol_fonts import symbol
from embeddings.documents.readers.zipped import attribute, child, local_name

# Deletions and the old place of what was moved; settings; a field's instruction; the reading aid over an Asian word.
_LEFT_OUT = frozenset(("del", "moveFrom", "delText", "instrText", "pPr", "rPr", "sdtPr", "rt"))
_FIXED = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_BEFORE = {"den": "/", "sup": "^", "sub": "_"}
"""What Word puts before these parts of a formula in its linear form, which is also what it copies: a/b, x^2, x_1."""


@dataclass
class Words:
    """A paragraph's words and what is anchored in it."""

    pieces: list[str] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    """Whether each piece that is not blank is bold."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Kind (`footnotes` or `endnotes`) and id of the notes that it refers to."""
    boxes: list[etree._Element] = field(default_factory=list)
    """The contents of its text boxes."""
    drawings: list[str] = field(default_factory=list)
    """Relationship ids of its charts and diagrams."""

    @property
    def text(self) -> str:
        """The words in one string."""
        return clean("".join(self.pieces))

    @property
    def all_bold(self) -> bool:
        """Whether there are words, and all are bold."""
        return bool(self.bold) and all(self.bold)


class WordCollector:
    """Collects words, and knows from one paragraph to the next whether it is inside a field's instruction."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._fields: list[bool] = []
        """For each open field, from the outermost: whether its instruction is being read, not its result."""

    def paragraph(self, element: etree._Element, style: Style) -> Words:
        """Return the words of a paragraph of this style."""
        words = Words()
        self._collect(element, style, words)
        # An instruction ends with its paragraph, so that a field which is never closed does not swallow the rest.
        self._fields = [False] * len(self._fields)
        return words

    def _collect(self, element: etree._Element, style: Style, words: Words) -> None:
        for part in element:
            name = local_name(part)
            if name in _LEFT_OUT:
                continue
            if name == "r":
                self._collect(part, self._run_style(part, style), words)
            elif name == "t":
                self._add(part.text or "", style, words)
            elif name in _FIXED:
                self._add(_FIXED[name], style, words)
            elif name == "sym":
                code = attribute(part, "char") or ""
                if len(code) <= 6 and all(digit in "0123456789abcdefABCDEF" for digit in code) and code:
                    self._add(symbol(attribute(part, "font") or "", int(code, 16)), style, words)
            elif name == "fldChar":
                self._field(attribute(part, "fldCharType"))
            elif name in ("footnoteReference", "endnoteReference"):
                words.notes.append((name.removesuffix("Reference") + "s", attribute(part, "id") or ""))
            elif name == "txbxContent":
                words.boxes.append(part)
            elif name == "chart":
                words.drawings.append(attribute(part, "id") or "")
            elif name == "relIds":
                words.drawings.append(attribute(part, "dm") or "")
            elif name == "AlternateContent":
                self._collect(alternative(part), style, words)
            elif name == "sdt" and child(part, "sdtPr", "showingPlcHdr") is not None:
                continue  # "Click here to enter text": the form's words, not the writer's
            else:
                if name in _BEFORE and len(part):
                    self._add(_BEFORE[name], style, words)
                self._collect(part, style, words)

    def _run_style(self, run: etree._Element, around: Style) -> Style:
        properties = child(run, "rPr")
        if properties is None:
            return around
        named = self._styles.named(attribute(child(properties, "rStyle"), "val"))
        bold, hidden = (
            next((value for value in (toggle(properties, name), of_style, of_paragraph) if value is not None), None)
            for name, of_style, of_paragraph in (
                ("b", named.bold, around.bold),
                ("vanish", named.hidden, around.hidden),
            )
        )
        return Style(bold=bold, hidden=hidden)

    def _add(self, piece: str, style: Style, words: Words) -> None:
        if piece and not style.hidden and not any(self._fields):
            words.pieces.append(piece)
            if piece.strip():
                words.bold.append(bool(style.bold))

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(True)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()


def alternative(element: etree._Element) -> etree._Element:
    """Return the form of an element with alternatives that Word shows: the newer one."""
    choice = child(element, "Choice")
    if choice is None:
        choice = child(element, "Fallback")
    return element if choice is None else choice
