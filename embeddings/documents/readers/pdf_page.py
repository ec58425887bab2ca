"""Lay out a page of a PDF: its lines and tables in reading order."""

from dataclasses import dataclass, replace
from statistics import median

from embeddings.documents.readers.pdf_layout import Line, lines_in_order
from embeddings.documents.readers.pdf_tables import Table, ruled_tables, with_aligned_tables
from embeddings.documents.readers.pdf_words import Page, Word

# Stands for a whole table while the order of the page is sought.
_PLACEHOLDER = "\ufffc"


@dataclass(frozen=True)
class PageLayout:
    """A page's lines and ruled tables in reading order, and its rotated text."""

    page: Page
    items: tuple[Line | Table, ...]
    turned: tuple[Word, ...]
    """Rotated words, such as in a margin, in the file's order."""


def lay_out(page: Page) -> PageLayout:
    """Return the lines and ruled tables of a page in reading order; tables without a grid are still lines."""
    upright = [word for word in page.words if word.upright]
    tables = ruled_tables(upright, page.rules)
    inside = {id(word) for table in tables for word in table.words}
    words = [word for word in upright if id(word) not in inside]
    size = median(word.size for word in upright) if upright else 0.0
    holders = {
        _PLACEHOLDER + str(index): Word(
            _PLACEHOLDER + str(index), table.left, table.top, table.right, table.bottom, size, False, False, True
        )
        for index, table in enumerate(tables)
    }
    items: list[Line | Table] = []
    for line in lines_in_order([*words, *holders.values()], page.rules):
        held = [word for word in line.words if word.text in holders]
        items += [tables[int(word.text[1:])] for word in held]
        if rest := tuple(word for word in line.words if word.text not in holders):
            items.append(replace(line, words=rest) if held else line)
    return PageLayout(page, tuple(items), tuple(word for word in page.words if not word.upright))


def with_tables(layout: PageLayout, lines: list[Line | Table]) -> list[Line | Table]:
    """Return the lines with those that are rows of a table without a grid made tables."""
    found: list[Line | Table] = []
    run: list[Line] = []
    # On a page that is all in a typewriter's font, tables are too; elsewhere that font is for code.
    typed = sum(isinstance(line, Line) and line.fixed for line in lines) > 0.8 * len(lines)
    for item in [*lines, None]:
        if isinstance(item, Line):
            run.append(item)
            continue
        found += with_aligned_tables(run, layout.page.rules, typed)
        run = []
        if item is not None:
            found.append(item)
    return found
