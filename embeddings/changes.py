"""Compare a folder with its index: which files are new, changed or gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from embeddings.documents.readers import READERS, suffix_of
from embeddings.documents.versions import versions_for
from embeddings.folders import Folder
from embeddings.scan import FoundFile, Scan, may_still_be_there
from embeddings.storage.rows import FileState, StoredFile


@dataclass(frozen=True)
class Changes:
    """What has changed in a folder: files to read, and documents whose file is gone."""

    folder: Folder
    found: Scan
    to_read: tuple[FoundFile, ...]
    """New, touched, or last read by another version of the code."""
    unchanged: int
    """Number of files that need not be read."""
    gone: tuple[str, ...]
    """Files of documents that are gone. One may have been moved: its bytes may be found under another path."""
    known: int
    """Number of files that the index has documents of."""


def find_changes(folder: Folder, found: Scan, stored: Mapping[str, FileState]) -> Changes:
    """Compare a folder with what the index has of its files, by stamps and versions, without reading a file."""
    versions = {suffix: versions_for(f"a{suffix}") for suffix in READERS}
    to_read = tuple(
        file for file in found.files if stored.get(file.path) != (file.stamp, versions[suffix_of(file.path)])
    )
    lost = stored.keys() - {file.path for file in found.files}
    gone = tuple(sorted(path for path in lost if not may_still_be_there(path, found)))
    return Changes(folder, found, to_read, len(found.files) - len(to_read), gone, len(stored))


class Vanished:
    """Documents whose file is gone: to be deleted, unless the same bytes are found under another path or in another folder."""

    def __init__(self, files: Iterable[StoredFile]) -> None:
        self._by_content: dict[str, list[StoredFile]] = {}
        self._inside: list[StoredFile] = []
        """Articles of files that hold several; such a file is not followed when it moves."""
        for file in files:
            if file.path == file.file:
                self._by_content.setdefault(file.file_sha256, []).append(file)
            else:
                self._inside.append(file)

    def holds(self, file_sha256: str) -> bool:
        """Return whether `take` would find a document with this hash."""
        return bool(self._by_content.get(file_sha256))

    def take(self, file_sha256: str) -> StoredFile | None:
        """Remove and return a document with this hash, or None."""
        files = self._by_content.get(file_sha256)
        return files.pop(0) if files else None

    def rest(self) -> list[StoredFile]:
        """Return the documents that were not taken."""
        return [*self._inside, *(file for files in self._by_content.values() for file in files)]
