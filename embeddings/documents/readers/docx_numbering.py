"""Number a DOCX file's lists and headings as Word shows them; the file holds only the rules, not the numbers."""

import re
from dataclasses import dataclass

from lxml import etree

from embeddings.documents.readers.numerals import numeral
from embeddings.documents.readers.zipped import attribute, child, whole_number

_FORMATS = {
    "decimal": "1",
    "decimalZero": "01",
    "lowerLetter": "a",
    "upperLetter": "A",
    "lowerRoman": "i",
    "upperRoman": "I",
}
_LEVELS = 9


@dataclass(frozen=True)
class _Level:
    start: int
    format: str
    text: str
    """The label, with `%1` for the number of the first level, and so on."""
    legal: bool
    """Whether all numbers are shown in digits."""


class Numbering:
    """The labels of numbered paragraphs, which are to be asked for in the order of the document."""

    def __init__(self, root: etree._Element | None) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}  # list -> its abstract list, where levels start anew
        self._counts: dict[str, list[int | None]] = {}
        self._seen: set[str] = set()
        if root is None:
            return
        for element in root.iterfind("{*}abstractNum"):
            levels = (_read_level(level) for level in element.iterfind("{*}lvl"))
            self._abstract[attribute(element, "abstractNumId") or ""] = dict(levels)
        for element in root.iterfind("{*}num"):
            starts: dict[int, int] = {}
            abstract = attribute(child(element, "abstractNumId"), "val") or ""
            for override in element.iterfind("{*}lvlOverride"):
                start = attribute(child(override, "startOverride"), "val")
                if start is not None:
                    starts[whole_number(attribute(override, "ilvl"), 0)] = whole_number(start, 1)
            self._lists[attribute(element, "numId") or ""] = abstract, starts

    def label(self, list_id: str, level: int) -> str:
        """Count a paragraph of a list, at a level from 0, and return its label; "" for bullets and unknown lists."""
        abstract, starts = self._lists.get(list_id, ("", {}))
        levels = self._abstract.get(abstract, {})
        if level not in levels or not 0 <= level < _LEVELS:
            return ""
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        if list_id not in self._seen:
            self._seen.add(list_id)
            for restarted, start in starts.items():
                if 0 <= restarted < _LEVELS:
                    counts[restarted] = start - 1
        for upper in range(level):
            if counts[upper] is None:
                counts[upper] = levels[upper].start if upper in levels else 1
        before = counts[level]
        counts[level] = levels[level].start if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        return self._written(levels, counts, level)

    @staticmethod
    def _written(levels: dict[int, _Level], counts: list[int | None], level: int) -> str:
        rule = levels[level]
        if rule.format == "bullet":
            return ""

        def number(match: re.Match[str]) -> str:
            upper = int(match[1]) - 1
            if upper not in levels or levels[upper].format == "none":
                return ""
            return numeral(counts[upper] or 0, "1" if rule.legal else _FORMATS.get(levels[upper].format, "1"))

        return re.sub("%([1-9])", number, rule.text).strip()


def _read_level(element: etree._Element) -> tuple[int, _Level]:
    return whole_number(attribute(element, "ilvl"), 0), _Level(
        start=whole_number(attribute(child(element, "start"), "val"), 1),
        format=attribute(child(element, "numFmt"), "val") or "decimal",
        text=attribute(child(element, "lvlText"), "val") or "",
        legal=child(element, "isLgl") is not None,
    )
