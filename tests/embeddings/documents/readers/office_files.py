"""Make files of office formats, by hand where a program would not write what a test needs."""

import io
import zipfile
from functools import cache

import pypandoc

from embeddings.documents.blocks import Kind
from embeddings.documents.readers.format_reader import Extracted

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

GUIDE = """---
title: The harbour guide
author: Ada Lovelace
---

# Ferries

Boats leave from *pier 4*.[^a] See [the timetable](https://example.org/t).

[^a]: On Sundays from pier 5.

1. Buy a ticket
2. Board
    a. Show it

- by day
    - by night

## Prices

| Ticket | Price | Note   |
|--------|------:|--------|
| Adult  | 48.50 | «peak» |
| Child  | 12    | none   |

> Never late.

    harbour --open
"""


@cache
def pandoc(markdown: str, form: str) -> bytes:
    """Return Markdown as pandoc writes it in a format."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"file.{form}"
        pypandoc.convert_text(markdown, form, "markdown", outputfile=str(file), extra_args=["--standalone"])
        return file.read_bytes()


def zip_of(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as zipped:
        for path, content in parts.items():
            zipped.writestr(path, content)
    return stream.getvalue()


def relationships(*relations: tuple[str, str, str]) -> str:
    """Return a part of relationships: id, last part of the type, target."""
    lines = (f'<Relationship Id="{key}" Type="{_TYPES}/{kind}" Target="{target}"/>' for key, kind, target in relations)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(lines)}</Relationships>'


def docx_of(body: str, **parts: str) -> bytes:
    """Return a Word document: what is in `w:body`, and other parts by the type of their relationship (`styles`, `footnotes`, …)."""
    roots = {"header": "hdr", "footer": "ftr"}
    files: dict[str, str | bytes] = {
        "_rels/.rels": relationships(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {_W} {_R}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relationships(
            *((f"p{n}", kind, f"{kind}.xml") for n, kind in enumerate(parts))
        ),
    }
    for kind, content in parts.items():
        root = roots.get(kind, kind)
        files[f"word/{kind}.xml"] = f"<w:{root} {_W}>{content}</w:{root}>"
    return zip_of(files)


def par(*runs: str, style: str = "", properties: str = "") -> str:
    """Return a Word paragraph; runs that are not XML are words."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    content = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs
    )
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{content}</w:p>"


def blocks_of(extracted: Extracted) -> list[tuple[Kind, str]]:
    """Return kind and text of each block."""
    return [(block.kind, extracted.text[block.start : block.end]) for block in extracted.blocks]


def texts_of(extracted: Extracted) -> list[str]:
    """Return the text of each block."""
    return [text for _, text in blocks_of(extracted)]


def cells_of(extracted: Extracted) -> list[list[str]]:
    """Return the cells of each row."""
    return [[extracted.text[a:b] for a, b in block.cells] for block in extracted.blocks if block.cells]
