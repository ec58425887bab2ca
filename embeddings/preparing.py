"""Read a file's bytes and cut its documents: the part of a sync that needs neither folder nor store, so any process can do it."""

import logging
from dataclasses import dataclass

from embeddings.config import ChunkingConfig
from embeddings.cutting import Cut, cut
from embeddings.documents.document import Document
from embeddings.documents.isolation import ReaderUnavailable
from embeddings.documents.read_document import documents_in
from embeddings.documents.readers.format_reader import Unreadable
from embeddings.errors import FileOutOfReach, UnreadableFile

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RawFile:
    """A file that is to be read."""

    path: str
    """Relative to its folder."""
    data: bytes
    sha256: str
    """Of `data`, in hexadecimal."""
    chunking: ChunkingConfig | None
    """None if its documents need not be cut, as it seems."""


@dataclass(frozen=True)
class Prepared:
    """What a file holds."""

    documents: tuple[Document, ...]
    """At least one."""
    unreadable: tuple[Unreadable, ...]
    """Articles in the file that cannot be read."""
    cuts: tuple[Cut, ...] | None
    """The documents with their chunks, if they were to be cut."""


Outcome = Prepared | UnreadableFile | None
"""None for a file whose bytes have not changed."""


def prepare(file: RawFile) -> Prepared | UnreadableFile:
    """Return the documents of a file, or why it cannot be read."""
    try:
        contents = documents_in(file.data, file.path, file.sha256)
        cuts = tuple(cut(each, file.chunking) for each in contents.documents) if file.chunking else None
    except UnreadableFile as error:
        return error
    except (OSError, MemoryError, ReaderUnavailable) as error:  # not the file's fault
        return out_of_reach(file.path, error)
    except Exception as error:  # a bug in our code or a library must not stop the other files
        logger.exception("reading %s failed", file.path)
        what = f"{file.path} could not be read ({type(error).__name__}: {error})."
        return UnreadableFile(what, "Report this bug with the file. The other files are indexed.")
    return Prepared(contents.documents, contents.unreadable, cuts)


def out_of_reach(path: str, error: Exception) -> FileOutOfReach:
    """Return the error for a file that cannot be read for a reason outside of it: what is stored of it stays."""
    return FileOutOfReach(
        f"{path} could not be read now ({str(error) or 'no memory'}).", "Sync again when that is mended."
    )
