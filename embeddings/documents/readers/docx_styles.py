"""Read a DOCX file's styles: which paragraphs are headings, quotations, captions, list items, and which words are hidden."""

from dataclasses import dataclass, field

from lxml import etree

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.style_names import heading_level, style_kind
from embeddings.documents.readers.zipped import attribute, child, whole_number

_BODY_LEVEL = 9
"""The outline level of body text."""


@dataclass(frozen=True)
class Style:
    """What a style, with those that it is based on, says of a paragraph or a run."""

    kind: Kind | None = None
    """None for ordinary paragraphs."""
    level: int | None = None
    """Heading level from 1; 0 if the style says that it is body text."""
    list_id: str | None = None
    list_level: int | None = None
    bold: bool | None = None
    hidden: bool | None = None
    first_row: bool = False
    """Of a table: whether it sets its first row apart."""


@dataclass(frozen=True)
class Styles:
    """The styles by id."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default: Style = Style()
    """Of paragraphs that name no style."""

    def of(self, style_id: str | None) -> Style:
        """Return a paragraph's style."""
        return self.by_id.get(style_id, self.default) if style_id else self.default

    def named(self, style_id: str | None) -> Style:
        """Return a run's or table's style; one that says nothing if it names none."""
        return self.by_id.get(style_id or "", Style())


def read_styles(root: etree._Element) -> Styles:
    """Return the styles of `styles.xml`, each merged with those that it is based on."""
    elements = {attribute(element, "styleId") or "": element for element in root.iterfind("{*}style")}
    resolved: dict[str, Style] = {}
    for start in elements:
        chain = [start]
        while (base := attribute(child(elements.get(chain[-1]), "basedOn"), "val")) in elements and base not in chain:
            chain.append(base or "")
            if base in resolved:
                break
        for style_id in reversed(chain):
            if style_id not in resolved:
                base = attribute(child(elements[style_id], "basedOn"), "val")
                resolved[style_id] = _merge(elements[style_id], resolved.get(base or "", Style()))
    default = next(
        (
            resolved[style_id]
            for style_id, element in elements.items()
            if attribute(element, "type") == "paragraph" and is_on(attribute(element, "default"))
        ),
        Style(),
    )
    return Styles(resolved, default)


def _merge(element: etree._Element, base: Style) -> Style:
    name = attribute(child(element, "name"), "val") or ""
    # Subtitle, author and date are often based on the title's style; there is one title.
    kind = style_kind(name) or (None if base.kind is Kind.TITLE else base.kind)
    level = outline_level(child(element, "pPr"))
    if level is None:
        level = heading_level(name) or base.level
    list_id, list_level = list_place(child(element, "pPr"))
    run = child(element, "rPr")
    bold, hidden = toggle(run, "b"), toggle(run, "vanish")
    return Style(
        kind=kind,
        level=level,
        list_id=base.list_id if list_id is None else list_id,
        list_level=base.list_level if list_level is None else list_level,
        bold=base.bold if bold is None else bold,
        hidden=base.hidden if hidden is None else hidden,
        first_row=base.first_row
        or any(attribute(part, "type") == "firstRow" for part in element.iterfind("{*}tblStylePr")),
    )


def outline_level(properties: etree._Element | None) -> int | None:
    """Return a paragraph's heading level from 1, 0 for body text, None if its properties don't say."""
    value = attribute(child(properties, "outlineLvl"), "val")
    level = whole_number(value, -1)
    if level < 0:
        return None
    return level + 1 if level < _BODY_LEVEL else 0


def list_place(properties: etree._Element | None) -> tuple[str | None, int | None]:
    """Return a paragraph's list and its level in it from 0, as far as its properties say; list "0" takes it out of any list."""
    place = child(properties, "numPr")
    level = whole_number(attribute(child(place, "ilvl"), "val"), -1)
    return attribute(child(place, "numId"), "val"), level if level >= 0 else None


def toggle(properties: etree._Element | None, name: str) -> bool | None:
    """Return a run's property that is on or off; None if its properties don't say."""
    element = child(properties, name)
    return None if element is None else is_on(attribute(element, "val") or "1")


def is_on(value: str | None) -> bool:
    """Return whether the value of an on-off attribute means on."""
    return value in ("1", "true", "on")
