"""Tell a web page's article from the rest of the page, by trafilatura."""

import re
from copy import deepcopy
from dataclasses import dataclass

from lxml.html import HtmlElement

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.page_blocks import PageBlock

_WORD = re.compile(r"\w+")
# A block is recognised in the extracted text by its runs of so many words; half of them are enough, as the extraction
# drops single words of a sentence (a date, an insertion).
_RUN = 4
_SHARE = 0.5
# A shorter one must be the whole of an extracted element.
_CONTAINED_CHARS = 30
# A block with more of its characters in links is a menu or a teaser.
_LINKED = 0.5
_PROSE_CHARS = 60
# Set on the 990 annotated pages that trafilatura tests itself on: precision .87 and recall .95, F1 .91, where trafilatura alone has
# .91 and .93, F1 .92, and all visible text .53 and .99. Text left out of search costs more than a line too many.
_LOST = 5
_PARTS = (
    Kind.CAPTION,
    Kind.CODE,
    Kind.QUOTATION,
    Kind.LIST_ITEM,
    Kind.TABLE_HEADER,
    Kind.TABLE_ROW,
    Kind.FIELD,
)


@dataclass(frozen=True)
class PageMetadata:
    """What a page states of itself."""

    title: str | None = None
    date: str | None = None
    author: str | None = None
    source: str | None = None


def find_article(root: HtmlElement, blocks: list[PageBlock]) -> tuple[list[bool], PageMetadata]:
    """Return which blocks are the article, and what the page says of itself.

    A page without menus, footers or links has no page around its text. Nor has one of which trafilatura finds nothing, or leaves
    out many times more than it keeps of what is neither linked nor in such a part. Then all blocks are kept but menus.
    """
    # Here, as it takes half a second, which a program that reads no page need not wait for.
    from trafilatura import bare_extraction

    extracted = bare_extraction(
        deepcopy(root),  # it changes the tree
        fast=True,
        include_comments=False,
        with_metadata=True,
        # Only dates that the page marks as its own: the wider search takes any year of the footer.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if extracted is None or isinstance(extracted, dict):
        return _all_but_menus(blocks), PageMetadata(root.findtext(".//title"))
    metadata = PageMetadata(extracted.title, extracted.date, extracted.author, extracted.sitename or extracted.hostname)
    kept = _matches(blocks, extracted.body)
    inside = sum(len(block.words) for block, keep in zip(blocks, kept, strict=True) if keep)
    lost = sum(len(block.words) for block, keep in zip(blocks, kept, strict=True) if not keep and _is_prose(block))
    plain = all(_is_content(block) for block in blocks)
    if plain or not inside or lost > _LOST * inside:
        return _all_but_menus(blocks), metadata
    return _with_what_belongs(blocks, kept), metadata


def _all_but_menus(blocks: list[PageBlock]) -> list[bool]:
    return [not (block.in_page_part and block.linked > _LINKED) for block in blocks]


def _is_prose(block: PageBlock) -> bool:
    whole = block.kind in (Kind.TABLE_ROW, Kind.FIELD, Kind.CODE)
    return _is_content(block) and (whole or len(block.words) >= _PROSE_CHARS)


def _is_content(block: PageBlock) -> bool:
    return not block.in_page_part and block.linked <= _LINKED


def _matches(blocks: list[PageBlock], body: HtmlElement) -> list[bool]:
    """Return which blocks' words are in the extracted text."""
    elements = {"".join(_words("".join(element.itertext()))) for element in body.iter()}
    elements |= {"".join(_words(piece)) for element in body.iter() for piece in (element.text, element.tail) if piece}
    extracted = _words(" ".join(body.itertext()))
    runs = {tuple(extracted[i : i + _RUN]) for i in range(len(extracted) - _RUN + 1)}
    joined = "".join(extracted)
    kept = []
    for block in blocks:
        words = _words(block.words)
        key = "".join(words)
        own = [tuple(words[i : i + _RUN]) in runs for i in range(len(words) - _RUN + 1)]
        whole = bool(key) and (key in elements or (len(key) >= _CONTAINED_CHARS and key in joined))
        kept.append(whole or (bool(own) and sum(own) >= _SHARE * len(own)))
    return kept


def _with_what_belongs(blocks: list[PageBlock], kept: list[bool]) -> list[bool]:
    """Add what the extraction leaves out of an article: captions, code, items, rows, and headings above what it kept."""
    positions = [i for i, keep in enumerate(kept) if keep]
    result = list(kept)
    for i in range(positions[0], positions[-1]) if positions else ():
        if blocks[i].kind in _PARTS and _is_content(blocks[i]):
            result[i] = True
    for i in range(len(blocks) - 1):
        below = result[i + 1] and blocks[i + 1].kind is not Kind.HEADING
        if blocks[i].kind is Kind.HEADING and _is_content(blocks[i]) and below:
            result[i] = True
    return result


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
