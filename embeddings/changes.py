"""Compare a folder with its index: which files are new, changed or gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from embeddings.documents.versions import versions_for
from embeddings.scan import FoundFile, Scan, may_still_be_there
from embeddings.storage.rows import StoredFile


@dataclass(frozen=True)
class Changes:
    """Files to read, and documents whose file is gone."""

    to_read: tuple[FoundFile, ...]
    """New, touched, or last read by another version of the code."""
    unchanged: int
    """Number of files that need not be read."""
    gone: tuple[StoredFile, ...]
    """Documents whose file is gone. It may have been moved: its bytes may be found under another path."""


def find_changes(found: Scan, stored: Mapping[str, StoredFile]) -> Changes:
    """Compare a folder with the stored documents by file stamp, without reading a file."""
    present = {file.path for file in found.files}
    to_read = tuple(file for file in found.files if not _is_up_to_date(file, stored.get(file.path)))
    gone = tuple(file for path, file in stored.items() if path not in present and not may_still_be_there(path, found))
    return Changes(to_read, len(found.files) - len(to_read), gone)


def _is_up_to_date(file: FoundFile, stored: StoredFile | None) -> bool:
    return stored is not None and stored.file_stamp == file.stamp and stored.versions == versions_for(file.path)


class Vanished:
    """Documents whose file is gone: to be deleted, unless the same bytes are found under another path."""

    def __init__(self, files: Iterable[StoredFile]) -> None:
        self._by_content: dict[str, list[StoredFile]] = {}
        for file in files:
            self._by_content.setdefault(file.file_sha256, []).append(file)

    def take(self, file_sha256: str) -> StoredFile | None:
        """Remove and return a document with this hash, or None."""
        files = self._by_content.get(file_sha256)
        return files.pop(0) if files else None

    def rest(self) -> list[StoredFile]:
        """Return the documents that were not taken."""
        return [file for files in self._by_content.values() for file in files]
