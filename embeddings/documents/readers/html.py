"""Read web pages (`.html`, `.htm`, `.xhtml`): the article with its headings, lists, tables, quotations and captions.

All text that a browser shows is kept, apart from what form fields hold; what is not the article (menus, teasers, footers,
readers' comments) becomes boilerplate. A page that is not an article, such as a table or a plain page, is kept whole but for
menus. Descriptions of pictures are not shown, and left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.clean_text import clean
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.page_article import find_article
from embeddings.documents.readers.page_blocks import PageBlock, page_blocks
from embeddings.documents.readers.page_parsing import decode_page, parse_page
from embeddings.documents.text_builder import TextBuilder
from embeddings.errors import UnreadableFile


@dataclass(frozen=True)
class HtmlReader:
    """Reads web pages."""

    name: str = "HTML"
    version: int = 2

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the page as one article; see `FormatReader.read`."""
        page = decode_page(data, name)
        return [read_page(parse_page(page.text, name), name, page.notes)]


def read_page(root: HtmlElement, name: str, notes: tuple[str, ...] = ()) -> Extracted:
    """Return a parsed page as an article, with what to tell of it (`Extracted.notes`).

    Raises:
        UnreadableFile: it shows no text.
    """
    blocks = page_blocks(root)
    kept, metadata = find_article(root, blocks)
    title = " ".join(clean(metadata.title or "").split()) or None
    headline = _headline(blocks, title)
    if headline is not None:
        title = " ".join(blocks[headline].words.split())
    builder = TextBuilder()
    for i, (block, keep) in enumerate(zip(blocks, kept, strict=True)):
        if i == headline:
            builder.add(Kind.TITLE, block.words, skips=block.skips)
        else:
            add_page_blocks(builder, [block], boilerplate=not keep)
    if not builder.blocks:
        raise UnreadableFile(f"{name} has no text.", "Save the page again after it has loaded, or remove it.")
    return Extracted(
        builder.text,
        tuple(builder.blocks),
        title=title,
        date=metadata.date,
        author=metadata.author,
        source=metadata.source,
        notes=notes,
    )


def add_page_blocks(builder: TextBuilder, blocks: Sequence[PageBlock], *, boilerplate: bool = False) -> None:
    """Add a page's blocks to a document, all of them as boilerplate if they are not the article."""
    for block in blocks:
        if boilerplate:
            builder.add(Kind.BOILERPLATE, block.words)
        elif block.kind in (Kind.TABLE_HEADER, Kind.TABLE_ROW):
            builder.add_row(block.cells, header=block.kind is Kind.TABLE_HEADER, first=block.first)
        elif block.kind is Kind.FIELD:
            builder.add_field(*block.cells)
        else:
            builder.add(block.kind, block.words, block.level, block.skips)


def _headline(blocks: Sequence[PageBlock], title: str | None) -> int | None:
    """Return the position of the heading that states the title; pages add their site's name to it ("Rain in tanks | nCa")."""
    stated = f" {' '.join((title or '').casefold().split())} "
    headings = [
        (i, f" {' '.join(b.words.casefold().split())} ") for i, b in enumerate(blocks) if b.kind is Kind.HEADING
    ]
    same = (i for i, words in headings if words == stated)
    return next(same, next((i for i, words in headings if words in stated and blocks[i].level == 1), None))
