"""Tell from a paragraph style's name which kind of block its paragraphs are."""

import re

from embeddings.documents.blocks import Kind

# The built-in styles of Word, LibreOffice and pandoc. Their names in the file are English whatever the program's language.
_KINDS = {
    "title": Kind.TITLE,
    "caption": Kind.CAPTION,
    "table caption": Kind.CAPTION,
    "tablecaption": Kind.CAPTION,
    "image caption": Kind.CAPTION,
    "figurecaption": Kind.CAPTION,
    "quote": Kind.QUOTATION,
    "intense quote": Kind.QUOTATION,
    "block text": Kind.QUOTATION,
    "quotations": Kind.QUOTATION,
    "html preformatted": Kind.CODE,
    "preformatted text": Kind.CODE,
    "macro text": Kind.CODE,
    "macro": Kind.CODE,
    "source code": Kind.CODE,
    "toc heading": Kind.BOILERPLATE,
    "contents heading": Kind.BOILERPLATE,
    "table of figures": Kind.BOILERPLATE,
}
_CONTENTS = re.compile(r"(?:toc|contents|index) \d+")
_HEADING = re.compile(r"heading ([1-9])")


def style_kind(name: str) -> Kind | None:
    """Return the kind of block that a built-in style makes; None for others, and for headings and ordinary text."""
    name = _plain(name)
    return Kind.BOILERPLATE if _CONTENTS.fullmatch(name) else _KINDS.get(name)


def heading_level(name: str) -> int | None:
    """Return the level from 1 of a built-in heading style; None for other styles."""
    heading = _HEADING.fullmatch(_plain(name))
    return int(heading[1]) if heading else None


def _plain(name: str) -> str:
    return name.replace("_20_", " ").strip().lower()  # OpenDocument writes blanks so
