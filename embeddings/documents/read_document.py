"""Read a file of any format as documents."""

import hashlib
from pathlib import Path

from embeddings.documents.article import article_blocks
from embeddings.documents.boilerplate import find_boilerplate
from embeddings.documents.document import Document
from embeddings.documents.metadata import read_metadata
from embeddings.documents.readers import reader_of
from embeddings.documents.readers.format_reader import Extracted
from embeddings.errors import FileOutOfReach, UnreadableFile


def read_documents(folder: Path, path: str, max_bytes: int) -> list[Document]:
    """Read the articles in the file `path`, relative to `folder`; most formats hold one.

    Raises:
        FileOutOfReach: it has vanished, or its permissions forbid reading it.
        UnreadableFile: it is larger than `max_bytes`, or has no text.
    """
    data = _read_bytes(folder / path, path, max_bytes)
    digest = hashlib.sha256(data).hexdigest()
    return [_document(extracted, path, digest) for extracted in reader_of(path).read(data, path)]


def _document(extracted: Extracted, file: str, digest: str) -> Document:
    path = f"{file}/{extracted.member}" if extracted.member else file
    text = extracted.text
    metadata = read_metadata(text, path)
    boilerplate = find_boilerplate(text, metadata)
    title = metadata.title_lines[0] if metadata.title_lines else None
    return Document(
        path=path,
        file=file,
        title=metadata.title,
        date=metadata.date,
        author=None,
        source=metadata.source,
        text=text,
        blocks=article_blocks(text, extracted.blocks, title, boilerplate),
        page_starts=extracted.page_starts,
        boilerplate=boilerplate,
        file_sha256=digest,
    )


def _read_bytes(file: Path, name: str, max_bytes: int) -> bytes:
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
