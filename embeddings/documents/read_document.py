"""Read a file of any format as documents."""

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from embeddings.documents.article import article_blocks, left_out, stated_blocks
from embeddings.documents.blocks import Kind
from embeddings.documents.boilerplate import Boilerplate, find_boilerplate
from embeddings.documents.document import Document
from embeddings.documents.isolation import SHORT_CHARS, read_isolated, run_isolated
from embeddings.documents.language import detect_language
from embeddings.documents.metadata import read_metadata
from embeddings.documents.readers import is_text, reader_of
from embeddings.documents.readers.format_reader import Extracted, FormatReader, Unreadable
from embeddings.documents.titles import date_from_path, title_from_path
from embeddings.errors import FileOutOfReach, UnreadableFile


@dataclass(frozen=True)
class FileContents:
    """The articles of a file, and those in it that cannot be read."""

    documents: tuple[Document, ...]
    """At least one."""
    unreadable: tuple[Unreadable, ...] = ()


def read_documents(folder: Path, path: str, max_bytes: int) -> FileContents:
    """Read the articles in the file `path`, relative to `folder`; most formats hold one. See `documents_in`.

    Raises:
        FileOutOfReach: it has vanished, or its permissions forbid reading it.
        UnreadableFile: it is larger than `max_bytes`, has no text, or cannot be read within the limits.
    """
    data = read_bytes(folder / path, path, max_bytes)
    return documents_in(data, path, hashlib.sha256(data).hexdigest())


def documents_in(data: bytes, path: str, digest: str) -> FileContents:
    """Read the articles in the bytes of a file.

    A short text is read at once. Everything else is read in a process of its own, with limits of time and memory, so that a
    server answers meanwhile.

    Args:
        data: the file's bytes.
        path: relative to its folder.
        digest: SHA-256 of the bytes, in hexadecimal.

    Raises:
        UnreadableFile: it has no text, or cannot be read within the limits.
    """
    reader = reader_of(path)
    if is_text(path):
        read = partial(_text_documents, reader, digest)
        return FileContents(read(data, path) if len(data) <= SHORT_CHARS else run_isolated(read, data, path))
    found = read_isolated(reader, data, path)
    return FileContents(
        tuple(_document(each, path, digest) for each in found if isinstance(each, Extracted)),
        tuple(replace(each, member=f"{path}/{each.member}") for each in found if isinstance(each, Unreadable)),
    )


def _text_documents(reader: FormatReader, digest: str, data: bytes, path: str) -> tuple[Document, ...]:
    found = reader.read(data, path)
    return tuple(text_document(each, path, path, digest) for each in found if isinstance(each, Extracted))


def _document(extracted: Extracted, file: str, digest: str) -> Document:
    path = f"{file}/{extracted.member}" if extracted.member else file
    text = extracted.text
    titles = (text[block.start : block.end] for block in extracted.blocks if block.kind is Kind.TITLE)
    outside = (block for block in extracted.blocks if block.kind is Kind.BOILERPLATE)
    named = None if extracted.date else date_from_path(path)
    return Document(
        path=path,
        file=file,
        title=_visible(extracted.title or " ".join(next(titles, "").split())) or title_from_path(path),
        date=extracted.date or named,
        date_origin="stated" if extracted.date else "file name" if named else None,
        author=extracted.author,
        source=extracted.source,
        language=detect_language(text),
        text=text,
        blocks=extracted.blocks,
        page_starts=extracted.page_starts,
        boilerplate=tuple(Boilerplate(block.start, block.end, "page") for block in outside),
        file_sha256=digest,
        notes=extracted.notes,
    )


def text_document(extracted: Extracted, path: str, file: str, digest: str) -> Document:
    """Return an article of a text file, whose metadata and boilerplate are found in the text itself."""
    text = extracted.text
    metadata = read_metadata(text, path)
    found = find_boilerplate(text, metadata)
    stated = stated_blocks(extracted.blocks, metadata, found)
    boilerplate = left_out(text, stated, found)
    return Document(
        path=path,
        file=file,
        title=_visible(metadata.title) or title_from_path(path),
        date=metadata.date,
        date_origin=metadata.date_origin,
        author=metadata.author,
        source=metadata.source,
        language=detect_language(text),
        text=text,
        blocks=article_blocks(text, extracted.blocks, stated, boilerplate),
        page_starts=extracted.page_starts,
        boilerplate=boilerplate,
        file_sha256=digest,
        notes=extracted.notes,
        labels=metadata.labels,
    )


def _visible(title: str) -> str:
    """Return a title, or nothing if none of its characters would be seen."""
    return title if any(map(str.isprintable, title.replace(" ", ""))) else ""


def read_bytes(file: Path, name: str, max_bytes: int) -> bytes:
    """Return the bytes of a file, called `name` in messages.

    Raises:
        FileOutOfReach: it has vanished, or its permissions forbid reading it.
        UnreadableFile: it is larger than `max_bytes`.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise FileOutOfReach(f"{name} vanished while it was being read.", "Sync again.") from error
    except OSError as error:
        raise FileOutOfReach(
            f"{name} cannot be read: {error.strerror}.", "Fix its permissions or delete it."
        ) from error
    if len(data) > max_bytes:
        limit = f"{max_bytes / 1e6:g} MB"
        raise UnreadableFile(f"{name} is over the limit of {limit}.", "Split it into smaller files.")
    return data
