"""Walk a web page's element tree and list its visible text as blocks, with what tells an article from its page."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from embeddings.documents.blocks import Kind, Skip
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.page_tables import is_data_table, table_rows

# Not drawn as text; `rp` and `annotation` repeat what stands beside them for programs that cannot draw it.
_INVISIBLE = frozenset(
    "script style template noscript head title meta link iframe object embed audio video canvas datalist defs desc rp annotation"
    " annotation-xml input textarea select".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset"
    " h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre search section summary table tbody"
    " td tfoot th thead tr ul caption button svg text".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Parts of a page that are by their meaning not the article (HTML standard, 4.3 Sections); ARIA names the same parts by role.
_PAGE_PARTS = frozenset("nav aside footer dialog menu".split())
_PAGE_ROLES = frozenset("navigation banner contentinfo complementary dialog alertdialog search menu menubar".split())
_CONTROLS = frozenset(("button", "option"))
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HTML_SPACE = re.compile(r"[ \t\n\r\f]+")
_NUMBERED = re.compile(r"\W?\d|\w[.)]")


@dataclass(frozen=True)
class PageBlock:
    """A block of a page: a heading, a paragraph, a row …"""

    kind: Kind
    words: str
    level: int = 0
    cells: tuple[str, ...] = ()
    skips: tuple[Skip, ...] = ()
    """Within `words`: the marks of footnotes, which would run into the word before them."""
    first: bool = False
    """Whether a row is the first of its table."""
    in_page_part: bool = False
    """Whether it stands in a menu, a sidebar, a footer or a dialog."""
    linked: float = 0.0
    """Share of its characters that are links, 0..1."""


@dataclass
class _Context:
    kind: Kind = Kind.PARAGRAPH
    level: int = 0
    quoted: bool = False
    list_depth: int = 0
    in_page_part: bool = False
    marker: str = ""
    """The number before the next words of a numbered list's item."""


def page_blocks(root: HtmlElement) -> list[PageBlock]:
    """Return the visible text of a page as blocks, in the order of the source.

    A numbered list's numbers are seen but not in the source: they are put before the items, unless these begin with one.
    """
    # Some pages hide all of their text until a script has run, or do not end a `noscript` element.
    return _walk(root, hidden=False) or _walk(root, hidden=True)


def _walk(root: HtmlElement, hidden: bool) -> list[PageBlock]:
    walker = _Walker(hidden)
    walker.walk(root, _Context())
    walker.flush(_Context())
    return walker.blocks


class _Walker:
    """Collects runs of text, and makes a block of each when an element ends it."""

    def __init__(self, hidden: bool) -> None:
        self._hidden = hidden  # whether to take what is hidden, too
        self.blocks: list[PageBlock] = []
        self._run: list[tuple[str, bool, bool]] = []  # text, in a link, footnote mark

    def walk(self, element: HtmlElement, context: _Context, linked: bool = False) -> None:
        tag = element.tag
        if not isinstance(tag, str) or (tag in _INVISIBLE and not (tag == "noscript" and self._hidden)):
            return
        if _is_hidden(element) and not self._hidden:
            return
        if tag == "br":
            self._run.append(("\v", linked, False))
        elif tag == "pre":
            self._code(element, context)
        elif tag == "dl":
            self.flush(context)
            self._descriptions(element, _inside(element, context))
        elif tag == "table" and is_data_table(element):
            self.flush(context)
            self._table(element, _inside(element, context))
        elif tag in _BLOCKS:
            self.flush(context)
            inner = _inside(element, context)
            self._children(element, inner, linked)
            self.flush(inner)
        elif tag in ("sup", "a") and _is_footnote_mark(element):
            self._run.append(("".join(element.itertext()), True, True))
        else:
            self._children(element, context, linked or tag == "a")

    def flush(self, context: _Context) -> None:
        """Make a block of the text collected since the last one."""
        run, self._run = self._run, []
        words, skips = _collapse(run)
        if not words:
            return
        kind, level = context.kind, context.level
        if context.kind is Kind.LIST_ITEM:
            if context.marker and not _NUMBERED.match(words):
                shift = len(context.marker)
                words, skips = (
                    context.marker + words,
                    [(start + shift, end + shift, seen) for start, end, seen in skips],
                )
            # What follows in the same item, such as its second paragraph.
            context.kind, context.level = Kind.PARAGRAPH, 0
        elif context.quoted and kind is Kind.PARAGRAPH:
            kind = Kind.QUOTATION
        length = sum(len(text.strip()) for text, _, _ in run) or 1
        share = sum(len(text.strip()) for text, is_link, _ in run if is_link) / length
        self.blocks.append(
            PageBlock(kind, words, level, skips=tuple(skips), in_page_part=context.in_page_part, linked=share)
        )

    def _children(self, element: HtmlElement, context: _Context, linked: bool) -> None:
        numbers = _numbers(element) if element.tag == "ol" else None
        if element.text:
            self._run.append((element.text, linked, False))
        for child in element:
            if numbers is not None and child.tag == "li":
                context.marker = f"{next(numbers)}. "
            self.walk(child, context, linked)
            if child.tail:
                self._run.append((child.tail, linked, False))

    def _code(self, element: HtmlElement, context: _Context) -> None:
        self.flush(context)
        words = clean("".join(element.itertext()).replace("\r\n", "\n")).strip("\n").rstrip()
        if words.strip():
            self.blocks.append(PageBlock(Kind.CODE, words, in_page_part=_inside(element, context).in_page_part))

    def _table(self, table: HtmlElement, context: _Context) -> None:
        for caption in table.findall("caption"):
            self.walk(caption, context)
        for number, (cells, header) in enumerate(table_rows(table)):
            words = tuple(cell.text for cell in cells)
            kind = Kind.TABLE_HEADER if header else Kind.TABLE_ROW
            first, aside = number == 0, context.in_page_part
            self.blocks.append(PageBlock(kind, " ".join(words), cells=words, first=first, in_page_part=aside))

    def _descriptions(self, element: HtmlElement, context: _Context) -> None:
        """A term with one short description is a field; a question with its answer, or more text, stays apart."""
        pairs = [item for child in element for item in (child if child.tag == "div" else [child])]
        for position, item in enumerate(pairs):
            start = len(self.blocks)
            self.walk(item, context)
            self.flush(context)
            following = pairs[position + 1].tag if position + 1 < len(pairs) else None
            done = item.tag == "dd" and following != "dd" and position and pairs[position - 1].tag == "dt"
            if done and start and len(self.blocks) == start + 1 and self.blocks[-2].words[-1:] != "?":
                term, description = self.blocks[-2:]
                if description.kind is Kind.PARAGRAPH and not term.skips and not description.skips:
                    name = term.words.rstrip().removesuffix(":")
                    self.blocks[-2:] = [
                        PageBlock(
                            Kind.FIELD,
                            f"{name}: {description.words}",
                            cells=(name, description.words),
                            in_page_part=context.in_page_part,
                            linked=description.linked,
                        )
                    ]


