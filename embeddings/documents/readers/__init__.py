"""File readers by format."""

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from embeddings.documents.readers.format_reader import Extracted, FormatReader, Unreadable
from embeddings.documents.readers.markdown import MarkdownReader
from embeddings.documents.readers.plain_text import PlainTextReader
from embeddings.documents.readers.zip import ZipReader


@dataclass(frozen=True)
class LazyReader:
    """A reader whose module, and with it the format's library, is imported when the first file is read."""

    name: str
    version: int
    module: str
    """In this package."""
    reader: str
    """Name of the class."""

    def read(self, data: bytes, name: str) -> list[Extracted | Unreadable]:
        """Read a file; see `FormatReader.read`."""
        return list(self.load().read(data, name))

    def load(self) -> FormatReader:
        """Import the reader."""
        module = import_module(f"embeddings.documents.readers.{self.module}")
        return cast(FormatReader, getattr(module, self.reader)())


_HTML = LazyReader("HTML", 2, "html", "HtmlReader")
_MHTML = LazyReader("MHTML", 2, "mhtml", "MhtmlReader")
_CSV = LazyReader("CSV", 2, "csv", "CsvReader")
_JSON = LazyReader("JSON", 2, "jsonl", "JsonReader")
_TEXT: dict[str, FormatReader] = {".txt": PlainTextReader(), ".md": MarkdownReader(), ".markdown": MarkdownReader()}
_FILES: dict[str, FormatReader] = {
    **_TEXT,
    ".pdf": LazyReader("PDF", 2, "pdf", "PdfReader"),
    ".docx": LazyReader("docx", 1, "docx", "DocxReader"),
    ".odt": LazyReader("odt", 1, "odt", "OdtReader"),
    ".rtf": LazyReader("rtf", 1, "rtf", "RtfReader"),
    ".pptx": LazyReader("pptx", 1, "pptx", "PptxReader"),
    ".xlsx": LazyReader("xlsx", 1, "xlsx", "XlsxReader"),
    ".epub": LazyReader("epub", 1, "epub", "EpubReader"),
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".mhtml": _MHTML,
    ".mht": _MHTML,
    ".eml": LazyReader("EML", 4, "eml", "EmlReader"),
    ".msg": LazyReader("MSG", 3, "msg", "MsgReader"),
    ".mbox": LazyReader("mbox", 4, "mbox", "MboxReader"),
    ".csv": _CSV,
    ".tsv": _CSV,
    ".json": _JSON,
    ".jsonl": _JSON,
    ".ndjson": _JSON,
}

READERS: dict[str, FormatReader] = {**_FILES, ".zip": ZipReader(_FILES)}
"""Readers by file name suffix, in lower case."""


def reader_of(path: str) -> FormatReader:
    """Return the reader for a supported file; see `is_supported`."""
    return READERS[suffix_of(path)]


def is_supported(path: str) -> bool:
    """Return whether a file's suffix is that of a readable format."""
    return suffix_of(path) in READERS


def is_text(path: str) -> bool:
    """Return whether the canonical text of a file is the file itself, decoded; for other formats it is extracted."""
    return suffix_of(path) in _TEXT


def suffix_of(path: str) -> str:
    """Return the suffix of a file, in lower case; of a hidden file `.txt` it is empty."""
    dot = path.rfind(".")  # twice as fast as splitext; called for every file of the folder
    return path[dot:].lower() if dot > 0 and path[dot - 1] != "/" else ""
