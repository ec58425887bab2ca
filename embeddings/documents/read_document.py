"""Read a file of any format as a `Document`."""

import hashlib
from pathlib import Path

from embeddings.documents.boilerplate import find_boilerplate
from embeddings.documents.document import Document
from embeddings.documents.metadata import read_metadata
from embeddings.documents.readers import reader_of
from embeddings.documents.readers.format_reader import Extracted
from embeddings.errors import FileOutOfReach, UnreadableFile


def read_document(folder: Path, path: str, max_bytes: int) -> Document:
    """Read the file `path`, relative to `folder`.

    Raises:
        FileOutOfReach: it has vanished, or its permissions forbid reading it.
        UnreadableFile: it is larger than `max_bytes`, or has no text.
    """
    data = _read_bytes(folder / path, path, max_bytes)
    (extracted,) = (each for each in reader_of(path).read(data, path) if isinstance(each, Extracted))
    text = extracted.text
    metadata = read_metadata(text, path)
    return Document(
        path=path,
        title=metadata.title,
        date=metadata.date,
        source=metadata.source,
        text=text,
        page_starts=extracted.page_starts,
        boilerplate=find_boilerplate(text, metadata),
        file_sha256=hashlib.sha256(data).hexdigest(),
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