def _inside(element: HtmlElement, context: _Context) -> _Context:
    """Return the context of an element's content."""
    tag = element.tag
    inner = _Context(Kind.PARAGRAPH, 0, context.quoted, context.list_depth, context.in_page_part)
    if tag in _PAGE_PARTS or tag in _CONTROLS or element.get("role") in _PAGE_ROLES:
        inner.in_page_part = True
    if tag in _HEADINGS:
        inner.kind, inner.level = Kind.HEADING, _HEADINGS[tag]
    elif tag in ("ul", "ol", "dir", "menu"):
        inner.list_depth += 1
    elif tag == "li":
        inner.kind, inner.level, inner.marker = Kind.LIST_ITEM, max(context.list_depth, 1), context.marker
    elif tag == "blockquote":
        inner.quoted = True
    elif tag in ("figcaption", "caption"):
        inner.kind = Kind.CAPTION
    elif context.kind in (Kind.HEADING, Kind.LIST_ITEM, Kind.CAPTION):
        # A paragraph inside a heading, an item or a caption is that item's text.
        inner.kind, inner.level, inner.marker = context.kind, context.level, context.marker
        if context.kind is Kind.LIST_ITEM:
            context.kind, context.level = Kind.PARAGRAPH, 0
    return inner


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN_STYLE.search(element.get("style") or ""))


def _is_footnote_mark(element: HtmlElement) -> bool:
    """Return whether a raised text is a link within the page, or a link holds nothing but a raised text."""
    if element.tag == "a":
        raised = "".join("".join(each.itertext()) for each in element.findall("sup"))
        links = [element] if raised.strip() and raised == "".join(element.itertext()) else []
    else:
        links = element.findall(".//a")
    return bool(links) and all((link.get("href") or "").find("#") >= 0 for link in links)


def _numbers(element: HtmlElement) -> Iterator[int]:
    start = element.get("start") or ""
    number = int(start) if re.fullmatch(r"-?\d{1,9}", start) else 1
    while True:
        yield number
        number += 1


def _collapse(run: list[tuple[str, bool, bool]]) -> tuple[str, list[Skip]]:
    """Join a run's text with white space as a browser draws it, and say where its footnote marks are."""
    words, skips = "", []
    pieces: list[str] = []
    length = 0
    for text, _, is_mark in run:
        piece = "\n" if text == "\v" else _HTML_SPACE.sub(" ", clean(text))
        last = pieces[-1][-1] if pieces else "\n"
        if piece.startswith(" ") and last in " \n":
            piece = piece[1:]
        if piece == "\n" and last == " ":
            pieces[-1], length = pieces[-1][:-1], length - 1
            if not pieces[-1]:
                pieces.pop()
        if piece:
            pieces.append(piece)
            if is_mark:
                skips.append((length, length + len(piece), ""))
            length += len(piece)
    joined = "".join(pieces)
    words = joined.strip()
    shift = len(joined) - len(joined.lstrip())
    inside = [(start - shift, end - shift, seen) for start, end, seen in skips if start >= shift]
    composed = unicodedata.normalize("NFC", words)
    # A mark that composes with the letter before it moves all offsets: then the marks are read as words.
    return composed, [skip for skip in inside if skip[1] <= len(words)] if composed == words else []
