"""Read an ODT file's styles: which paragraphs are titles, quotations or captions, which words are hidden, how lists are numbered."""

from dataclasses import dataclass, field

from lxml import etree

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.numerals import numeral
from embeddings.documents.readers.style_names import style_kind
from embeddings.documents.readers.zipped import attribute, child, local_name, whole_number

_MAX_LEVELS = 10


@dataclass(frozen=True)
class OdtStyle:
    """What a style, with those that it is based on, says of a paragraph or of words."""

    kind: Kind | None = None
    bold: bool | None = None
    hidden: bool | None = None
    list_style: str | None = None


@dataclass(frozen=True)
class ListLevel:
    """How one level of a list is labelled."""

    format: str
    """As in `numeral`; "" for bullets and levels without a number."""
    prefix: str
    suffix: str
    start: int
    shown: int
    """How many levels' numbers the label shows: 2 for `1.3`."""


ListStyle = dict[int, ListLevel]
"""The levels of a list by number, from 1."""


@dataclass(frozen=True)
class OdtStyles:
    """The styles and list styles by name, and the numbering of headings."""

    by_name: dict[str, OdtStyle] = field(default_factory=dict)
    lists: dict[str, ListStyle] = field(default_factory=dict)
    outline: ListStyle = field(default_factory=dict)

    def of(self, name: str | None) -> OdtStyle:
        """Return the style of this name; a program's own style may be used without being defined."""
        return self.by_name.get(name or "", OdtStyle(style_kind(name or "")))


def read_odt_styles(*roots: etree._Element) -> OdtStyles:
    """Return the styles in the given parts, each merged with those that it is based on."""
    elements: dict[str, etree._Element] = {}
    lists: dict[str, ListStyle] = {}
    outline: ListStyle = {}
    for root in roots:
        for element in root.iter("{*}style"):
            # A name can serve a paragraph's style and a table's; only those of words count here.
            if attribute(element, "family") in ("paragraph", "text"):
                elements[attribute(element, "name") or ""] = element
        for element in root.iter("{*}list-style"):
            lists[attribute(element, "name") or ""] = _levels(element)
        for element in root.iter("{*}outline-style"):
            outline = _levels(element)
    resolved: dict[str, OdtStyle] = {}
    for start in elements:
        chain = [start]
        while (base := attribute(elements[chain[-1]], "parent-style-name")) in elements and base not in chain:
            chain.append(base or "")
            if base in resolved:
                break
        for name in reversed(chain):
            if name not in resolved:
                parent = attribute(elements[name], "parent-style-name")
                resolved[name] = _merge(name, elements[name], resolved.get(parent or "", OdtStyle()))
    return OdtStyles(resolved, lists, outline)


def _merge(name: str, element: etree._Element, base: OdtStyle) -> OdtStyle:
    properties = child(element, "text-properties")
    weight = attribute(properties, "font-weight")
    display = attribute(properties, "display")
    # Automatic styles (P1, P2, …) stand for their parent with small changes; named ones (a subtitle) are no titles themselves.
    automatic = local_name(element.getparent()) == "automatic-styles"  # type: ignore[arg-type]
    inherited = None if base.kind is Kind.TITLE and not automatic else base.kind
    return OdtStyle(
        kind=style_kind(name) or inherited,
        bold=base.bold if weight is None else weight not in ("normal", "100", "200", "300", "400", "500"),
        hidden=base.hidden if display is None else display == "none",
        list_style=attribute(element, "list-style-name") or base.list_style,
    )


def _levels(element: etree._Element) -> ListStyle:
    levels: ListStyle = {}
    for part in element:
        level = whole_number(attribute(part, "level"), 0)
        if 1 <= level <= _MAX_LEVELS:
            numbered = local_name(part) != "list-level-style-bullet"
            levels[level] = ListLevel(
                format=(attribute(part, "num-format") or "") if numbered else "",
                prefix=attribute(part, "num-prefix") or "",
                suffix=attribute(part, "num-suffix") or "",
                start=whole_number(attribute(part, "start-value"), 1),
                shown=whole_number(attribute(part, "display-levels"), 1),
            )
    return levels


class Counter:
    """Counts the items of a list with its sub-lists, or of the headings, and writes their labels."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def label(self, style: ListStyle, level: int, start: int | None = None) -> str:
        """Count an item at a level from 1 and return its label; "" for bullets. `start` is a number that the item itself states."""
        rule = style.get(level)
        for deeper in [other for other in self._counts if other > level]:
            del self._counts[deeper]
        if rule is None:
            return ""
        self._counts[level] = start if start is not None else self._counts.get(level, rule.start - 1) + 1
        if not rule.format:
            return ""
        shown = range(max(1, level - rule.shown + 1), level + 1)
        numbers = [
            numeral(self._counts.get(n, style[n].start), style[n].format)
            for n in shown
            if n in style and style[n].format
        ]
        return (rule.prefix + ".".join(numbers) + rule.suffix).strip()

    def restart(self, level: int) -> None:
        """Begin a new list at a level."""
        for other in [other for other in self._counts if other >= level]:
            del self._counts[other]
