"""Read EPUB books: the chapters of the spine in order, with title, author, date and publisher of the package.

A book is one article. It has no page starts: the files of a spine are no pages, and a chapter is known by its headings. All text of a chapter
is kept; the marks of notes and reading aids over Asian words are left out, formulas are written in a line. A table of contents is boilerplate.
"""

from dataclasses import dataclass

from lxml import etree

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.format_reader import Extracted
from embeddings.documents.readers.office_properties import stated_day, stated_words
from embeddings.documents.readers.xhtml import ChapterWalker, parse_xhtml
from embeddings.documents.readers.zipped import (
    Archive,
    MalformedXml,
    attribute,
    child,
    damaged,
    open_archive,
    resolve,
    without_text,
)
from embeddings.documents.text_builder import TextBuilder
from embeddings.errors import UnreadableFile

_XHTML = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_FONT_MASKS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Algorithms that only mask fonts."""


@dataclass(frozen=True)
class EpubReader:
    """Reads EPUB books."""

    name: str = "epub"
    version: int = 1

    def read(self, data: bytes, name: str) -> list[Extracted]:
        """Return the book as one article; see `FormatReader.read`."""
        archive = open_archive(data, name)
        _refuse_locked(archive, name)
        rootfile = child(archive.xml("META-INF/container.xml"), "rootfiles", "rootfile")
        path = attribute(rootfile, "full-path")
        if path is None:
            raise damaged(name, "its container names no package")
        package = archive.xml(path)
        builder = TextBuilder()
        walker = ChapterWalker(builder)
        for chapter, is_contents in _spine(package, path):
            try:
                root = parse_xhtml(archive.read(chapter))
            except (etree.XMLSyntaxError, MalformedXml, LookupError) as error:
                raise damaged(name, f"its part {chapter} is not XHTML ({error})") from error
            if root is not None:
                walker.add(root, Kind.BOILERPLATE if is_contents else Kind.PARAGRAPH)
        if not builder.blocks:
            raise without_text(name)
        metadata = child(package, "metadata")
        authors = [author for author in _stated(metadata, "creator") if author]
        return [
            Extracted(
                builder.text,
                tuple(builder.blocks),
                title=next(iter(_stated(metadata, "title")), None),
                date=next(filter(None, map(stated_day, _stated(metadata, "date"))), None),
                author=", ".join(authors) or None,
                source=next(iter(_stated(metadata, "publisher")), None),
            )
        ]


def _spine(package: etree._Element, path: str) -> list[tuple[str, bool]]:
    """Return the chapters' paths in reading order, each with whether it is the table of contents."""
    items = {attribute(item, "id"): item for item in package.iterfind("{*}manifest/{*}item")}
    chapters: list[tuple[str, bool]] = []
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items.get(attribute(reference, "idref"))
        if item is not None and attribute(item, "media-type") in _XHTML:
            contents = "nav" in (attribute(item, "properties") or "").split()
            chapters.append((resolve(path, attribute(item, "href") or ""), contents))
    # Each once: a chapter that is named a thousand times would be a thousand chapters long.
    return list(dict.fromkeys(chapters))


def _refuse_locked(archive: Archive, name: str) -> None:
    if "META-INF/encryption.xml" not in archive:
        return
    for method in archive.xml("META-INF/encryption.xml").iter("{*}EncryptionMethod"):
        if attribute(method, "Algorithm") not in _FONT_MASKS:
            raise UnreadableFile(f"{name} is locked by copy protection.", "Use a copy without protection.")


def _stated(metadata: etree._Element | None, name: str) -> list[str]:
    elements = [] if metadata is None else list(metadata.iterfind(f"{{*}}{name}"))
    return [words for element in elements if (words := stated_words(element.text))]
