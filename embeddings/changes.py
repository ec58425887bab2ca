"""Compare a folder with its index: which files are new, changed or gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from embeddings.documents.versions import versions_for
from embeddings.folders import Folder
from embeddings.scan import FoundFile, Scan, may_still_be_there
from embeddings.storage.rows import StoredFile


@dataclass(frozen=True)
class Changes:
    """What has changed in a folder: files to read, and documents whose file is gone."""

    folder: Folder
    found: Scan
    to_read: tuple[FoundFile, ...]
    """New, touched, or last read by another version of the code."""
    unchanged: int
    """Number of files that need not be read."""
    gone: tuple[StoredFile, ...]
    """Documents whose file is gone. It may have been moved: its bytes may be found under another path."""


def find_changes(folder: Folder, found: Scan, stored: Mapping[str, Sequence[StoredFile]]) -> Changes:
    """Compare a folder with the stored documents of each of its files, by file stamp, without reading a file."""
    present = {file.path for file in found.files}
    to_read = tuple(file for file in found.files if not _is_up_to_date(file, stored.get(file.path, ())))
    gone = tuple(
        document
        for path, documents in stored.items()
        if path not in present and not may_still_be_there(path, found)
        for document in documents
    )
    return Changes(folder, found, to_read, len(found.files) - len(to_read), gone)


def _is_up_to_date(file: FoundFile, stored: Sequence[StoredFile]) -> bool:
    versions = versions_for(file.path)
    return bool(stored) and all(one.file_stamp == file.stamp and one.versions == versions for one in stored)


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

    def take(self, file_sha256: str) -> StoredFile | None:
        """Remove and return a document with this hash, or None."""
        files = self._by_content.get(file_sha256)
        return files.pop(0) if files else None

    def rest(self) -> list[StoredFile]:
        """Return the documents that were not taken."""
        return [*self._inside, *(file for files in self._by_content.values() for file in files)]
